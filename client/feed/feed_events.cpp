#include "client/feed/feed_events.h"

namespace muxtap::client {
namespace {

using std::chrono::nanoseconds;

std::uint64_t milliseconds_of(nanoseconds time) {
    return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(time).count());
}

std::string quoted(std::string_view text) {
    return "\"" + std::string{text} + "\"";
}

}  // namespace

std::string seconds_text(nanoseconds time) {
    const std::uint64_t tenths = milliseconds_of(time) / 100;
    return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " s";
}

void log_stream_found(app::Log& log, StreamName name) {
    log.info("stream_found", "stream " + quoted(name.stream) + " of probe " + quoted(name.probe),
             {{"probe", name.probe}, {"stream", name.stream}});
}

void log_feed_refused(app::Log& log, std::string_view reason, std::uint64_t count, std::uint64_t total) {
    const bool newer = reason == "newer_version";
    log.warning("feed_refused",
                newer ? "a message of a newer feed version was refused: this program is too old for the probe"
                      : "a message that is not of the feed was refused",
                {{"reason", reason}, {"count", count}, {"refused_total", total}});
}

void log_feed_stale(app::Log& log, StreamName name, std::uint64_t epoch, std::uint64_t count) {
    log.warning("feed_stale",
                "messages of stream " + quoted(name.stream) +
                    " came twice or late and were left out (is a probe connected to twice, or do two probes have one "
                    "name?)",
                {{"probe", name.probe}, {"stream", name.stream}, {"epoch", epoch}, {"count", count}});
}

void log_feed_gap(app::Log& log, StreamName name, std::uint64_t batches, std::uint64_t packets, std::uint64_t gaps) {
    log.warning(
        "feed_gap",
        "batches of stream " + quoted(name.stream) + " are missing: they were lost between the probe and this worker",
        {{"probe", name.probe},
         {"stream", name.stream},
         {"missing_batches", batches},
         {"missing_packets", packets},
         {"gaps", gaps}});
}

void log_probe_restarted(app::Log& log, StreamName name, std::uint64_t epoch, std::uint64_t missed_batches) {
    log.warning("probe_restarted",
                "probe " + quoted(name.probe) + " was restarted: stream " + quoted(name.stream) +
                    " begins again with a new epoch",
                {{"probe", name.probe}, {"stream", name.stream}, {"epoch", epoch}, {"missed_batches", missed_batches}});
}

void log_source_ended(app::Log& log, StreamName name, std::uint64_t epoch) {
    log.info("source_ended", "stream " + quoted(name.stream) + " has ended",
             {{"probe", name.probe}, {"stream", name.stream}, {"epoch", epoch}});
}

void log_source_silent(app::Log& log, StreamName name, proto::StreamState state, nanoseconds silent_for) {
    const bool lost = state == proto::StreamState::live;
    log.warning("source_silent",
                "stream " + quoted(name.stream) + " has sent no packets for " + seconds_text(silent_for) +
                    (lost ? ", though its probe says that it is live" : ""),
                {{"probe", name.probe},
                 {"stream", name.stream},
                 {"state", proto::name_of(state)},
                 {"silent_ms", milliseconds_of(silent_for)}});
}

void log_source_back(app::Log& log, StreamName name, nanoseconds silent_for) {
    log.info("source_back", "stream " + quoted(name.stream) + " sends packets again after " + seconds_text(silent_for),
             {{"probe", name.probe}, {"stream", name.stream}, {"silent_ms", milliseconds_of(silent_for)}});
}

void log_probe_silent(app::Log& log, std::string_view probe, nanoseconds silent_for) {
    log.warning(
        "probe_silent",
        "probe " + quoted(probe) + " has been silent for " + seconds_text(silent_for) + ": not even its status arrives",
        {{"probe", probe}, {"silent_ms", milliseconds_of(silent_for)}});
}

void log_probe_back(app::Log& log, std::string_view probe, nanoseconds silent_for) {
    log.info("probe_back", "probe " + quoted(probe) + " is heard again after " + seconds_text(silent_for),
             {{"probe", probe}, {"silent_ms", milliseconds_of(silent_for)}});
}

void log_nobody_heard(app::Log& log, const std::vector<std::string>& endpoints, nanoseconds silent_for) {
    std::string list;
    for (const std::string& endpoint : endpoints) list += (list.empty() ? "" : ", ") + endpoint;
    log.warning(
        "probe_silent",
        "nothing has come from " + list + " yet: is a probe running there, and does it capture a stream of this name?",
        {{"silent_ms", milliseconds_of(silent_for)}});
}

}  // namespace muxtap::client
