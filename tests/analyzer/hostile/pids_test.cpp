#include <catch2/catch.hpp>

#include "tests/analyzer/hostile/hostile.h"

// Streams that use PIDs as no stream does: all of them, with everything on each, or damaged from end to end.

namespace muxtap::analyzer {
namespace {

using namespace test;

TEST_CASE("all PIDs in use are all in the report") {
    Victim victim;
    for (unsigned round = 0; round < 3; ++round) {
        for (unsigned pid = 0; pid < ts::pid_count; ++pid)
            victim.feed(raw_packet({.pid = static_cast<ts::Pid>(pid), .counter = round}));
    }
    const Report report = victim.analyzer().report();
    CHECK(report.pids.size() == ts::pid_count);
    CHECK(report.totals.packets == 3 * ts::pid_count);
    CHECK(report.totals.continuity_errors == 0);
    CHECK(report.limits.size() == 1);
    CHECK(limit_of(report, "events") != nullptr);
    CHECK(victim.kept_bytes() <= most_bytes);
}

TEST_CASE("PCRs and PES on all PIDs are followed up to a cap, and the report says on how many they are not") {
    Victim victim;
    std::vector<Event> events;
    for (unsigned round = 0; round < 6; ++round) {
        for (unsigned pid = 0x20; pid < ts::null_pid; ++pid) {
            const auto number = static_cast<ts::Pid>(pid);
            const std::uint64_t ticks = (victim.now().time_since_epoch().count() / 1000) % 1'000'000'000 * 27;
            victim.feed(joined({pes_start(number, round, ticks / 300), pcr_packet(number, ticks, round)}));
            if (pid % 1000 != 0) continue;
            for (Event& event : victim.analyzer().events()) events.push_back(std::move(event));
        }
    }
    const Report report = victim.analyzer().report();
    constexpr std::uint64_t pids = ts::null_pid - 0x20;
    REQUIRE(limit_of(report, "clocks") != nullptr);
    CHECK(limit_of(report, "clocks")->cap == 1024);
    CHECK(limit_of(report, "clocks")->left_out == pids - 1024);
    REQUIRE(limit_of(report, "elementary streams") != nullptr);
    CHECK(limit_of(report, "elementary streams")->cap == 1024);
    // Those that no table names may be half as many; 0x1FFB is one of tables.
    CHECK(limit_of(report, "elementary streams")->left_out == pids - 1 - 512);
    CHECK(pid_of(report, 0x20)->pcr.has_value());
    CHECK(pid_of(report, 0x1000)->counters.pcrs == 6);
    CHECK_FALSE(pid_of(report, 0x1000)->pcr.has_value());
    CHECK(events_of(events, EventKind::limit_reached) == 2);
    CHECK(victim.kept_bytes() <= most_bytes);
}

TEST_CASE("streams that tables name find room beside PES packets on any PID") {
    Victim victim;
    for (unsigned pid = 0x200; pid < 0x1000; ++pid) victim.feed(pes_start(static_cast<ts::Pid>(pid), 0, 0));
    victim.feed_pat({{1, 0x100}});
    victim.feed_section(0x100, map_section(1, 0x1100, {{2, 0x1100}}));
    victim.feed(pes_start(0x1100, 0, 90'000));
    const Report report = victim.analyzer().report();
    REQUIRE(pid_of(report, 0x1100)->timestamps.has_value());
    CHECK(pid_of(report, 0x1100)->timestamps->first_pts == std::optional<std::uint64_t>(90'000));
}

TEST_CASE("damage and scrambling from end to end are counted") {
    struct Row {
        const char* claim;
        RawPacket shape;
        std::uint64_t packets, transport_errors, scrambled, duplicates, continuity_errors;
    };
    constexpr std::uint64_t n = 20'000;
    const Row row = GENERATE(values<Row>({
        {"transport errors", {.error = true}, n, n, 0, 0, 0},
        {"scrambled, the same packet for ever", {.scrambling = 3}, n, 0, n, 1, n - 2},
        {"the same packet for ever", {}, n, 0, 0, 1, n - 2},
        {"the same packet without payload for ever", {.adaptation_field_control = 2, .rest = {183, 0}}, n, 0, 0, 0, 0},
    }));
    INFO(row.claim);
    Victim victim;
    ByteVector packets;
    for (unsigned i = 0; i < n; ++i) append(packets, raw_packet(row.shape));
    victim.feed(packets);
    const Report report = victim.analyzer().report();
    CHECK(report.totals.packets == row.packets);
    CHECK(report.totals.transport_errors == row.transport_errors);
    CHECK(count_of(report, IndicatorId::transport_error) == row.transport_errors);
    CHECK(pid_of(report, 0x100)->counters.scrambled == row.scrambled);
    CHECK(report.totals.duplicates == row.duplicates);
    CHECK(report.totals.continuity_errors == row.continuity_errors);
    CHECK(report.limits.empty());
    CHECK(victim.kept_bytes() <= most_bytes);
}

TEST_CASE("transport errors on all PIDs are each listed with their PID") {
    Victim victim;
    for (unsigned pid = 0; pid < ts::pid_count; ++pid)
        victim.feed(raw_packet({.pid = static_cast<ts::Pid>(pid), .error = true}));
    const Report report = victim.analyzer().report();
    CHECK(report.pids.size() == ts::pid_count);
    CHECK(pid_of(report, 0x1234)->counters.transport_errors == 1);
    CHECK(pid_of(report, 0x1234)->counters.packets == 0);
}

TEST_CASE("bytes that are all sync bytes are no packets, for the reserved adaptation_field_control in each") {
    Victim victim;
    victim.feed(ByteVector(ts::packet_size * 5000, ts::sync_byte));
    const Report report = victim.analyzer().report();
    CHECK(report.totals.packets == 0);
    CHECK(report.totals.rejected.of(ts::RejectReason::reserved_afc) == 5000);
    CHECK(count_of(report, IndicatorId::sync_byte_error) == 0);
    CHECK(report.pids.empty());
}

TEST_CASE("bytes without any sync byte are all rejected, and the report says so") {
    Victim victim;
    victim.feed(ByteVector(ts::packet_size * 5000, 0xAA));
    const Report report = victim.analyzer().report();
    CHECK(report.totals.packets == 0);
    CHECK(report.totals.rejected.of(ts::RejectReason::sync_byte) == 5000);
    CHECK(count_of(report, IndicatorId::sync_byte_error) == 5000);
    CHECK(report.totals.sync_losses == 1);
    CHECK(report.pids.empty());
}

TEST_CASE("a packet costs about the same whether one PID is in use or all of them") {
    // Blocks of seven packets, as datagrams come: work that grows with PIDs would show as minutes.
    Victim victim;
    for (unsigned pid = 0; pid < ts::pid_count; ++pid) victim.feed(raw_packet({.pid = static_cast<ts::Pid>(pid)}));
    ByteVector datagram;
    for (unsigned i = 0; i < 7; ++i) append(datagram, raw_packet({.pid = ts::null_pid}));
    for (unsigned i = 0; i < 100'000; ++i) victim.feed(datagram, std::chrono::microseconds(1));
    CHECK(victim.analyzer().report().totals.null_packets == 700'001);
}

}  // namespace
}  // namespace muxtap::analyzer
