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

TEST_CASE("Intervals that went by unnoticed have no end of their own") {
    IntervalClock clock(1s, at(10s));
    CHECK(clock.ended(at(15'400ms)) == at(15s));
    CHECK(clock.next() == at(16s));
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
