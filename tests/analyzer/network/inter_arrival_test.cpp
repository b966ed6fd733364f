#include "analyzer/network/inter_arrival.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <random>
#include <vector>

namespace muxtap::analyzer {
namespace {

using namespace std::chrono_literals;

const UnixTime start = from_unix_ns(1'700'000'000'000'000'000);

TEST_CASE("each time is in the bar that begins at or below it and ends above it") {
    std::mt19937_64 random(8);
    for (int i = 0; i < 100'000; ++i) {
        const std::uint64_t ns = random() >> (random() % 64);
        const std::size_t bar = GapHistogram::bar_of(ns);
        REQUIRE(bar < GapHistogram::bars);
        const double us = static_cast<double>(ns) * 1e-3;
        REQUIRE(GapHistogram::bar_from_us(bar) <= us * (1 + 1e-12));
        if (bar + 1 < GapHistogram::bars) REQUIRE(GapHistogram::bar_from_us(bar + 1) > us * (1 - 1e-12));
    }
    CHECK(GapHistogram::bar_of(0) == 0);
    CHECK(GapHistogram::bar_of(99) == 0);
    CHECK(GapHistogram::bar_of(100) == 1);
    CHECK(GapHistogram::bar_of(200) == 5);
    CHECK(GapHistogram::bar_from_us(5) == Approx(0.2));
    CHECK(GapHistogram::bar_from_us(GapHistogram::bars - 1) > 100e6);
}

TEST_CASE("percentiles are right to a bar, the rest exactly") {
    std::mt19937 random(2);
    std::lognormal_distribution<double> spread(std::log(1e6), 0.7);
    std::vector<double> gaps;
    InterArrivalMeter meter;
    UnixTime time = start;
    meter.add(time, false);
    for (int i = 0; i < 20'000; ++i) {
        const auto gap = static_cast<std::int64_t>(spread(random));
        time += std::chrono::nanoseconds(gap);
        meter.add(time, false);
        gaps.push_back(static_cast<double>(gap) * 1e-3);
    }
    double sum = 0;
    for (const double gap : gaps) sum += gap;
    std::sort(gaps.begin(), gaps.end());
    const InterArrival run = meter.run();
    CHECK(run.count == 20'000);
    CHECK(run.min_us == Approx(gaps.front()));
    CHECK(run.max_us == Approx(gaps.back()));
    CHECK(run.mean_us == Approx(sum / 20'000));
    CHECK(run.p50_us == Approx(gaps[10'000]).epsilon(0.03));
    CHECK(run.p99_us == Approx(gaps[19'800]).epsilon(0.05));
}

TEST_CASE("gaps that are all alike are their own percentiles") {
    InterArrivalMeter meter;
    for (int i = 0; i < 100; ++i) meter.add(start + i * 1316us, false);
    const InterArrival run = meter.run();
    CHECK(run ==
          InterArrival{.count = 99, .min_us = 1316, .mean_us = 1316, .p50_us = 1316, .p99_us = 1316, .max_us = 1316});
    const Histogram histogram = meter.histogram_us();
    REQUIRE(histogram.size() == 1);
    CHECK(histogram[0].count == 99);
}

TEST_CASE("gaps around merged datagrams and over capture losses are not measured") {
    InterArrivalMeter meter;
    meter.add(start, false);
    meter.add(start + 10us, false);  // measured
    meter.add(start + 10us, true);
    meter.add(start + 10us, true);
    meter.add(start + 40us, false);  // how long after the last merged one is not known
    meter.add(start + 60us, false);  // measured
    meter.break_gap();
    meter.add(start + 5s, false);
    meter.add(start + 5s + 20us, false);  // measured
    const InterArrival run = meter.run();
    CHECK(run.count == 3);
    CHECK(run.min_us == Approx(10));
    CHECK(run.max_us == Approx(20));
}

}  // namespace
}  // namespace muxtap::analyzer
