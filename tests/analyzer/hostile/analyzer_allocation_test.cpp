#include <catch2/catch.hpp>

#include "tests/analyzer/core/analyzed.h"
#include "tests/support/allocation_counter.h"

// The analyzer allocates when something is first seen, not per packet, section or PES packet.

namespace muxtap::analyzer {
namespace {

using namespace test;

/// Allocations of each tenth of a second of a multiplex, the first seconds left out.
std::size_t allocations_behind_start(const MultiplexPlan& plan, Delivery delivery, std::size_t piece) {
    constexpr double start_seconds = 14;  // all tables, and the longest of what is measured, have come twice
    const Multiplex multiplex(plan);
    AnalyzerOptions options;
    options.clock = delivery == Delivery::file ? ClockSource::pcr : ClockSource::arrival;
    Analyzer analyzer(options);
    Feeder feeder(analyzer, plan.bitrate, delivery, from_unix_ns(1'000'000'000));
    std::size_t start = 0;
    while (multiplex.time_of(start) < start_seconds) ++start;
    const ByteView bytes = multiplex.bytes();
    feeder.feed(bytes.first(start * ts::packet_size), piece);
    (void)analyzer.events();
    const std::size_t count = allocations_during([&] { feeder.feed(bytes.subspan(start * ts::packet_size), piece); });
    CHECK(analyzer.events().empty());
    CHECK(analyzer.report().totals.packets == multiplex.packets());
    return count;
}

TEST_CASE("packets of a multiplex whose PIDs and tables are known allocate nothing") {
    const auto delivery = GENERATE(Delivery::file, Delivery::datagrams);
    const auto piece = GENERATE(std::size_t{7}, std::size_t{350}, std::size_t{2800});
    INFO((delivery == Delivery::file ? "file" : "datagrams") << ", blocks of " << piece);
    // The feeder's own marks have grown in the first part.
    CHECK(allocations_behind_start({.seconds = 18}, delivery, piece) == 0);
    CHECK(allocations_behind_start({.seconds = 16, .bitrate = 20'000'000, .programs = 6}, delivery, piece) == 0);
}

}  // namespace
}  // namespace muxtap::analyzer
