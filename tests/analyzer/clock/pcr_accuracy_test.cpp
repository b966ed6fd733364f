#include <catch2/catch.hpp>
#include <cmath>

#include "tests/analyzer/clock/pcr_stream.h"

namespace muxtap::analyzer::test {
namespace {

TEST_CASE("a constant rate with PCRs rounded to ticks has no accuracy error") {
    for (const double rate : {500e3, 2e6, 8e6, 38.015e6, 216e6}) {
        PcrTracker tracker(256, {});
        const Totals totals = feed(tracker, PcrStream{.bits_per_second = rate}.samples(5000));
        CHECK(totals.accuracy == 0);
        CHECK(tracker.constant_rate());
        const PcrInfo info = tracker.info();
        REQUIRE(info.accuracy_ns.has_value());
        CHECK(info.accuracy_ns->count == 5000);
        CHECK(info.accuracy_ns->max < 60);
        CHECK(info.accuracy_ns->min > -60);
        CHECK(tracker.run_bps() == Approx(rate).epsilon(1e-6));
        CHECK(tracker.window_bps() == Approx(rate).epsilon(1e-5));
    }
}

TEST_CASE("PCRs that are off by themselves are found one by one, wherever they are") {
    struct Row {
        const char* what;
        std::vector<std::size_t> at;
        double nanoseconds;
        std::uint64_t errors;
    };
    const std::vector<Row> rows = {
        {"one, 1 us late", {1000}, 1000, 1},
        {"one, 1 us early", {1000}, -1000, 1},
        {"one, 600 ns", {777}, 600, 1},
        {"one, 400 ns: allowed", {777}, 400, 0},
        {"one, 20 ms", {1000}, 20e6, 1},
        {"among the first", {3}, 1000, 1},
        {"the very first", {0}, 1000, 1},
        {"two in a row", {500, 501}, 2000, 2},
        {"a few apart", {500, 503, 507, 900}, -3000, 4},
        {"five in a row", {600, 601, 602, 603, 604}, 5000, 5},
    };
    for (const Row& row : rows) {
        CAPTURE(row.what);
        PcrTracker tracker(256, {});
        auto samples = PcrStream{}.samples(2000);
        for (const std::size_t i : row.at)
            samples[i].pcr = shifted(samples[i].pcr, static_cast<std::int64_t>(std::lround(row.nanoseconds * 0.027)));
        CHECK(feed(tracker, samples).accuracy == row.errors);
        const PcrInfo info = tracker.info();
        CHECK(info.accuracy_errors == row.errors);
        REQUIRE(info.accuracy_ns.has_value());
        const double extreme = row.nanoseconds > 0 ? info.accuracy_ns->max : info.accuracy_ns->min;
        CHECK(extreme == Approx(row.nanoseconds).margin(60));
    }
}

TEST_CASE("an error is told with the PCR behind it") {
    PcrTracker tracker(256, {});
    auto samples = PcrStream{}.samples(200);
    samples[100].pcr = shifted(samples[100].pcr, 270);
    for (std::size_t i = 0; i < samples.size(); ++i) {
        const PcrOutcome outcome = tracker.add(samples[i]);
        CHECK(outcome.accuracy_errors == (i == 101 ? 1U : 0U));
        if (i == 100) {
            REQUIRE(outcome.accuracy_ns.has_value());
            CHECK(*outcome.accuracy_ns == Approx(10'000).margin(60));
        }
    }
}

TEST_CASE("PCRs that all scatter in a constant rate are errors, most of them") {
    std::mt19937 random(1);
    std::uniform_real_distribution<double> scatter(-15e-6, 15e-6);
    PcrTracker tracker(256, {});
    auto samples = PcrStream{}.samples(3000);
    for (PcrSample& sample : samples) sample.pcr = shifted(sample.pcr, ticks_of(scatter(random)));
    const Totals totals = feed(tracker, samples);
    CHECK(tracker.constant_rate());
    // 500 ns of 15 us.
    CHECK(totals.accuracy > 2800);
    CHECK(totals.accuracy < 2950);
}

TEST_CASE("a variable rate has no accuracy") {
    // Share by which the packets between two PCRs vary.
    for (const double share : {0.9, 0.3, 0.05, 0.01}) {
        CAPTURE(share);
        std::mt19937 random(7);
        std::uniform_real_distribution<double> vary(1 - share, 1 + share);
        PcrTracker tracker(256, {});
        std::vector<PcrSample> samples;
        double packets = 0;
        for (std::uint64_t i = 0; i < 3000; ++i) {
            PcrSample sample = PcrStream{}.at(i);
            sample.byte_position = static_cast<std::uint64_t>(packets) * 188 + 10;
            packets += 200 * vary(random);
            samples.push_back(sample);
        }
        CHECK(feed(tracker, samples).accuracy == 0);
        CHECK_FALSE(tracker.constant_rate());
        CHECK_FALSE(tracker.info().accuracy_ns.has_value());
        CHECK(tracker.run_bps() > 0);
    }
}

TEST_CASE("a rate that changes unannounced is followed without an error") {
    for (const double second : {4e6, 9.9e6, 10.01e6, 20e6}) {
        CAPTURE(second);
        PcrTracker tracker(256, {});
        auto samples = PcrStream{}.samples(1000);
        const PcrSample turn = samples.back();
        const PcrStream after{.bits_per_second = second};
        for (std::uint64_t i = 1; i < 1000; ++i) {
            PcrSample sample = after.at(i);
            const PcrSample origin = after.at(0);
            sample.byte_position = turn.byte_position + (sample.byte_position - origin.byte_position);
            sample.pcr = shifted(turn.pcr, sample.pcr.ticks_since(origin.pcr));
            sample.time = turn.time + (sample.time - origin.time);
            samples.push_back(sample);
        }
        CHECK(feed(tracker, samples).accuracy == 0);
        CHECK(tracker.constant_rate());
        CHECK(tracker.window_bps() == Approx(second).epsilon(1e-4));
        CHECK(tracker.info().accuracy_ns.has_value());
    }
}

TEST_CASE("a step that stays is one error when no missing packet can explain it, else none") {
    // At 10 Mb/s a packet lasts 150.4 us.
    for (const auto& [seconds, errors] : {std::pair{20e-6, 1U},
                                          {-20e-6, 1U},
                                          {1e-6, 1U},
                                          {150.4e-6, 0U},
                                          {-150.4e-6, 0U},
                                          {40 * 150.4e-6, 0U},
                                          {0.01, 1U},
                                          {0.03, 1U}}) {
        CAPTURE(seconds);
        PcrTracker tracker(256, {});
        auto samples = PcrStream{}.samples(2000);
        for (std::size_t i = 1000; i < samples.size(); ++i) samples[i].pcr = shifted(samples[i].pcr, ticks_of(seconds));
        CHECK(feed(tracker, samples).accuracy == errors);
        CHECK(tracker.constant_rate());
    }
}

TEST_CASE("packets that are missing unseen are no error, wherever in the measurement they are") {
    constexpr std::int64_t packet_ticks = 4061;  // at 10 Mb/s
    for (std::size_t at = 1; at < 300; ++at) {
        CAPTURE(at);
        PcrTracker tracker(256, {});
        auto samples = PcrStream{}.samples(500);
        for (std::size_t i = at; i < samples.size(); ++i) {
            // Two more a little later.
            const std::int64_t packets = i < at + 5 ? 1 : i < at + 20 ? 2 : 3;
            samples[i].pcr = shifted(samples[i].pcr, packets * packet_ticks);
        }
        CHECK(feed(tracker, samples).accuracy == 0);
    }
}

TEST_CASE("a step that stays is found wherever in the measurement it is") {
    for (std::size_t at = 20; at < 300; ++at) {
        CAPTURE(at);
        PcrTracker tracker(256, {});
        auto samples = PcrStream{}.samples(500);
        for (std::size_t i = at; i < samples.size(); ++i) samples[i].pcr = shifted(samples[i].pcr, 100'000);
        CHECK(feed(tracker, samples).accuracy == 1);
    }
}

TEST_CASE("lost packets, capture losses and new time bases void positions, not the result") {
    for (const int what : {0, 1, 2}) {
        PcrTracker tracker(256, {});
        auto samples = PcrStream{}.samples(1000);
        for (std::size_t i = 500; i < samples.size(); ++i) {
            if (what == 2)
                samples[i].pcr = shifted(samples[i].pcr, 27'000'000 * 500LL);
            else
                samples[i].byte_position -= 188 * 70;
        }
        samples[500].position_broken = what == 0;
        samples[500].capture_loss = what == 1;
        samples[500].discontinuity_indicator = what == 2;
        CHECK(feed(tracker, samples).accuracy == 0);
        CHECK(tracker.constant_rate());
        CHECK(tracker.run_bps() == Approx(10e6).epsilon(1e-6));
        CHECK(tracker.info().accuracy_ns->count == 1000);
    }
}

TEST_CASE("slow wander of the multiplexer's clock is no accuracy error") {
    PcrTracker tracker(256, {});
    auto samples = PcrStream{}.samples(20'000);
    for (std::size_t i = 0; i < samples.size(); ++i) {
        const double seconds = static_cast<double>(i) * 0.03;
        // 3 us over five minutes.
        samples[i].pcr = shifted(samples[i].pcr, ticks_of(3e-6 * std::sin(seconds / 300 * 2 * M_PI)));
    }
    CHECK(feed(tracker, samples).accuracy == 0);
    CHECK(tracker.info().accuracy_ns->max < 150);
}

}  // namespace
}  // namespace muxtap::analyzer::test
