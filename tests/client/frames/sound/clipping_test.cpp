#include <catch2/catch.hpp>

#include "tests/client/frames/sound/listening.h"

using namespace muxtap;
using namespace muxtap::frames;
using namespace muxtap::test;
using client::WorkerEvent;

using Events = std::vector<Event>;

namespace {

/// Samples of the first channel at full scale, from one to before the other; a quiet tone besides.
Signal run(std::uint64_t from, std::uint64_t to, double level = 1) {
    return [=, tone = sine(-20)](std::uint64_t frame, std::size_t channel) {
        return channel == 0 && frame >= from && frame < to ? level : tone(frame, channel);
    };
}

}  // namespace

TEST_CASE("three samples at full scale are clipped, two are not") {
    Listening three;
    three.play(3, run(48'000, 48'003));
    CHECK(three.events() == Events{{WorkerEvent::clipping_began, 1}, {WorkerEvent::clipping_ended, 1.00006, 0.00006}});
    CHECK(three.last().channels[0].clipped_samples == 3);
    CHECK(three.last().channels[1].clipped_samples == 0);
    Listening two;
    two.play(3, run(48'000, 48'002));
    CHECK(two.findings.empty());
    CHECK(two.last().channels[0].clipped_samples == 0);
}

TEST_CASE("full scale begins at 0.9999, on both sides") {
    for (const double level : {0.9999, 1.0, 1.5, -0.9999, -1.0}) {
        Listening heard;
        heard.play(1, run(100, 200, level));
        CHECK(heard.last().channels[0].clipped_samples == 100);
    }
    Listening heard;
    heard.play(1, run(100, 200, 0.9998));
    CHECK(heard.last().channels[0].clipped_samples == 0);
}

TEST_CASE("a run over the edge of blocks and of intervals is one run") {
    Listening heard;
    heard.play(3, run(47'998, 48'001));
    CHECK(heard.reports.at(0).channels[0].clipped_samples == 0);
    CHECK(heard.reports.at(1).channels[0].clipped_samples == 3);
    REQUIRE(heard.events().size() == 2);
    CHECK(heard.events()[0] == Event{WorkerEvent::clipping_began, 0.99996});
}

TEST_CASE("two samples before a gap and one behind it are no run") {
    Listening heard;
    heard.play(1, run(47'998, 48'001));
    heard.jump(5);
    heard.play(1, run(47'998, 48'001));
    CHECK(heard.findings.empty());
}

TEST_CASE("samples of two channels do not make one run") {
    Listening heard;
    heard.play(2, [](std::uint64_t frame, std::size_t channel) { return frame % 2 == channel ? 1.0 : 0.0; });
    CHECK(heard.findings.empty());
}

TEST_CASE("runs that follow each other within the hold time are one clipping") {
    Listening heard;
    heard.play(6, [](std::uint64_t frame, std::size_t) { return frame % 24'000 < 10 && frame < 144'000 ? 1.0 : 0.1; });
    REQUIRE(heard.events().size() == 2);
    CHECK(heard.events()[0] == Event{WorkerEvent::clipping_began, 0});
    CHECK(heard.events()[1].seconds == Approx(2.50021));
    CHECK(heard.last().channels[1].clipped_samples == 60);
}

TEST_CASE("a sine that is turned up too far is clipped all the time, one at full scale hardly") {
    Listening heard;
    heard.play(3, [tone = sine(6)](std::uint64_t frame, std::size_t) { return std::clamp(tone(frame, 0), -1.0, 1.0); });
    CHECK(heard.events() == Events{{WorkerEvent::clipping_began, heard.events().at(0).seconds}});
    CHECK(heard.last().channels[0].clipped_samples > 80'000);
    Listening clean;
    clean.play(3, sine(-0.1));
    CHECK(clean.findings.empty());
}

TEST_CASE("the end of the sound ends clipping, at its last sample") {
    Listening heard;
    heard.play(1, run(24'000, 25'000));
    heard.meter.finish();
    REQUIRE(heard.events().size() == 2);
    CHECK(heard.events()[1].seconds == Approx(0.52083));
    CHECK(heard.findings[1].text == "clipping ended after 0.02 s");
}
