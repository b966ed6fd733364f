#include "analyzer/buffers/main_buffers.h"

#include <catch2/catch.hpp>

namespace muxtap::analyzer {
namespace {

constexpr ts::Pid pid = 200;
constexpr std::int64_t millisecond = 27'000;
using Findings = std::vector<BufferFinding>;

struct Unit {
    std::int64_t arrival_ms;
    std::int64_t decoding_ms;
    std::uint64_t bytes;  ///< of this PES packet
};

struct Outcome {
    Findings findings;
    std::uint64_t content = 0;
};

Outcome play(const std::vector<Unit>& units, std::uint64_t main_bytes = 3'584) {
    MainBuffers buffers;
    buffers.set_stream(pid, main_bytes);
    Outcome outcome;
    std::uint64_t bytes = 1'000;  // counted from some earlier start
    for (const Unit& unit : units) {
        buffers.access_unit(pid, unit.arrival_ms * millisecond, unit.decoding_ms * millisecond, bytes,
                            outcome.findings);
        bytes += unit.bytes;
    }
    outcome.content = buffers.occupancy_bytes(pid).value();
    return outcome;
}

TEST_CASE("one byte more than main and transport buffer hold is an overflow, as many as they hold is none") {
    CHECK(play({{0, 100, 2'048}, {10, 124, 2'048}, {20, 148, 1}}).findings.empty());
    const Outcome outcome = play({{0, 100, 2'048}, {10, 124, 2'049}, {20, 148, 1}});
    REQUIRE(outcome.findings.size() == 1);
    CHECK(outcome.findings[0].fault == BufferFault::main_overflow);
    CHECK(outcome.findings[0].pid == pid);
    CHECK(outcome.findings[0].time_ticks == 20 * millisecond);
    CHECK(outcome.content == 4'097);
}

TEST_CASE("what was decoded is gone") {
    CHECK(play({{0, 20, 4'000}, {19, 44, 4'000}, {20, 68, 1}}).findings.size() == 0);
    CHECK(play({{0, 20, 4'000}, {19, 44, 4'000}, {20, 68, 1}}).content == 4'000);
    CHECK(play({{0, 21, 4'000}, {19, 44, 4'000}, {20, 68, 1}}).findings.size() == 1);
}

TEST_CASE("an overflow that goes on is one finding, the next one another") {
    CHECK(play({{0, 1'000, 5'000}, {10, 1'001, 10}, {20, 1'002, 10}, {30, 1'003, 10}}).findings.size() == 1);
    CHECK(play({{0, 15, 5'000}, {10, 30, 10}, {20, 40, 5'000}, {35, 50, 10}}).findings.size() == 2);
}

TEST_CASE("an access unit that comes after its time is an underflow, once while it lasts") {
    const Outcome outcome = play({{0, 10, 100}, {30, 29, 100}, {50, 49, 100}, {60, 70, 100}, {80, 79, 100}});
    REQUIRE(outcome.findings.size() == 2);
    CHECK(outcome.findings[0].fault == BufferFault::main_underflow);
    CHECK(outcome.findings[0].time_ticks == 30 * millisecond);
    CHECK(outcome.findings[1].time_ticks == 80 * millisecond);
    CHECK(play({{0, 10, 100}, {30, 30, 100}}).findings.empty());
}

TEST_CASE("a decoding time or a count that goes back starts anew") {
    CHECK(play({{0, 1'000, 4'000}, {10, 900, 4'000}, {20, 910, 10}}).findings.empty());
    MainBuffers buffers;
    buffers.set_stream(pid, 1'000);
    Findings findings;
    buffers.access_unit(pid, 0, 1'000 * millisecond, 1'000'000, findings);
    buffers.access_unit(pid, 1, 1'001 * millisecond, 5, findings);
    CHECK(buffers.occupancy_bytes(pid) == 0);
    buffers.access_unit(pid, 2, 1'002 * millisecond, 4'000, findings);
    CHECK(findings.size() == 1);
    buffers.restart();
    CHECK(buffers.occupancy_bytes(pid) == 0);
}

TEST_CASE("more access units than are followed make the content smaller, never larger") {
    std::vector<Unit> units;
    for (int i = 0; i < 2'000; ++i) units.push_back({i, 100'000 + i, 10});
    const Outcome outcome = play(units, 1'000'000);
    CHECK(outcome.findings.empty());
    CHECK(outcome.content == 5'120);
}

TEST_CASE("streams are measured apart, and only those that were set") {
    MainBuffers buffers;
    Findings findings;
    buffers.set_stream(300, 1'000);
    buffers.set_stream(100, 1'000);
    buffers.set_stream(200, 0);
    CHECK(buffers.measures(100));
    CHECK(buffers.measures(300));
    CHECK_FALSE(buffers.measures(200));
    for (const ts::Pid other : std::vector<ts::Pid>{100, 200, 300}) {
        buffers.access_unit(other, 0, 1'000 * millisecond, 0, findings);
        buffers.access_unit(other, 1, 1'001 * millisecond, other == 300 ? 1'513 : 1'512, findings);
    }
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].pid == 300);
    CHECK(buffers.faulty(300));
    CHECK_FALSE(buffers.faulty(100));
    buffers.remove(300);
    CHECK_FALSE(buffers.measures(300));
    CHECK_FALSE(buffers.occupancy_bytes(300).has_value());
}

}  // namespace
}  // namespace muxtap::analyzer
