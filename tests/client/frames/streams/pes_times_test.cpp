#include "client/frames/streams/pes_times.h"

#include <catch2/catch.hpp>

using namespace muxtap;
using frames::MediaTime;
using frames::PesTimes;
using frames::ticks_to_time;
using std::chrono::nanoseconds;
using std::chrono::seconds;

namespace {

constexpr ts::Pid video = 0x100;
constexpr ts::Pid sound = 0x101;
constexpr std::int64_t picture = 3600;

ts::Timestamp stamp(std::int64_t ticks) {
    return ts::Timestamp::from_ticks(static_cast<std::uint64_t>(ticks) + ts::Timestamp::modulus);
}

UnixTime captured(std::int64_t number) {
    return UnixTime{seconds{1000} + std::chrono::milliseconds{number}};
}

}  // namespace

TEST_CASE("PES packets are found by PID and PTS, the newest first") {
    PesTimes times;
    times.add(video, stamp(0), captured(0), 0);
    times.add(video, stamp(picture), captured(1), 10);
    times.add(sound, stamp(picture), captured(2), 20);
    times.add(video, stamp(picture), captured(3), 30);
    const auto found = times.find(video, stamp(picture));
    REQUIRE(found);
    CHECK(*found == MediaTime{ticks_to_time(picture), stamp(picture), captured(3), 30});
    CHECK(times.find(sound, stamp(picture))->packet == 20);
    CHECK_FALSE(times.find(sound, stamp(0)));
    CHECK_FALSE(times.find(0x102, stamp(0)));
}

TEST_CASE("PES packets are found by PID and DTS") {
    PesTimes times;
    times.add(video, stamp(2 * picture), captured(0), 0, stamp(0));
    times.add(video, stamp(picture), captured(1), 10);
    CHECK(times.find_decoded(video, stamp(0))->packet == 0);
    CHECK_FALSE(times.find_decoded(video, stamp(picture)));
    CHECK_FALSE(times.find_decoded(sound, stamp(0)));
}

TEST_CASE("a position has the time of the PES packet that it lies in, moved to it") {
    PesTimes times;
    times.add(sound, stamp(9000), captured(0), 5);
    times.add(sound, stamp(18'000), captured(1), 6);
    CHECK(times.at(sound, ticks_to_time(4500)) == MediaTime{ticks_to_time(4500), stamp(13'500), captured(0), 5});
    CHECK(times.at(sound, ticks_to_time(9000)) == MediaTime{ticks_to_time(9000), stamp(18'000), captured(1), 6});
    CHECK(times.at(sound, ticks_to_time(90'000)).packet == 6);
}

TEST_CASE("a position before all that is known has neither PTS nor time of capture") {
    PesTimes times;
    CHECK(times.at(video, nanoseconds{5}) == MediaTime{nanoseconds{5}, std::nullopt, UnixTime{}, 0});
    times.add(video, stamp(0), captured(0), 1);
    CHECK(times.at(video, seconds{-1}) == MediaTime{seconds{-1}, std::nullopt, UnixTime{}, 0});
}

TEST_CASE("pictures sent in another order than shown each have their own time") {
    PesTimes times;
    const std::int64_t shown[] = {0, 4, 2, 1, 3, 8, 6, 5, 7};
    for (const std::int64_t number : shown) {
        times.add(video, stamp(900'000 + number * picture), captured(number), static_cast<std::uint64_t>(number));
    }
    for (const std::int64_t number : shown) {
        CAPTURE(number);
        const MediaTime time = times.at(video, ticks_to_time(number * picture));
        CHECK(time.packet == static_cast<std::uint64_t>(number));
        CHECK(time.pts == stamp(900'000 + number * picture));
        CHECK(time.captured == captured(number));
    }
}

TEST_CASE("behind a jump of the clock positions have the new one, and those before it the old one") {
    PesTimes times;
    for (int i = 0; i < 50; ++i) times.add(video, stamp(i * picture), captured(40 * i), 1);
    for (int i = 0; i < 50; ++i) times.add(video, stamp(80'000'000 + i * picture), captured(2000 + 40 * i), 2);
    CHECK(times.clock_jumps() == 1);
    CHECK(times.at(video, ticks_to_time(49 * picture)).pts == stamp(49 * picture));
    CHECK(times.at(video, ticks_to_time(50 * picture)).pts == stamp(80'000'000));
    CHECK(times.at(video, ticks_to_time(51 * picture)).packet == 2);
}

TEST_CASE("where a clock goes back a little, positions that were there before have the newer time") {
    PesTimes times;
    for (int i = 0; i < 100; ++i) times.add(video, stamp(i * picture), captured(40 * i), 1);
    for (int i = 0; i < 20; ++i) times.add(video, stamp(i * picture), captured(4000 + 40 * i), 2);
    CHECK(times.clock_jumps() == 0);
    CHECK(times.at(video, ticks_to_time(10 * picture)) ==
          MediaTime{ticks_to_time(10 * picture), stamp(10 * picture), captured(4400), 2});
    // What has not come again yet is what it was.
    CHECK(times.at(video, ticks_to_time(90 * picture)).packet == 1);
}

TEST_CASE("a PTS over the wrap of the 33 bits is moved over it too") {
    PesTimes times;
    times.add(sound, stamp(-900), captured(0), 1);
    CHECK(times.at(sound, ticks_to_time(1800)).pts == stamp(900));
}

TEST_CASE("of a PID the newest PES packets are kept, so that memory is bounded") {
    PesTimes times;
    constexpr auto count = static_cast<std::int64_t>(PesTimes::most_of_a_pid) + 10;
    for (std::int64_t i = 0; i < count; ++i) times.add(video, stamp(i * picture), captured(40 * i), 1);
    CHECK_FALSE(times.find(video, stamp(9 * picture)));
    CHECK(times.find(video, stamp(10 * picture)));
    CHECK(times.find(video, stamp((count - 1) * picture)));
}

TEST_CASE("a gap lies between packets on both its sides, and nowhere else") {
    PesTimes times;
    CHECK_FALSE(times.gap_between(0, 1'000));
    times.add_gap(100);
    CHECK(times.gap_between(99, 100));
    CHECK(times.gap_between(10, 500));
    CHECK_FALSE(times.gap_between(10, 99));
    CHECK_FALSE(times.gap_between(100, 500));
}
