// Input: a byte of settings (`plan_of`), then packets.
// Property: whatever the packets hold, the report adds up, is the same however the packets were cut into blocks, and
// its JSON record is JSON.
#include <rapidjson/document.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <string>
#include <vector>

#include "analyzer/analyzer.h"
#include "analyzer/json/report_json.h"
#include "tests/fuzz/repair.h"
#include "tests/fuzz/require.h"

namespace {

using namespace muxtap;
using namespace muxtap::analyzer;
using fuzz::require;

struct Plan {
    AnalyzerOptions options;
    bool by_datagram = false;
    bool repaired = false;  ///< what the fuzzer broke by chance is made whole
    bool uneven = false;    ///< datagrams come when their bytes say so; other packets have no time
    std::size_t stride = ts::packet_size;
};

/// Bits 0 and 1: standard, 2: by datagram, 3 and 4: stride, 5: repaired, 6: room for next to nothing, 7: uneven.
Plan plan_of(std::uint8_t byte) {
    constexpr std::array standards = {Standard::automatic, Standard::dvb, Standard::atsc, Standard::mpeg};
    constexpr std::array<std::size_t, 4> strides = {188, 192, 204, 188};
    Plan plan;
    plan.options.standard = standards[byte & 3U];
    plan.by_datagram = (byte & 4U) != 0;
    plan.options.clock = plan.by_datagram ? ClockSource::arrival : ClockSource::pcr;
    plan.stride = strides[byte >> 3 & 3U];
    plan.repaired = (byte & 32U) != 0;
    plan.options.caps = {.programs = 16, .tables = 64, .pending_events = 256};
    if ((byte & 64U) != 0) {
        plan.options.caps = {.programs = 2,
                             .streams_per_program = 2,
                             .tables = 8,
                             .pending_events = 8,
                             .pending_event_bytes = 600,
                             .clocks = 2,
                             .elementary_streams = 2,
                             .section_pids = 1,
                             .splice_pids = 1};
    }
    plan.uneven = (byte & 128U) != 0;
    return plan;
}

/// When each packet comes, and where the capture lost some before it.
struct Timetable {
    std::vector<UnixTime> times;  ///< one more than packets
    std::vector<bool> lost_before;
};

Timetable timetable_of(const Plan& plan, const std::vector<std::uint8_t>& bytes, std::size_t packets) {
    Timetable table;
    UnixTime now = from_unix_ns(1'700'000'000'000'000'000);
    for (std::size_t packet = 0; packet < packets; ++packet) {
        const std::size_t last_bytes = packet * plan.stride + ts::packet_size - 2;
        const unsigned word = plan.uneven ? read_u16(bytes, last_bytes) : 0xFFFFU;
        std::chrono::nanoseconds step = std::chrono::milliseconds(3);
        if (word < 0xFF00U) step = std::chrono::microseconds(std::int64_t{word} * word / 64);
        table.lost_before.push_back(word == 0xFF01U);
        table.times.push_back(now);
        now += step;
    }
    table.times.push_back(now);
    return table;
}

struct Outcome {
    Report report;
    std::vector<Event> events;
};

Outcome analyze(const Plan& plan, const std::vector<std::uint8_t>& bytes, const Timetable& table, std::size_t piece) {
    Analyzer analyzer(plan.options);
    const std::size_t packets = table.lost_before.size();
    std::vector<DatagramMark> marks;
    for (std::size_t at = 0; at < packets;) {
        std::size_t end = at + 1;
        while (end < packets && end - at < piece && !table.lost_before[end]) ++end;
        PacketBlock block;
        block.stride = plan.stride;
        block.bytes = ByteView(bytes).subspan(at * plan.stride, (end - at - 1) * plan.stride + ts::packet_size);
        block.before.capture_loss = table.lost_before[at];
        block.timed = plan.by_datagram || !plan.uneven;
        block.begin = table.times[at];
        block.end = table.times[end];
        if (plan.by_datagram) {
            marks.clear();
            for (std::size_t i = at; i < end; ++i) marks.push_back({1, table.times[i], false});
            block.datagrams = marks;
        }
        analyzer.add(block);
        at = end;
    }
    analyzer.advance(table.times.back() + std::chrono::seconds(11));
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

std::string text_of(const Outcome& result) {
    std::string text = to_json(result.report, {});
    for (const Event& event : result.events) text += "\n" + to_json(event, {});
    return text;
}

/// Says where two texts part.
void check_same(const std::string& one, const std::string& other) {
    if (one == other) return;
    const auto parting =
        static_cast<std::size_t>(std::mismatch(one.begin(), one.end(), other.begin(), other.end()).first - one.begin());
    const std::size_t from = parting - std::min<std::size_t>(parting, 300);
    std::fprintf(stderr, "whole:  %s\npieces: %s\n", one.substr(from, 500).c_str(), other.substr(from, 500).c_str());
    require(false, "blocks of any size find the same");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 1 + ts::packet_size) return 0;
    const Plan plan = plan_of(data[0]);
    std::vector<std::uint8_t> bytes(data + 1, data + size);
    const std::size_t packets = PacketBlock{.bytes = bytes, .stride = plan.stride}.packets();
    if (plan.repaired) {
        fuzz::Repair repair;
        for (std::size_t i = 0; i < packets; ++i)
            repair.packet(std::span<std::uint8_t, ts::packet_size>(bytes.data() + i * plan.stride, ts::packet_size));
    }
    const Timetable table = timetable_of(plan, bytes, packets);
    const Outcome whole = analyze(plan, bytes, table, packets);
    check_sums(whole.report, packets);
    check_json(whole);
    check_same(text_of(whole), text_of(analyze(plan, bytes, table, 3)));
    return 0;
}
