#include <catch2/catch.hpp>

#include "tests/analyzer/clock/pcr_stream.h"
#include "tests/support/allocation_counter.h"

namespace muxtap::analyzer::test {
namespace {

using namespace std::chrono_literals;

TEST_CASE("a gap between PCRs is judged by the clock of arrival") {
    struct Row {
        const char* what;
        double gap_seconds;
        Totals expected;
    };
    const std::vector<Row> rows = {
        {"30 ms", 0.030, {}},
        {"39 ms", 0.039, {}},
        {"60 ms warns", 0.060, {.warnings = 1}},
        {"99 ms warns", 0.099, {.warnings = 1}},
        {"101 ms is an error, of the value, too", 0.101, {.repetition = 1, .warnings = 1, .discontinuity = 1}},
        {"3 s of silence do not jump", 3, {.repetition = 1, .warnings = 1, .discontinuity = 1}},
    };
    for (const Row& row : rows) {
        CAPTURE(row.what);
        PcrTracker tracker(256, {});
        auto samples = PcrStream{}.samples(100);
        for (std::size_t i = 50; i < samples.size(); ++i) {
            const double more = row.gap_seconds - 0.03;
            samples[i].pcr = shifted(samples[i].pcr, ticks_of(more));
            samples[i].time += std::chrono::nanoseconds(static_cast<std::int64_t>(more * 1e9));
        }
        const Totals totals = feed(tracker, samples);
        CHECK(totals.repetition == row.expected.repetition);
        CHECK(totals.warnings == row.expected.warnings);
        CHECK(totals.discontinuity == row.expected.discontinuity);
        CHECK(totals.jumps == row.expected.jumps);
        const PcrInfo info = tracker.info();
        CHECK(info.repetition_errors == row.expected.repetition);
        CHECK(info.repetition_over_40ms == row.expected.warnings);
        CHECK(info.discontinuity_errors == row.expected.discontinuity);
        CHECK(info.interval_ms.count == 99);
        CHECK(info.interval_ms.max == Approx(row.gap_seconds * 1e3).margin(0.2));
    }
}

TEST_CASE("PCRs that arrive late but count evenly are a repetition error alone") {
    PcrTracker tracker(256, {});
    auto samples = PcrStream{}.samples(100);
    for (std::size_t i = 50; i < samples.size(); ++i) samples[i].time += 150ms;
    const Totals totals = feed(tracker, samples);
    CHECK(totals.repetition == 1);
    CHECK(totals.discontinuity == 0);
}

TEST_CASE("values are judged unless a discontinuity was announced") {
    struct Row {
        const char* what;
        double step_seconds;
        bool announced;
        Totals expected;
    };
    const std::vector<Row> rows = {
        {"back", -5, false, {.discontinuity = 1, .jumps = 1}},
        {"back, announced", -5, true, {.jumps = 1}},
        {"back by a little", -0.040, false, {.discontinuity = 1, .jumps = 1}},
        {"ahead by half a second", 0.5, false, {.discontinuity = 1}},
        {"ahead by 90 ms in all", 0.060, false, {}},
        {"ahead by 3 s", 3, false, {.discontinuity = 1, .jumps = 1}},
        {"ahead by 3 s, announced", 3, true, {.jumps = 1}},
        {"ahead by hours", 30'000, false, {.discontinuity = 1, .jumps = 1}},
    };
    for (const Row& row : rows) {
        for (const bool arrival : {true, false}) {
            CAPTURE(row.what, arrival);
            PcrTracker tracker(256, {});
            auto samples = PcrStream{}.samples(100);
            for (std::size_t i = 0; i < samples.size(); ++i) {
                if (i >= 50) samples[i].pcr = shifted(samples[i].pcr, ticks_of(row.step_seconds));
                samples[i].arrival_times = arrival;
            }
            samples[50].discontinuity_indicator = row.announced;
            const Totals totals = feed(tracker, samples);
            CHECK(totals.discontinuity == row.expected.discontinuity);
            CHECK(totals.jumps == row.expected.jumps);
            CHECK(tracker.info().announced_discontinuities == (row.announced ? 1U : 0U));
            // Of a file the value is the clock: half a second ahead is a gap of it.
            if (arrival || row.announced || totals.jumps > 0)
                CHECK(totals.repetition == 0);
            else
                CHECK(totals.repetition == (row.step_seconds > 0.1 ? 1U : 0U));
        }
    }
}

TEST_CASE("the wrap of the 33 bits and their extension is no discontinuity") {
    PcrTracker tracker(256, {});
    const double before_wrap = static_cast<double>(ts::Pcr::modulus) - 27e6 * 1.5;
    const auto samples = PcrStream{.first_ticks = before_wrap}.samples(200);
    REQUIRE(samples.back().pcr.ticks() < samples.front().pcr.ticks());
    const Totals totals = feed(tracker, samples);
    CHECK(totals.discontinuity == 0);
    CHECK(totals.jumps == 0);
    CHECK(totals.repetition == 0);
    CHECK(totals.accuracy == 0);
    CHECK(tracker.info().accuracy_ns->count == 200);
}

TEST_CASE("findings in the shadow of a capture loss are told but not counted") {
    PcrTracker tracker(256, {});
    auto samples = PcrStream{}.samples(100);
    samples.erase(samples.begin() + 50, samples.begin() + 60);
    samples[50].capture_loss = true;
    for (std::size_t i = 0; i < samples.size(); ++i) {
        const PcrOutcome outcome = tracker.add(samples[i]);
        CHECK(outcome.shadow == (i == 50));
        CHECK(outcome.repetition_error == (i == 50));
        CHECK(outcome.discontinuity_error == (i == 50));
    }
    const PcrInfo info = tracker.info();
    CHECK(info.repetition_errors == 0);
    CHECK(info.discontinuity_errors == 0);
    CHECK(info.interval_ms.max < 31);
}

TEST_CASE("silence raises the repetition error once, before the next PCR comes") {
    PcrTracker tracker(256, {});
    CHECK_FALSE(tracker.advance(from_unix_ns(1)));
    const auto samples = PcrStream{}.samples(3);
    (void)tracker.add(samples[0]);
    CHECK_FALSE(tracker.advance(samples[0].time + 100ms));
    CHECK(tracker.advance(samples[0].time + 101ms));
    CHECK_FALSE(tracker.advance(samples[0].time + 500ms));
    PcrSample late = samples[1];
    late.time = samples[0].time + 600ms;
    CHECK_FALSE(tracker.add(late).repetition_error);
    CHECK(tracker.info().repetition_errors == 1);
    late.time += 30ms;
    CHECK_FALSE(tracker.advance(late.time + 50ms));
    CHECK(tracker.advance(late.time + 200ms));
}

TEST_CASE("silence after a capture loss is told but not counted, and that of a file takes a second more") {
    PcrTracker tracker(256, {});
    PcrSample sample = PcrStream{}.at(0);
    (void)tracker.add(sample);
    CHECK(tracker.advance(sample.time + 150ms, true));
    CHECK(tracker.info().repetition_errors == 0);
    PcrTracker of_file(256, {});
    sample.arrival_times = false;
    (void)of_file.add(sample);
    CHECK_FALSE(of_file.advance(sample.time + 1100ms));
    CHECK(of_file.advance(sample.time + 1101ms));
    CHECK(of_file.info().repetition_errors == 1);
}

TEST_CASE("intervals are counted in bars") {
    PcrTracker tracker(256, {});
    const auto samples = PcrStream{.interval_seconds = 0.0312}.samples(11);
    (void)feed(tracker, samples);
    const PcrInfo info = tracker.info();
    REQUIRE(info.interval_histogram_ms.size() == 1);
    CHECK(info.interval_histogram_ms[0] == HistogramBar{.from = 30, .count = 10});
    CHECK(info.first_ticks == samples.front().pcr.ticks());
    CHECK(info.last_ticks == samples.back().pcr.ticks());
    CHECK(info.interval_ms.mean == Approx(31.2).margin(0.2));
}

TEST_CASE("PCRs of any value and position in any order do no harm") {
    std::mt19937_64 random(3);
    for (int run = 0; run < 50; ++run) {
        PcrTracker tracker(256, {});
        UnixTime time{};
        for (int i = 0; i < 2000; ++i) {
            const std::uint64_t bits = random();
            time += std::chrono::nanoseconds(bits >> 20);
            (void)tracker.add({.pcr = ts::Pcr::from_ticks(random()),
                               .byte_position = (bits & 1U) != 0 ? random() : std::uint64_t{0},
                               .time = time,
                               .arrival_times = (bits & 2U) != 0,
                               .time_exact = (bits & 4U) != 0,
                               .discontinuity_indicator = (bits & 56U) == 0,
                               .position_broken = (bits & 448U) == 0,
                               .capture_loss = (bits & 3584U) == 0});
        }
        CHECK(tracker.info().count == 2000);
    }
}

TEST_CASE("a PCR allocates nothing") {
    PcrTracker tracker(256, {});
    const auto samples = PcrStream{}.samples(2000);
    CHECK(muxtap::test::allocations_during([&] { (void)feed(tracker, samples); }) == 0);
}

}  // namespace
}  // namespace muxtap::analyzer::test
