#include <catch2/catch.hpp>

#include "tests/analyzer/hostile/hostile.h"

// Clocks that run as no clock does.

namespace muxtap::analyzer {
namespace {

using namespace test;

constexpr ts::Pid pid = 0x100;

/// PCRs 20 ms apart in arrival, each `step` ticks behind the one before.
Report with_steps(const std::vector<std::int64_t>& steps, Victim& victim) {
    std::uint64_t ticks = std::uint64_t{1} << 40;
    for (const std::int64_t step : steps) {
        ticks += static_cast<std::uint64_t>(step);
        victim.feed(pcr_packet(pid, ticks % ts::Pcr::modulus), std::chrono::milliseconds(20));
    }
    return victim.analyzer().report();
}

TEST_CASE("a PCR that runs backwards is wrong each time, and tells no rate") {
    Victim victim;
    const Report report = with_steps(std::vector<std::int64_t>(1000, -540'000), victim);
    CHECK(count_of(report, IndicatorId::pcr_discontinuity_indicator_error) == 999);
    CHECK(pid_of(report, pid)->counters.pcrs == 1000);
    CHECK_FALSE(report.rate.constant_rate);
    CHECK(report.rate.pcr_bps == 0);
    CHECK(events_of(victim.analyzer().events(), EventKind::clock_jump) == 999);
}

TEST_CASE("a PCR that jumps with each packet is wrong each time") {
    Victim victim;
    std::vector<std::int64_t> steps;
    for (int i = 0; i < 20'000; ++i) steps.push_back((i % 2 == 0 ? 1 : -1) * 27'000'000LL * (1 + i % 40'000));
    const Report report = with_steps(steps, victim);
    CHECK(count_of(report, IndicatorId::pcr_discontinuity_indicator_error) == 19'999);
    CHECK(report.rate.pcr_bps == 0);
    // Nobody fetches the events: the newest are counted only.
    CHECK(report.events_dropped > 0);
    REQUIRE(limit_of(report, "events") != nullptr);
    CHECK(limit_of(report, "events")->left_out == report.events_dropped);
    const std::vector<Event> events = victim.analyzer().events();
    CHECK(events.size() <= 4096 + 1);
    CHECK(events_of(events, EventKind::limit_reached) == 1);
    CHECK(victim.kept_bytes() <= most_bytes);
}

TEST_CASE("the largest and smallest values of a clock, one after the other, are only wrong") {
    Victim victim;
    const auto most = static_cast<std::int64_t>(ts::Pcr::modulus);
    std::vector<std::int64_t> steps;
    for (int i = 0; i < 500; ++i)
        for (const std::int64_t step : {most / 2, -most / 2, most / 2 - 1, 1L, 0L, most - 1}) steps.push_back(step);
    const Report report = with_steps(steps, victim);
    CHECK(count_of(report, IndicatorId::pcr_discontinuity_indicator_error) > 1000);
    CHECK(pid_of(report, pid)->pcr.has_value());
}

TEST_CASE("time stamps from one end of their range to the other, each PES packet, are jumps") {
    Victim victim;
    victim.feed_pat({{1, 0x20}});
    victim.feed_section(0x20, map_section(1, pid, {{2, pid}}));
    constexpr std::uint64_t top = (std::uint64_t{1} << 33) - 1;
    for (unsigned i = 0; i < 2000; ++i) {
        victim.feed(pes_start(pid, i, i % 2 == 0 ? top : top / 2 + i));
        victim.feed(pcr_packet(pid, (i % 3) * (ts::Pcr::modulus / 3), i));
    }
    const Report report = victim.analyzer().report();
    CHECK(pid_of(report, pid)->counters.unit_starts == 2000);
    REQUIRE(pid_of(report, pid)->timestamps.has_value());
    CHECK(pid_of(report, pid)->timestamps->pes_packets == 2000);
    CHECK(events_of(victim.analyzer().events(), EventKind::clock_jump) > 1000);
}

}  // namespace
}  // namespace muxtap::analyzer
