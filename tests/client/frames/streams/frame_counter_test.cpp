#include "client/frames/frame_counter.h"

#include <catch2/catch.hpp>

using muxtap::frames::FrameCounter;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

TEST_CASE("pictures at a fixed rate are numbered by their position") {
    FrameCounter counter;
    CHECK(counter.number(seconds{100}, 25, 1) == 0);
    CHECK(counter.number(seconds{100} + milliseconds{40}, 25, 1) == 1);
    CHECK(counter.number(seconds{101}, 25, 1) == 25);
}

TEST_CASE("pictures that were left out are counted") {
    FrameCounter counter;
    CHECK(counter.number(seconds{0}, 50, 1) == 0);
    CHECK(counter.number(seconds{3600}, 50, 1) == 180'000);
}

TEST_CASE("a rate that is no whole number keeps its count for days") {
    FrameCounter counter;
    constexpr std::int64_t pictures = 30'000 * 400;
    CHECK(counter.number(seconds{0}, 30'000, 1001) == 0);
    for (std::int64_t n = pictures - 100; n < pictures; ++n) {
        const nanoseconds position = seconds{n / 30'000 * 1001} + nanoseconds{seconds{n % 30'000 * 1001}} / 30'000;
        CHECK(counter.number(position, 30'000, 1001) == static_cast<std::uint64_t>(n));
    }
}

TEST_CASE("where the rate is not known each picture counts as one") {
    FrameCounter counter;
    CHECK(counter.number(seconds{0}, 0, 1) == 0);
    CHECK(counter.number(seconds{9}, 0, 1) == 1);
    CHECK(counter.number(seconds{5}, 0, 1) == 2);
}

TEST_CASE("another rate goes on where the one before ended") {
    FrameCounter counter;
    CHECK(counter.number(seconds{0}, 25, 1) == 0);
    CHECK(counter.number(seconds{1}, 25, 1) == 25);
    CHECK(counter.number(seconds{1} + milliseconds{40}, 50, 1) == 26);
    CHECK(counter.number(seconds{1} + milliseconds{60}, 50, 1) == 27);
    CHECK(counter.number(seconds{2}, 0, 1) == 28);
}

TEST_CASE("a picture shown before the first one that was seen is number 0") {
    FrameCounter counter;
    CHECK(counter.number(seconds{1}, 25, 1) == 0);
    CHECK(counter.number(milliseconds{900}, 25, 1) == 0);
    CHECK(counter.number(seconds{1} + milliseconds{40}, 25, 1) == 1);
}

TEST_CASE("a frame rate with denominator 0 divides nothing") {
    FrameCounter counter;
    CHECK(counter.number(seconds{0}, 25, 0) == 0);
    CHECK(counter.number(seconds{5}, 25, 0) == 1);
}
