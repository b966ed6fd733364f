#include "probe/status_report.h"

#include <array>
#include <cinttypes>
#include <cstdio>

namespace muxtap::probe {
namespace {

/// "12.3 Mb/s".
std::string rate_text(double bits_per_second) {
    constexpr std::array<const char*, 4> units = {"b/s", "kb/s", "Mb/s", "Gb/s"};
    std::size_t unit = 0;
    for (; bits_per_second >= 1000 && unit + 1 < units.size(); ++unit) bits_per_second /= 1000;
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.1f %s", bits_per_second, units[unit]);
    return text.data();
}

}  // namespace

StatusReport::StatusReport(Settings settings, app::Log& log, const feed::StatusBoard& board,
                           const std::vector<std::unique_ptr<CaptureStage>>& stages,
                           const feed::PublisherCounters& publisher)
    : settings_(std::move(settings)), log_(log), board_(board), stages_(stages), publisher_(publisher) {}

ProbeTotals StatusReport::collect(const std::vector<feed::StreamStatus>& statuses) const {
    ProbeTotals sum;
    for (const feed::StreamStatus& status : statuses) {
        ++sum.streams;
        sum.packets += status.totals.packets;
        sum.bytes += status.totals.bytes;
        sum.rejected += status.totals.rejected.total();
        sum.rtp_lost += status.totals.rtp_lost;
        sum.queue_dropped += status.totals.queue_dropped;
    }
    for (const auto& stage : stages_) {
        const CaptureStatus status = stage->status();
        sum.kernel_dropped += status.source.kernel_dropped;
        sum.merged_frames += status.source.merged_frames;
        sum.frames += status.source.frames;
    }
    return sum;
}

void StatusReport::tick() {
    if (settings_.status_line) std::fprintf(stderr, "\r\033[K");  // log lines stand alone
    const std::vector<feed::StreamStatus> statuses = board_.read();
    const ProbeTotals totals = collect(statuses);
    const SteadyTime now = steady_now();
    const double seconds = std::chrono::duration<double>(now - last_tick_).count();
    last_tick_ = now;
    note_changes(statuses);
    warn_once(totals);
    if (settings_.pcap_stats) {
        log_.info("capture_statistics", "capture",
                  {{"frames", totals.frames}, {"kernel_dropped", totals.kernel_dropped}});
    }
    if (log_.format() == app::LogFormat::json) {
        log_streams(statuses, seconds);
    } else if (settings_.status_line) {
        const double rate = seconds > 0 ? static_cast<double>(totals.bytes - last_bytes_) * 8 / seconds : 0;
        std::fprintf(stderr,
                     "%zu streams  %s  %" PRIu64 " packets  rejected %" PRIu64 "  dropped %" PRIu64 "  subscribers %u",
                     totals.streams, rate_text(rate).c_str(), totals.packets, totals.rejected,
                     totals.kernel_dropped + totals.queue_dropped, publisher_.subscribers.load());
        std::fflush(stderr);
    }
    last_bytes_ = totals.bytes;
}

void StatusReport::note_changes(const std::vector<feed::StreamStatus>& statuses) {
    for (const feed::StreamStatus& status : statuses) {
        Seen& seen = seen_[status.stream->name];
        const std::string_view name = status.stream->name;
        const bool moved = status.totals.packets != seen.packets;
        seen.packets = status.totals.packets;
        if (moved && !seen.announced) {
            seen.announced = true;
            log_.info("stream_started", "stream started",
                      {{"stream", name},
                       {"from", std::string_view{status.stream->ip}},
                       {"encapsulation", proto::name_of(status.stream->encapsulation)}});
        } else if (!moved && seen.announced && !seen.silent && !status.ended) {
            log_.warning("stream_silent", "stream is silent", {{"stream", name}});
        } else if (moved && seen.silent) {
            log_.info("stream_back", "stream is back", {{"stream", name}});
        }
        seen.silent = seen.announced && !moved;
    }
}

void StatusReport::log_streams(const std::vector<feed::StreamStatus>& statuses, double seconds) {
    for (const feed::StreamStatus& status : statuses) {
        const proto::Totals& totals = status.totals;
        Seen& seen = seen_[status.stream->name];
        const double bits = static_cast<double>(totals.bytes - seen.bytes) * 8;
        seen.bytes = totals.bytes;
        log_.info("status", "status",
                  {{"stream", std::string_view{status.stream->name}},
                   {"rate_bps", seconds > 0 ? static_cast<std::uint64_t>(bits / seconds) : std::uint64_t{0}},
                   {"datagrams", totals.datagrams},
                   {"packets", totals.packets},
                   {"tei", totals.tei},
                   {"null", totals.null},
                   {"rejected", totals.rejected.total()},
                   {"rtp_lost", totals.rtp_lost},
                   {"rtp_reordered", totals.rtp_reordered},
                   {"kernel_dropped", totals.kernel_dropped},
                   {"queue_dropped", totals.queue_dropped},
                   {"subscribers", std::uint64_t{publisher_.subscribers.load()}}});
    }
}

void StatusReport::warn_once(const ProbeTotals& totals) {
    if (totals.merged_frames > 0 && !merged_warned_) {
        merged_warned_ = true;
        const std::string advice = "frames arrive merged, their inter-arrival times cannot be measured: ethtool -K " +
                                   settings_.interface + " gro off lro off (and gso off on the sender)";
        log_.warning("merged_frames", advice, {{"merged_frames", totals.merged_frames}});
    }
    if (totals.kernel_dropped > last_kernel_dropped_) {
        log_.warning("kernel_dropped", "the kernel dropped frames before they were captured: raise --buffer-size",
                     {{"frames", totals.kernel_dropped - last_kernel_dropped_}, {"total", totals.kernel_dropped}});
        last_kernel_dropped_ = totals.kernel_dropped;
    }
    if (totals.queue_dropped > last_queue_dropped_) {
        log_.warning("queue_dropped", "publishing does not keep up, packets were dropped in the probe",
                     {{"packets", totals.queue_dropped - last_queue_dropped_}, {"total", totals.queue_dropped}});
        last_queue_dropped_ = totals.queue_dropped;
    }
}

void StatusReport::finish() {
    const std::vector<feed::StreamStatus> statuses = board_.read();
    if (settings_.status_line) std::fprintf(stderr, "\r\033[K");
    const ProbeTotals all = collect(statuses);
    warn_once(all);
    if (settings_.is_file && all.packets == 0) {
        log_.warning("no_transport_stream",
                     "no transport stream was found: is it the right file, and the right --stream or --discover?",
                     {{"input", std::string_view{settings_.interface}}});
    }
    for (const auto& stage : stages_) {
        const CaptureStatus status = stage->status();
        if (!status.damage.empty()) log_.warning("input_damaged", status.damage);
        log_.info("capture_totals", "capture totals",
                  {{"frames", status.source.frames},
                   {"frames_rejected", status.source.frames_rejected},
                   {"kernel_dropped", status.source.kernel_dropped},
                   {"unselected_datagrams", status.flows.unselected_datagrams},
                   {"not_ts_datagrams", status.flows.not_ts_datagrams},
                   {"refused_datagrams", status.flows.refused_datagrams}});
    }
    for (const feed::StreamStatus& status : statuses) {
        const proto::Totals& totals = status.totals;
        const auto rejected = [&](ts::RejectReason reason) { return totals.rejected.of(reason); };
        log_.info("stream_totals", "stream totals",
                  {{"stream", std::string_view{status.stream->name}},
                   {"datagrams", totals.datagrams},
                   {"packets", totals.packets},
                   {"bytes", totals.bytes},
                   {"tei", totals.tei},
                   {"null", totals.null},
                   {"dropped", totals.dropped},
                   {"rejected_sync_byte", rejected(ts::RejectReason::sync_byte)},
                   {"rejected_reserved_afc", rejected(ts::RejectReason::reserved_afc)},
                   {"rejected_adaptation_length", rejected(ts::RejectReason::adaptation_length)},
                   {"rejected_truncated", rejected(ts::RejectReason::truncated)},
                   {"rejected_not_ts", rejected(ts::RejectReason::not_ts)},
                   {"rtp_lost", totals.rtp_lost},
                   {"rtp_reordered", totals.rtp_reordered},
                   {"kernel_dropped", totals.kernel_dropped},
                   {"queue_dropped", totals.queue_dropped}});
    }
}

}  // namespace muxtap::probe
