#include "analyzer/clock/program_clock.h"

#include <catch2/catch.hpp>

namespace muxtap::analyzer {
namespace {

using namespace std::chrono_literals;

const UnixTime start = from_unix_ns(1'700'000'000'000'000'000);

TEST_CASE("the clock is unknown before the first PCR") {
    CHECK_FALSE(ProgramClock().at(0, start).has_value());
}

TEST_CASE("the clock goes on by bytes where the rate is constant") {
    ProgramClock clock;
    clock.add(ts::Pcr::from_ticks(1000), 10, start, true);
    clock.set_constant_rate(2.7);
    // What time it is does not matter then.
    CHECK(clock.at(1010, start + 5s) == 1000 + 2700);
    CHECK(clock.at(10, start) == 1000);
    CHECK(clock.at(5, start) == 1000);
}

TEST_CASE("the clock goes on by time where the rate is not constant") {
    ProgramClock clock;
    clock.add(ts::Pcr::from_ticks(1000), 10, start, true);
    CHECK(clock.at(99'999, start + 10ms) == 1000 + 270'000);
    CHECK(clock.at(99'999, start - 10ms) == 1000);
}

TEST_CASE("without time the clock goes on at the rate between the last two PCRs") {
    ProgramClock clock;
    clock.add(ts::Pcr::from_ticks(1000), 10, {}, true);
    CHECK(clock.at(10, {}) == 1000);
    CHECK_FALSE(clock.at(20, {}).has_value());
    clock.add(ts::Pcr::from_ticks(2000), 110, {}, true);
    CHECK(clock.at(160, {}) == 2500);
    // Over a loss the rate is not measured but kept.
    clock.add(ts::Pcr::from_ticks(9000), 120, {}, false);
    CHECK(clock.at(130, {}) == 9100);
}

TEST_CASE("the clock wraps") {
    ProgramClock clock;
    clock.add(ts::Pcr::from_ticks(ts::Pcr::modulus - 100), 0, start, true);
    CHECK(clock.at(0, start + 1s) == 27'000'000 - 100);
    // A day and more behind the last PCR it is not known.
    CHECK_FALSE(clock.at(0, start + 100h).has_value());
}

}  // namespace
}  // namespace muxtap::analyzer
