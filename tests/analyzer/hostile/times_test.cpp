#include <catch2/catch.hpp>

#include "tests/analyzer/hostile/hostile.h"

// Callers whose times go wrong, and blocks that break the contract: nothing of it is undefined or takes for ever.

namespace muxtap::analyzer {
namespace {

using namespace test;
using namespace std::chrono_literals;

TEST_CASE("time that jumps by years with each packet is silence each time, and takes no longer for it") {
    Victim victim;
    for (unsigned i = 0; i < 500; ++i) {
        victim.feed(raw_packet({.counter = i}));
        victim.set_now(victim.now() + std::chrono::hours(24 * (i % 300)));
        (void)victim.analyzer().events();
    }
    const Report report = victim.analyzer().report();
    CHECK(report.totals.packets == 500);
    CHECK(report.last - report.first > std::chrono::hours(24 * 365));
    victim.analyzer().advance(victim.now() + std::chrono::hours(24 * 365 * 50));
    CHECK(events_of(victim.analyzer().events(), EventKind::silence_began) >= 1);
}

TEST_CASE("time that jumps by minutes with each packet while all PIDs are in use takes no longer for it") {
    Victim victim;
    for (unsigned pid = 0; pid < ts::pid_count; ++pid) victim.feed(raw_packet({.pid = static_cast<ts::Pid>(pid)}));
    for (unsigned i = 0; i < 20; ++i) {
        victim.feed(raw_packet({.counter = i + 1}));
        victim.set_now(victim.now() + 10min);
    }
    CHECK(victim.analyzer().report().totals.packets == ts::pid_count + 20);
}

TEST_CASE("time that goes backwards stands still") {
    Victim victim;
    const UnixTime start = victim.now();
    for (unsigned i = 0; i < 2000; ++i) {
        victim.feed(raw_packet({.counter = i}));
        if (i % 2 == 1) victim.set_now(start - std::chrono::seconds(i));
    }
    victim.analyzer().advance(start - std::chrono::hours(1));
    const Report report = victim.analyzer().report();
    CHECK(report.totals.packets == 2000);
    CHECK(report.totals.continuity_errors == 0);
    CHECK(report.first == start);
    CHECK(report.last >= start);
    CHECK(report.last <= start + 1s);
}

TEST_CASE("blocks without packets change nothing") {
    Analyzer analyzer(AnalyzerOptions{});
    PacketBlock empty;
    analyzer.add(empty);
    const std::vector<DatagramMark> marks = {{0, from_unix_ns(5), false}, {3, from_unix_ns(6), false}};
    empty.datagrams = marks;
    analyzer.add(empty);
    const ByteVector part = filler(187, ts::sync_byte);
    empty.bytes = part;
    analyzer.add(empty);
    const Report report = analyzer.report();
    CHECK(report.totals.packets == 0);
    CHECK(report.clock == ClockSource::none);
    CHECK(analyzer.events().empty());
}

TEST_CASE("marks that do not add up to the packets of their block reach no byte beyond them") {
    struct Row {
        const char* claim;
        std::vector<std::uint32_t> marks;
    };
    const Row row = GENERATE(values<Row>({
        {"too few", {1}},
        {"none at all in them", {0, 0}},
        {"too many", {9, 9, 9}},
        {"far too many", {0xFFFFFFFF, 0xFFFFFFFF, 1}},
        {"empty ones between", {0, 3, 0, 0, 4, 0}},
    }));
    INFO(row.claim);
    // Steps that are shorter and longer than a tick.
    for (const std::chrono::nanoseconds step : {std::chrono::nanoseconds(1ms), std::chrono::nanoseconds(1s)}) {
        Analyzer analyzer(AnalyzerOptions{});
        UnixTime now = from_unix_ns(1'700'000'000'000'000'000);
        for (unsigned round = 0; round < 20; ++round) {
            ByteVector bytes;
            for (unsigned i = 0; i < 7; ++i) append(bytes, raw_packet({.counter = round * 7 + i}));
            bytes.shrink_to_fit();
            std::vector<DatagramMark> marks;
            for (const std::uint32_t packets : row.marks) marks.push_back({packets, now += step, false});
            PacketBlock block;
            block.bytes = bytes;
            block.datagrams = marks;
            analyzer.add(block);
        }
        const Report report = analyzer.report();
        CHECK(report.totals.packets == 140);
        CHECK(report.totals.continuity_errors == 0);
    }
}

TEST_CASE("a block whose end lies before its beginning is an instant") {
    Analyzer analyzer(AnalyzerOptions{});
    ByteVector bytes;
    for (unsigned i = 0; i < 100; ++i) append(bytes, raw_packet({.counter = i}));
    PacketBlock block;
    block.bytes = bytes;
    block.begin = from_unix_ns(2'000'000'000);
    block.end = from_unix_ns(1'000'000'000);
    for (unsigned i = 0; i < 10; ++i) analyzer.add(block);
    CHECK(analyzer.report().totals.packets == 1000);
    CHECK(analyzer.report().last == block.begin);
}

}  // namespace
}  // namespace muxtap::analyzer
