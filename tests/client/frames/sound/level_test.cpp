#include <catch2/catch.hpp>

#include "tests/client/frames/sound/listening.h"

using namespace muxtap;
using namespace muxtap::frames;
using namespace muxtap::test;

namespace {

ChannelLevels levels_of(const Signal& signal, double seconds = 1) {
    Listening heard;
    heard.play(seconds, signal);
    heard.meter.finish();
    return heard.last().channels.at(0);
}

}  // namespace

TEST_CASE("peak and RMS of a sine are 3.01 dB apart") {
    for (const double peak : {0.0, -6.0, -23.0, -60.0, -120.0}) {
        const ChannelLevels levels = levels_of(sine(peak));
        CHECK(levels.peak_dbfs.value() == Approx(peak).margin(0.001));
        CHECK(levels.rms_dbfs.value() == Approx(peak - 3.0103).margin(0.001));
        CHECK(levels.true_peak_dbtp.value() == Approx(peak).margin(0.05));
    }
}

TEST_CASE("constant voltage has the RMS of its peak") {
    const ChannelLevels levels = levels_of(constant(-0.5));
    CHECK(levels.peak_dbfs.value() == Approx(-6.0206).margin(0.001));
    CHECK(levels.rms_dbfs.value() == Approx(-6.0206).margin(0.001));
    CHECK(levels.clipped_samples == 0);
}

TEST_CASE("each channel has its own levels") {
    Listening heard;
    heard.play(1, [](std::uint64_t frame, std::size_t channel) { return channel == 0 ? sine(-12)(frame, 0) : 0; });
    REQUIRE(heard.reports.size() == 1);
    const auto& channels = heard.last().channels;
    CHECK(channels[0].position == SpeakerPosition::left);
    CHECK(channels[0].peak_dbfs.value() == Approx(-12).margin(0.001));
    CHECK(channels[1].position == SpeakerPosition::right);
    CHECK_FALSE(channels[1].peak_dbfs);
}

TEST_CASE("digital silence has no values") {
    Listening heard;
    heard.play(1, sine(-6));
    heard.play(5, constant(0));
    const SoundFacts& facts = heard.last();
    for (const ChannelLevels& levels : facts.channels) {
        CHECK_FALSE(levels.peak_dbfs);
        CHECK_FALSE(levels.rms_dbfs);
        CHECK_FALSE(levels.true_peak_dbtp);
    }
    REQUIRE(facts.pairs.size() == 1);
    CHECK_FALSE(facts.pairs[0].correlation);
    CHECK_FALSE(facts.loudness.momentary_lufs);
    CHECK_FALSE(facts.loudness.short_term_lufs);
    CHECK(facts.loudness.integrated_lufs);
}

TEST_CASE("the true peak lies between the samples") {
    // A quarter of the sample rate, 45 degrees off: samples at 0.707 of the peak.
    const ChannelLevels levels = levels_of(sine(-6, 12'000, 48'000, full_turn / 8));
    CHECK(levels.peak_dbfs.value() == Approx(-9.0103).margin(0.001));
    // EBU Tech 3341 allows +0.2 and -0.4 dB.
    CHECK(levels.true_peak_dbtp.value() == Approx(-6.1).margin(0.3));
}

TEST_CASE("the true peak is that of the interval") {
    Listening heard;
    heard.play(1, sine(-6));
    heard.play(2, sine(-30));
    REQUIRE(heard.reports.size() == 3);
    CHECK(heard.reports[0].channels[0].true_peak_dbtp.value() == Approx(-6).margin(0.1));
    CHECK(heard.reports[2].channels[0].true_peak_dbtp.value() == Approx(-30).margin(0.1));
    CHECK(heard.reports[2].channels[0].peak_dbfs.value() == Approx(-30).margin(0.01));
}

TEST_CASE("a true peak anywhere in the interval is found, and never below the sample peak") {
    for (std::uint64_t place = 0; place < 48'000; place += 3989) {
        Listening heard;
        heard.play(1.1, [place](std::uint64_t frame, std::size_t) { return frame == place ? 0.5 : 0.001; });
        const ChannelLevels& levels = heard.reports.at(0).channels.at(0);
        CHECK(levels.true_peak_dbtp.value() >= levels.peak_dbfs.value() - 1e-9);
        CHECK(levels.true_peak_dbtp.value() == Approx(-6.02).margin(0.2));
    }
}

TEST_CASE("samples that are no numbers count as 0, and the meter goes on") {
    for (const double bad : {std::nan(""), HUGE_VAL, -HUGE_VAL}) {
        Listening heard;
        heard.play(1, [bad](std::uint64_t frame, std::size_t) { return frame % 7 == 0 ? bad : 0.0; });
        CHECK_FALSE(heard.last().channels[0].peak_dbfs);
        CHECK(heard.last().channels[0].clipped_samples == 0);
        heard.play(4, sine(-23));
        CHECK(heard.last().channels[0].peak_dbfs.value() == Approx(-23).margin(0.001));
        CHECK(heard.last().loudness.momentary_lufs.value() == Approx(-23).margin(0.1));
    }
}

TEST_CASE("the largest numbers of all do no lasting harm") {
    Listening heard;
    heard.play(1, constant(3e38));
    heard.play(5, sine(-23));
    CHECK(heard.last().channels[0].true_peak_dbtp.value() == Approx(-23).margin(0.1));
    CHECK(heard.last().loudness.momentary_lufs.value() == Approx(-23).margin(0.1));
    CHECK(heard.last().loudness.short_term_lufs.value() == Approx(-23).margin(0.1));
}
