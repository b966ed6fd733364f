#include <algorithm>
#include <map>

#include "client/metrics/records/rsprobe_fields.h"

namespace muxtap::metrics::rsprobe {

using namespace analyzer::json;
using analyzer::MediaKind;
using analyzer::PidReport;

namespace {

constexpr std::uint64_t packet_bits = ts::packet_size * 8;

/// What the program maps say of a PID.
struct Listed {
    const analyzer::ProgramInfo* program = nullptr;
    const analyzer::ProgramStream* stream = nullptr;
};
using Listing = std::map<ts::Pid, Listed>;

/// A PID in several programs is listed by the first.
Listing listing_of(const analyzer::Report& report) {
    Listing listing;
    for (const analyzer::ProgramReport& program : report.programs)
        for (const analyzer::ProgramStream& stream : program.info.streams)
            listing.try_emplace(stream.pid, Listed{&program.info, &stream});
    for (const analyzer::ProgramReport& program : report.programs)
        if (program.info.pmt_pid) listing.try_emplace(*program.info.pmt_pid, Listed{&program.info, nullptr});
    return listing;
}

const PidReport* find(const std::vector<PidReport>& pids, ts::Pid pid) noexcept {
    const auto at = std::lower_bound(pids.begin(), pids.end(), pid,
                                     [](const PidReport& entry, ts::Pid wanted) { return entry.pid < wanted; });
    return at != pids.end() && at->pid == pid ? &*at : nullptr;
}

const char* media_type(MediaKind kind) noexcept {
    switch (kind) {
        case MediaKind::video: return "video";
        case MediaKind::audio: return "audio";
        case MediaKind::subtitle:
        case MediaKind::teletext: return "text";
        case MediaKind::splice_information:
        case MediaKind::data:
        case MediaKind::unknown: return "data";
    }
    return "data";
}

double milliseconds_of(std::chrono::nanoseconds time) noexcept {
    return std::chrono::duration<double, std::milli>(time).count();
}

/// A PID's times between packets; all 0 where they are not known.
PidArrival arrival_of(const IntervalRecord& record, ts::Pid pid) noexcept {
    const auto at = std::lower_bound(record.pid_arrivals.begin(), record.pid_arrivals.end(), pid,
                                     [](const PidArrival& entry, ts::Pid wanted) { return entry.pid < wanted; });
    return at != record.pid_arrivals.end() && at->pid == pid ? *at : PidArrival{};
}

void write_place(FlatFields& fields, const PidReport& pid, const Listed& listed) {
    const auto* const program = listed.program;
    const std::uint16_t number = pid.programs.empty() ? std::uint16_t{0} : pid.programs.front();
    fields.add("program_number", program != nullptr ? program->program_number : number);
    fields.add("pid", pid.pid);
    fields.add("pmt_pid", program != nullptr ? program->pmt_pid.value_or(ts::null_pid) : ts::null_pid);
    fields.add("stream_type",
               listed.stream != nullptr ? analyzer::display_name(listed.stream->codec) : analyzer::key_name(pid.use));
    fields.add("stream_type_number", listed.stream != nullptr ? listed.stream->stream_type : std::uint8_t{0});
}

void write_times(FlatFields& fields, const PidReport& pid, const IntervalRecord& record) {
    const PidArrival arrival = arrival_of(record, pid.pid);
    fields.add("capture_time", milliseconds(pid.last));
    fields.add("capture_iat", milliseconds_of(arrival.newest));
    fields.add("capture_iat_max", milliseconds_of(arrival.largest_of_interval));
    fields.add("iat", milliseconds_of(arrival.newest));
    fields.add("iat_max", milliseconds_of(arrival.largest));
    fields.add("iat_min", milliseconds_of(arrival.smallest));
    fields.add("iat_avg", arrival.count == 0 ? 0 : milliseconds_of(arrival.sum) / static_cast<double>(arrival.count));
    fields.add("timestamp", milliseconds(record.time));
    fields.add("last_arrival_time", milliseconds(pid.last));
    fields.add("last_sample_time", milliseconds(record.time));
    fields.add("start_time", milliseconds(pid.first));
}

void write_counters(FlatFields& fields, const PidReport& pid, const PidReport* before) {
    const analyzer::PidCounters old = before != nullptr ? before->counters : analyzer::PidCounters{};
    fields.add("packet_count", pid.counters.packets);
    fields.add("count", pid.counters.packets);
    fields.add("continuity_counter", pid.continuity_counter);
    fields.add("bitrate", pid.rate.window_bps);
    fields.add("bitrate_max", pid.rate.max_bps);
    fields.add("bitrate_min", pid.rate.min_bps);
    fields.add("bitrate_avg", pid.rate.average_bps);
    fields.add("error_count", pid.counters.continuity_errors);
    fields.add("current_error_count", increase(pid.counters.continuity_errors, old.continuity_errors));
    fields.add("total_bits", pid.counters.packets * packet_bits);
    fields.add("total_bits_sample", increase(pid.counters.packets, old.packets) * packet_bits);
    fields.add("packet_start", 0);
    fields.add("packet_len", ts::packet_size);
    fields.add("pcr", pid.pcr ? pid.pcr->last_ticks : 0);
    fields.add("pts", pid.timestamps ? pid.timestamps->last_pts.value_or(0) : 0);
}

void write_pid_map(Writer& writer, const analyzer::Report& report, const Listing& listing) {
    key(writer, "pid_map");
    const Array array(writer);
    for (const auto& [number, listed] : listing) {
        if (listed.stream == nullptr) continue;
        const PidReport* const pid = find(report.pids, number);
        const Object object(writer);
        field(writer, "pid", number);
        field(writer, "ccerrors", pid != nullptr ? pid->counters.continuity_errors : 0);
        field(writer, "stream_type", analyzer::display_name(listed.stream->codec));
        field(writer, "stream_type_number", listed.stream->stream_type);
        field(writer, "media_type", media_type(listed.stream->kind));
    }
}

/// The field of the rate that a PID belongs to; null when to none.
const char* rate_name(const PidReport& pid, const Listed& listed) noexcept {
    if (pid.use == analyzer::PidUse::null) return "bitrate.padding";
    if (listed.stream == nullptr) return nullptr;
    switch (listed.stream->kind) {
        case MediaKind::video: return "bitrate.video";
        case MediaKind::audio: return "bitrate.audio";
        case MediaKind::subtitle:
        case MediaKind::teletext: return "bitrate.text";
        case MediaKind::splice_information: return "bitrate.scte35";
        case MediaKind::data:
        case MediaKind::unknown: return "bitrate.data";
    }
    return nullptr;
}

}  // namespace

void write_media(Writer& writer, const IntervalRecord& record) {
    const Listing listing = listing_of(*record.report);
    std::map<std::string_view, std::uint64_t> rates;
    for (const PidReport& pid : record.report->pids) {
        const auto listed = listing.find(pid.pid);
        const char* const name = rate_name(pid, listed == listing.end() ? Listed{} : listed->second);
        if (name != nullptr) rates[name] += pid.rate.window_bps;
    }
    for (const char* const name :
         {"bitrate.video", "bitrate.audio", "bitrate.text", "bitrate.data", "bitrate.padding", "bitrate.scte35"})
        field(writer, name, rates[name]);
    write_pid_map(writer, *record.report, listing);
}

void write_pids(Writer& writer, const IntervalRecord& record) {
    const Listing listing = listing_of(*record.report);
    const std::string id = id_of(record);
    for (const PidReport& pid : record.report->pids) {
        const auto listed = listing.find(pid.pid);
        FlatFields fields(writer, "streams." + std::to_string(pid.pid) + ".");
        fields.add("id", id);
        write_place(fields, pid, listed == listing.end() ? Listed{} : listed->second);
        write_times(fields, pid, record);
        write_counters(fields, pid, record.previous ? find(record.previous->pids, pid.pid) : nullptr);
    }
}

}  // namespace muxtap::metrics::rsprobe
