#include "analyzer/rates/rate_window.h"

#include <catch2/catch.hpp>
#include <vector>

#include "tests/support/allocation_counter.h"

namespace muxtap::analyzer {
namespace {

using namespace std::chrono_literals;

const UnixTime start = from_unix_ns(1'700'000'000'000'000'000);
constexpr std::uint64_t bits = 1504;

/// A board and the counters it is shown.
struct Run {
    RateBoard board;
    std::vector<std::uint64_t> counts;
    UnixTime now = start;

    explicit Run(std::size_t slots) : counts(slots) { board.start(start); }
    void tick(std::chrono::nanoseconds later, std::vector<std::uint64_t> packets) {
        now += later;
        for (std::size_t i = 0; i < packets.size(); ++i) counts[i] += packets[i];
        board.tick(now, now, counts);
    }
};

TEST_CASE("the window is the last second, and 0 before one has passed") {
    Run run(1);
    for (int i = 0; i < 9; ++i) run.tick(100ms, {50});
    CHECK(run.board.slot(0).window_bps == 0);
    CHECK(run.board.slot(0).average_bps == 500 * bits);
    run.tick(100ms, {50});
    CHECK(run.board.slot(0).window_bps == 500 * bits);
    CHECK(run.board.window_packets(0) == 500);
    run.tick(100ms, {150});
    CHECK(run.board.slot(0).window_bps == 600 * bits);
    for (int i = 0; i < 10; ++i) run.tick(100ms, {10});
    const RateInfo info = run.board.slot(0);
    CHECK(info.window_bps == 100 * bits);
    CHECK(info.min_bps == 100 * bits);
    CHECK(info.max_bps == 600 * bits);
    CHECK(info.average_bps == static_cast<std::uint64_t>(750.0 * bits / 2.1 + 0.5));
}

TEST_CASE("calls between the steps change the average alone") {
    Run run(1);
    for (int i = 0; i < 10; ++i) run.tick(100ms, {50});
    run.tick(30ms, {400});
    CHECK(run.board.slot(0).window_bps == 500 * bits);
    CHECK(run.board.slot(0).average_bps == static_cast<std::uint64_t>(900.0 * bits / 1.03 + 0.5));
    run.tick(70ms, {0});
    // What is counted is spread up to the newest packet, which was at the end.
    CHECK(run.board.slot(0).window_bps == 850 * bits);
}

TEST_CASE("a slot that appears later has its own first window") {
    Run run(1);
    for (int i = 0; i < 30; ++i) run.tick(100ms, {10});
    run.counts.push_back(0);
    for (int i = 0; i < 9; ++i) run.tick(100ms, {10, 20});
    CHECK(run.board.slot(1).min_bps == 0);
    CHECK(run.board.slot(1).max_bps == 0);
    for (int i = 0; i < 5; ++i) run.tick(100ms, {10, 20});
    CHECK(run.board.slot(1).min_bps == 200 * bits);
    CHECK(run.board.slot(1).max_bps == 200 * bits);
    CHECK(run.board.slot(7) == RateInfo{});
}

TEST_CASE("late calls put packets where they came") {
    SECTION("all in the first step, then silence") {
        Run run(1);
        for (int i = 0; i < 20; ++i) run.tick(100ms, {50});
        run.counts[0] += 30;
        run.board.tick(start + 2950ms, start + 2060ms, run.counts);
        // 2.0 to 2.1: 30 packets; the window from 1.9 to 2.9 has them and 50 more.
        CHECK(run.board.slot(0).window_bps == 80 * bits);
        CHECK(run.board.slot(0).max_bps == 500 * bits);
        CHECK(run.board.slot(0).min_bps == 80 * bits);
    }
    SECTION("evenly up to the newest packet") {
        Run run(1);
        for (int i = 0; i < 20; ++i) run.tick(100ms, {50});
        run.tick(3s, {1500});
        CHECK(run.board.slot(0).window_bps == 500 * bits);
        CHECK(run.board.slot(0).min_bps == 500 * bits);
        CHECK(run.board.slot(0).max_bps == 500 * bits);
    }
    SECTION("a jump of days is silence") {
        Run run(1);
        for (int i = 0; i < 20; ++i) run.tick(100ms, {50});
        run.tick(72h, {50});
        CHECK(run.board.slot(0).window_bps == 0);
        CHECK(run.board.slot(0).min_bps == 0);
        CHECK_FALSE(run.board.present(0));
        for (int i = 0; i < 10; ++i) run.tick(100ms, {50});
        CHECK(run.board.slot(0).window_bps == 500 * bits);
    }
    SECTION("time does not go back") {
        Run run(1);
        for (int i = 0; i < 20; ++i) run.tick(100ms, {50});
        run.board.tick(start, start, run.counts);
        CHECK(run.board.slot(0).window_bps == 500 * bits);
        CHECK(run.board.slot(0).average_bps == 500 * bits);
    }
}

TEST_CASE("a PID that sends a packet every five seconds stays present, and its rate is honest") {
    Run run(2);
    bool zero = false;
    for (int i = 0; i < 600; ++i) {
        run.tick(100ms, {50, i % 50 == 0 ? 1ULL : 0ULL});
        REQUIRE(run.board.present(1));
        if (i > 10) zero = zero || run.board.slot(1).window_bps == 0;
    }
    CHECK(zero);
    // Three times its usual interval, then no longer.
    for (int i = 0; i < 90; ++i) run.tick(100ms, {50, 0});
    CHECK(run.board.present(1));
    for (int i = 0; i < 60; ++i) run.tick(100ms, {50, 0});
    CHECK_FALSE(run.board.present(1));
    CHECK(run.board.present(0));
}

TEST_CASE("a PID with packets all the time is present for 5 s more") {
    Run run(1);
    CHECK_FALSE(run.board.present(0));
    run.tick(10ms, {1});
    CHECK(run.board.present(0));
    for (int i = 0; i < 100; ++i) run.tick(100ms, {5});
    for (int i = 0; i < 49; ++i) run.tick(100ms, {0});
    CHECK(run.board.present(0));
    for (int i = 0; i < 3; ++i) run.tick(100ms, {0});
    CHECK_FALSE(run.board.present(0));
    run.tick(100ms, {1});
    CHECK(run.board.present(0));
}

TEST_CASE("a group is the sum of its slots, also while they change") {
    Run run(3);
    const std::uint32_t two[] = {0, 2};
    run.board.set_group(1, two);
    for (int i = 0; i < 10; ++i) run.tick(100ms, {10, 20, 40});
    CHECK(run.board.group(1).window_bps == 500 * bits);
    CHECK(run.board.group(1).average_bps == 500 * bits);
    CHECK(run.board.group(0) == RateInfo{});
    const std::uint32_t other[] = {0, 1, 99};
    run.board.set_group(1, other);
    CHECK(run.board.group(1).window_bps == 300 * bits);
    for (int i = 0; i < 10; ++i) run.tick(100ms, {10, 20, 40});
    CHECK(run.board.group(1).window_bps == 300 * bits);
    CHECK(run.board.group(1).max_bps == 500 * bits);
    CHECK(run.board.group(1).min_bps == 300 * bits);
    // Of slot 0 and 1 over the whole run.
    CHECK(run.board.group(1).average_bps == 300 * bits);
}

TEST_CASE("a group that is known late has its slots' past") {
    Run run(2);
    for (int i = 0; i < 15; ++i) run.tick(100ms, {10, 20});
    const std::uint32_t both[] = {0, 1};
    run.board.set_group(0, both);
    CHECK(run.board.group(0).window_bps == 300 * bits);
    CHECK(run.board.group(0).average_bps == 300 * bits);
}

TEST_CASE("a tick allocates nothing once the slots are known") {
    Run run(200);
    std::vector<std::uint64_t> more(200, 7);
    run.tick(100ms, more);
    CHECK(muxtap::test::allocations_during([&] {
              for (int i = 0; i < 100; ++i) {
                  run.now += 100ms;
                  for (std::uint64_t& count : run.counts) count += 3;
                  run.board.tick(run.now, run.now, run.counts);
              }
          }) == 0);
}

}  // namespace
}  // namespace muxtap::analyzer
