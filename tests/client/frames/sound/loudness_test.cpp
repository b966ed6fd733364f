#include <catch2/catch.hpp>
#include <memory>

#include "tests/client/frames/sound/listening.h"

using namespace muxtap;
using namespace muxtap::frames;
using namespace muxtap::test;
using namespace std::chrono_literals;

namespace {

struct Part {
    double seconds;
    double level;
};

Loudness loudness_of(const std::vector<Part>& parts, unsigned rate = 48'000,
                     std::vector<SpeakerPosition> channels = stereo()) {
    Listening heard({}, std::move(channels), rate);
    for (const Part& part : parts) heard.play(part.seconds, sine(part.level, 1000, rate));
    heard.meter.finish();
    return heard.last().loudness;
}

auto near(double loudness) {
    return Approx(loudness).margin(0.1);
}

}  // namespace

TEST_CASE("EBU Tech 3341, cases 1 and 2: a steady tone") {
    for (const double level : {-23.0, -33.0}) {
        for (const unsigned rate : {32'000U, 44'100U, 48'000U, 96'000U, 192'000U}) {
            const Loudness loudness = loudness_of({{5, level}}, rate);
            CHECK(loudness.momentary_lufs.value() == near(level));
            CHECK(loudness.short_term_lufs.value() == near(level));
            CHECK(loudness.integrated_lufs.value() == near(level));
            CHECK(loudness.range_lu.value() == near(0));
        }
    }
}

TEST_CASE("EBU Tech 3341, cases 3 to 5: gates") {
    CHECK(loudness_of({{10, -36}, {60, -23}, {10, -36}}).integrated_lufs.value() == near(-23));
    CHECK(loudness_of({{10, -72}, {10, -36}, {60, -23}, {10, -36}, {10, -72}}).integrated_lufs.value() == near(-23));
    CHECK(loudness_of({{20, -26}, {20.1, -20}, {20, -26}}).integrated_lufs.value() == near(-23));
}

TEST_CASE("EBU Tech 3341, case 6: surrounds weigh more, low frequencies nothing") {
    using enum SpeakerPosition;
    Listening heard({}, {left, right, centre, low_frequency, left_surround, right_surround});
    heard.play(20, [](std::uint64_t frame, std::size_t channel) {
        static const std::vector<double> levels{-28, -28, -24, 0, -30, -30};
        return sine(levels[channel])(frame, 0);
    });
    CHECK(heard.last().loudness.integrated_lufs.value() == near(-23));
}

TEST_CASE("EBU Tech 3342, cases 1 to 4: loudness range") {
    const auto lu = [](double range) { return Approx(range).margin(1); };
    CHECK(loudness_of({{20, -20}, {20, -30}}).range_lu.value() == lu(10));
    CHECK(loudness_of({{20, -20}, {20, -15}}).range_lu.value() == lu(5));
    CHECK(loudness_of({{20, -40}, {20, -20}}).range_lu.value() == lu(20));
    CHECK(loudness_of({{20, -50}, {20, -35}, {20, -20}, {20, -35}, {20, -50}}).range_lu.value() == lu(15));
}

TEST_CASE("a single channel counts once") {
    CHECK(loudness_of({{5, -23}}, 48'000, {SpeakerPosition::mono}).integrated_lufs.value() == near(-26.01));
    CHECK(loudness_of({{5, -23}}, 48'000, {SpeakerPosition::other}).integrated_lufs.value() == near(-26.01));
    CHECK(loudness_of({{5, -23}}, 48'000, {SpeakerPosition::left_surround}).integrated_lufs.value() == near(-24.52));
    CHECK_FALSE(loudness_of({{5, -23}}, 48'000, {SpeakerPosition::low_frequency}).integrated_lufs);
}

TEST_CASE("loudness is absent while too little was heard") {
    Listening heard({.interval = 100ms});
    heard.play(4, sine(-23));
    REQUIRE(heard.reports.size() == 40);
    for (std::size_t i = 0; i < 40; ++i) {
        const Loudness& loudness = heard.reports[i].loudness;
        CHECK(loudness.momentary_lufs.has_value() == (i >= 3));
        CHECK(loudness.integrated_lufs.has_value() == (i >= 3));
        CHECK(loudness.short_term_lufs.has_value() == (i >= 29));
        CHECK(loudness.range_lu.has_value() == (i >= 29));
    }
}

TEST_CASE("what is below the absolute gate has no integrated loudness and no range") {
    const Loudness loudness = loudness_of({{10, -75}});
    CHECK(loudness.momentary_lufs.value() == near(-75));
    CHECK_FALSE(loudness.integrated_lufs);
    CHECK_FALSE(loudness.range_lu);
}

TEST_CASE("filters that ring into digital silence are not heard") {
    Listening heard;
    heard.play(1, sine(-3));
    heard.play(1, constant(0));
    CHECK_FALSE(heard.last().loudness.momentary_lufs);
}

TEST_CASE("the measurement begins anew after its time") {
    Listening heard({.integration = 10s});
    heard.play(10, sine(-20));
    CHECK(heard.last().loudness.integrated_lufs.value() == near(-20));
    heard.play(1, sine(-40));
    CHECK(heard.last().loudness.integrated_lufs.value() == near(-40));
    CHECK(heard.last().loudness.momentary_lufs.value() == near(-40));
    CHECK_FALSE(heard.last().loudness.short_term_lufs);
    CHECK_FALSE(heard.last().loudness.range_lu);
    heard.play(9, sine(-40));
    CHECK(heard.last().loudness.short_term_lufs.value() == near(-40));
    CHECK(heard.last().loudness.range_lu.value() == near(0));
}

TEST_CASE("integration never begins anew where no time is given") {
    Listening heard;
    heard.play(30, sine(-20));
    heard.play(10, sine(-29));
    CHECK(heard.last().loudness.integrated_lufs.value() == near(-20.99));
}

TEST_CASE("formats that are no sound have levels and no loudness") {
    for (const unsigned rate : {1U, 15U, 50U, 99U, 7'999U, 500'000U}) {
        Listening heard({}, stereo(), rate);
        heard.play(1, constant(0.25));
        heard.meter.finish();
        const SoundFacts& facts = heard.last();
        CHECK(facts.channels.at(0).peak_dbfs.value() == Approx(-12.04).margin(0.01));
        CHECK_FALSE(facts.channels.at(0).true_peak_dbtp);
        CHECK(facts.loudness == Loudness{});
    }
    Listening heard({}, std::vector(65, SpeakerPosition::other));
    heard.play(1, sine(-23));
    CHECK(heard.last().channels.at(64).peak_dbfs);
    CHECK(heard.last().loudness == Loudness{});
}

TEST_CASE("any number of channels up to 64 is measured") {
    for (std::size_t channels = 1; channels <= 64; ++channels) {
        Listening heard({}, std::vector(channels, SpeakerPosition::other), 8'000);
        heard.play(1, sine(-23, 1000, 8'000));
        CHECK(heard.last().channels.at(channels - 1).peak_dbfs.value() == Approx(-23).margin(0.01));
        const double expected = -26.0 + 10 * std::log10(static_cast<double>(channels));
        CHECK(heard.last().loudness.momentary_lufs.value() == Approx(expected).margin(0.2));
    }
}
