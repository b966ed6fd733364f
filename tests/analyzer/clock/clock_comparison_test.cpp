#include "analyzer/clock/clock_comparison.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <functional>
#include <random>

namespace muxtap::analyzer {
namespace {

/// A sender with a clock that is off and drifts, and a network that delays.
struct Sender {
    double ppm = 0;
    double ppm_per_hour = 0;
    std::function<double()> delay_seconds = [] { return 0.0; };

    void play(ClockComparison& comparison, double seconds, double from = 0) const {
        for (double t = from; t < from + seconds; t += 0.04) {
            // Its clock after t true seconds.
            const double clock = t + ppm * 1e-6 * t + ppm_per_hour * 1e-6 / 3600 * t * t / 2;
            const double arrival = t + delay_seconds();
            comparison.add(static_cast<std::int64_t>(std::llround(clock * 27e6)),
                           from_unix_ns(1'700'000'000'000'000'000 + std::llround(arrival * 1e9)));
        }
    }
};

std::function<double()> uniform(double most_seconds, unsigned seed) {
    return [random = std::mt19937(seed), spread = std::uniform_real_distribution<double>(0, most_seconds)]() mutable {
        return spread(random);
    };
}

TEST_CASE("the frequency offset of a sender behind 1 ms of jitter is found to 1 ppm within a minute") {
    for (unsigned seed = 1; seed <= 40; ++seed) {
        for (const double ppm : {30.0, -30.0, 0.0, 250.0}) {
            CAPTURE(seed, ppm);
            ClockComparison comparison;
            Sender{.ppm = ppm, .delay_seconds = uniform(1e-3, seed)}.play(comparison, 60);
            const auto found = comparison.frequency_offset_ppm();
            REQUIRE(found.has_value());
            CHECK(*found == Approx(ppm).margin(1));
            // A minute of such jitter cannot tell drift.
            CHECK_FALSE(comparison.drift_ppm_per_hour().has_value());
        }
    }
}

TEST_CASE("delay that only sometimes is long does not pass for a frequency offset") {
    std::mt19937 random(5);
    std::exponential_distribution<double> spread(1 / 2e-3);
    ClockComparison comparison;
    Sender{.ppm = -12, .delay_seconds = [&] { return spread(random); }}.play(comparison, 120);
    CHECK(*comparison.frequency_offset_ppm() == Approx(-12).margin(1));
}

TEST_CASE("nothing is said of frequency before 10 s have passed") {
    ClockComparison comparison;
    Sender{.ppm = 5}.play(comparison, 9);
    CHECK_FALSE(comparison.frequency_offset_ppm().has_value());
    CHECK_FALSE(comparison.jitter_us().has_value());
    Sender{.ppm = 5}.play(comparison, 4, 9);
    REQUIRE(comparison.frequency_offset_ppm().has_value());
    CHECK(*comparison.frequency_offset_ppm() == Approx(5).margin(0.05));
    CHECK(comparison.jitter_us().has_value());
}

TEST_CASE("overall jitter is what the delay varies by, whatever the offset") {
    for (const double ppm : {0.0, 30.0, -100.0}) {
        for (unsigned seed = 1; seed <= 20; ++seed) {
            CAPTURE(ppm, seed);
            ClockComparison comparison;
            Sender{.ppm = ppm, .delay_seconds = uniform(1e-3, seed)}.play(comparison, 120);
            const auto jitter = comparison.jitter_us();
            REQUIRE(jitter.has_value());
            CHECK(jitter->max - jitter->min == Approx(1000).epsilon(0.05));
            CHECK(jitter->mean == Approx(0).margin(10));
        }
    }
}

TEST_CASE("a sender without jitter has none") {
    ClockComparison comparison;
    Sender{.ppm = 30}.play(comparison, 600);
    const auto jitter = comparison.jitter_us();
    CHECK(jitter->max < 0.1);
    CHECK(jitter->min > -0.1);
}

TEST_CASE("drift is found once it can be told from jitter") {
    for (const double drift : {10.0, -25.0, 0.0}) {
        CAPTURE(drift);
        ClockComparison comparison;
        Sender{.ppm = 20, .ppm_per_hour = drift, .delay_seconds = uniform(1e-3, 9)}.play(comparison, 1800);
        const auto found = comparison.drift_ppm_per_hour();
        REQUIRE(found.has_value());
        CHECK(*found == Approx(drift).margin(1));
        // Drift is not jitter.
        CHECK(comparison.jitter_us()->max - comparison.jitter_us()->min == Approx(1000).epsilon(0.06));
    }
}

TEST_CASE("a new time base begins frequency anew and keeps the jitter that was found") {
    ClockComparison comparison;
    Sender{.ppm = 30, .delay_seconds = uniform(1e-3, 2)}.play(comparison, 60);
    const auto jitter = comparison.jitter_us();
    comparison.restart();
    CHECK_FALSE(comparison.frequency_offset_ppm().has_value());
    CHECK(comparison.jitter_us() == jitter);
    Sender{.ppm = -40}.play(comparison, 30, 100);
    CHECK(*comparison.frequency_offset_ppm() == Approx(-40).margin(0.1));
}

}  // namespace
}  // namespace muxtap::analyzer
