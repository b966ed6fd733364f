// Input: a byte with standard (bits 0 and 1), times (bit 2: by datagram) and stride (bits 3 and 4), then packets.
// Property: whatever the packets hold, the report adds up, is the same however the packets were cut into blocks, and
// its JSON record is JSON.
#include <rapidjson/document.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "analyzer/analyzer.h"
#include "analyzer/json/report_json.h"
#include "tests/fuzz/require.h"

namespace {

using namespace muxtap;
using namespace muxtap::analyzer;
using fuzz::require;

constexpr std::chrono::nanoseconds packet_time = std::chrono::milliseconds(3);

struct Plan {
    AnalyzerOptions options;
    bool by_datagram = false;
    std::size_t stride = ts::packet_size;
};

Plan plan_of(std::uint8_t byte) {
    constexpr std::array standards = {Standard::automatic, Standard::dvb, Standard::atsc, Standard::mpeg};
    constexpr std::array<std::size_t, 4> strides = {188, 192, 204, 188};
    Plan plan;
    plan.options.standard = standards[byte & 3U];
    plan.by_datagram = (byte & 4U) != 0;
    plan.options.clock = plan.by_datagram ? ClockSource::arrival : ClockSource::pcr;
    plan.stride = strides[byte >> 3 & 3U];
    plan.options.caps.programs = 16;
    plan.options.caps.tables = 64;
    plan.options.caps.pending_events = 256;
    return plan;
}

UnixTime time_of(std::size_t packet) {
    return from_unix_ns(1'700'000'000'000'000'000) + packet_time * static_cast<std::int64_t>(packet);
}

struct Outcome {
    Report report;
    std::vector<Event> events;
};

Outcome analyze(const Plan& plan, ByteView bytes, std::size_t piece) {
    Analyzer analyzer(plan.options);
    PacketBlock whole;
    whole.bytes = bytes;
    whole.stride = plan.stride;
    const std::size_t packets = whole.packets();
    std::vector<DatagramMark> marks;
    for (std::size_t at = 0; at < packets; at += piece) {
        const std::size_t count = std::min(piece, packets - at);
        PacketBlock block;
        block.stride = plan.stride;
        block.bytes = bytes.subspan(at * plan.stride, (count - 1) * plan.stride + ts::packet_size);
        block.begin = time_of(at);
        block.end = time_of(at + count);
        if (plan.by_datagram) {
            marks.clear();
            for (std::size_t i = 0; i < count; ++i) marks.push_back({1, time_of(at + i), false});
            block.datagrams = marks;
        }
        analyzer.add(block);
    }
    analyzer.advance(time_of(packets) + std::chrono::seconds(20));
    return {analyzer.report(), analyzer.events()};
}

void check_sums(const Report& report, std::size_t packets) {
    std::uint64_t of_pids = 0;
    std::uint64_t errors = 0;
    std::uint64_t lost = 0;
    for (const PidReport& pid : report.pids) {
        of_pids += pid.counters.packets;
        errors += pid.counters.continuity_errors;
        lost += pid.counters.lost_packets;
        require(pid.counters.payload_packets <= pid.counters.packets, "payload is in packets");
        require(pid.counters.scrambled <= pid.counters.packets, "scrambled packets are packets");
    }
    const TotalCounters& totals = report.totals;
    require(totals.packets == of_pids + totals.transport_errors, "each packet is counted on one PID");
    require(totals.packets + totals.rejected.total() == packets, "each packet is accepted or rejected");
    require(errors == totals.continuity_errors, "continuity errors add up");
    require(lost == totals.lost_packets, "lost packets add up");
    for (const Indicator& indicator : report.indicators)
        require(indicator.first.has_value() == (indicator.count > 0), "what was found has a first time");
}

void check_json(const Outcome& result) {
    rapidjson::Document document;
    document.Parse(to_json(result.report, {}).c_str());
    require(!document.HasParseError(), "a report is JSON");
    for (const Event& event : result.events) {
        document.Parse(to_json(event, {}).c_str());
        require(!document.HasParseError(), "an event is JSON");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 1 + ts::packet_size) return 0;
    const Plan plan = plan_of(data[0]);
    const ByteView bytes(data + 1, size - 1);
    PacketBlock whole;
    whole.bytes = bytes;
    whole.stride = plan.stride;
    const Outcome result = analyze(plan, bytes, 10'000);
    check_sums(result.report, whole.packets());
    check_json(result);
    if (!plan.by_datagram) return 0;
    const Outcome pieces = analyze(plan, bytes, 3);
    require(pieces.report.indicators == result.report.indicators, "blocks of any size find the same");
    require(pieces.events == result.events, "and tell the same events");
    return 0;
}
