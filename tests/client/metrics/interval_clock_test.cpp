#include "client/metrics/interval_clock.h"

#include <catch2/catch.hpp>

namespace muxtap::metrics {
namespace {

using namespace std::chrono_literals;

constexpr UnixTime at(std::chrono::nanoseconds time) {
    return UnixTime{time};
}

}  // namespace

TEST_CASE("Intervals end at multiples of the interval, once each") {
    IntervalClock clock(1s, at(10'300ms));
    CHECK(clock.next() == at(11s));
    CHECK_FALSE(clock.ended(at(10'999ms)));
    CHECK(clock.ended(at(11s)) == at(11s));
    CHECK_FALSE(clock.ended(at(11'999ms)));
    CHECK(clock.ended(at(12'001ms)) == at(12s));
    CHECK(clock.number_of(at(12s)) == 12);
}

TEST_CASE("Intervals that went by unnoticed end late, each of them") {
    IntervalClock clock(1s, at(10s));
    CHECK(clock.ended(at(13'400ms)) == at(11s));
    CHECK(clock.ended(at(13'400ms)) == at(12s));
    CHECK(clock.ended(at(13'400ms)) == at(13s));
    CHECK_FALSE(clock.ended(at(13'400ms)));
    CHECK(clock.next() == at(14s));
}

TEST_CASE("Of a long stop only the newest interval ends") {
    IntervalClock clock(1s, at(10s));
    CHECK(clock.ended(at(3600'400ms)) == at(3600s));
    CHECK_FALSE(clock.ended(at(3600'400ms)));
    CHECK(clock.next() == at(3601s));
}

TEST_CASE("A clock that is set back does not stop the records") {
    IntervalClock clock(1s, at(1000s));
    CHECK_FALSE(clock.ended(at(500'200ms)));
    CHECK(clock.next() == at(501s));
    CHECK(clock.ended(at(501s)) == at(501s));
}

TEST_CASE("A step back within the interval ends it once") {
    IntervalClock clock(1s, at(10'900ms));
    CHECK(clock.ended(at(11'010ms)) == at(11s));
    CHECK_FALSE(clock.ended(at(10'990ms)));
    CHECK_FALSE(clock.ended(at(11'020ms)));
    CHECK(clock.ended(at(12s)) == at(12s));
}

}  // namespace muxtap::metrics
