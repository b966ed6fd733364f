#include <catch2/catch.hpp>

#include "tests/client/frames/sound/listening.h"

using namespace muxtap;
using namespace muxtap::frames;
using namespace muxtap::test;
using client::WorkerEvent;

using Events = std::vector<Event>;

TEST_CASE("silence begins with its first block and ends with the first one above it") {
    Listening heard;
    heard.play(1.5, sine(-20));
    heard.play(3.25, constant(0));
    heard.play(1, sine(-20));
    CHECK(heard.events() ==
          Events{{WorkerEvent::sound_silence_began, 1.5}, {WorkerEvent::sound_silence_ended, 4.75, 3.25}});
}

TEST_CASE("the times of silence are those of its first sample, by every clock") {
    Listening heard;
    heard.play(1.5, sine(-20));
    const MediaTime silent = heard.now();
    heard.play(3, constant(0));
    REQUIRE(heard.findings.size() == 1);
    const MediaTime& time = heard.findings[0].time;
    CHECK(time.position == silent.position);
    CHECK(time.captured == silent.captured);
    REQUIRE(time.pts);
    CHECK(std::abs(time.pts->ticks_since(*silent.pts)) <= 1);
}

TEST_CASE("a text says what silence is, and how long it was") {
    Listening heard;
    heard.play(2.5, constant(0));
    heard.play(1, sine(-20));
    REQUIRE(heard.findings.size() == 2);
    CHECK(heard.findings[0].text == "silence: all channels are below -60.0 dBFS");
    CHECK(heard.findings[1].text == "silence ended after 2.50 s");
}

TEST_CASE("silence is told once its hold time has passed, not before") {
    Listening heard;
    heard.play(1, sine(-20), 480);
    heard.play(1.99, constant(0), 480);
    CHECK(heard.findings.empty());
    heard.play(0.01, constant(0), 480);
    CHECK(heard.findings.size() == 1);
}

TEST_CASE("a dip shorter than the hold time stays untold") {
    Listening heard;
    for (int i = 0; i < 5; ++i) {
        heard.play(1, sine(-20));
        heard.play(1.98, constant(0));
    }
    heard.play(1, sine(-20));
    heard.meter.finish();
    CHECK(heard.findings.empty());
}

TEST_CASE("noise below the limit is silence, above it is not") {
    Listening quiet;
    quiet.play(4, noise(-70));
    CHECK(quiet.events() == Events{{WorkerEvent::sound_silence_began, 0}});
    CHECK(quiet.last().silent);
    CHECK(quiet.last().channels[0].rms_dbfs.value() == Approx(-70).margin(0.5));
    Listening loud;
    loud.play(4, noise(-50));
    CHECK(loud.findings.empty());
    CHECK_FALSE(loud.last().silent);
}

TEST_CASE("one silent channel is not the silence of all") {
    Listening heard;
    const auto half = [tone = sine(-20)](std::uint64_t frame, std::size_t channel) {
        return channel == 0 ? tone(frame, 0) : 0;
    };
    heard.play(5, half);
    CHECK(heard.findings.empty());
    CHECK_FALSE(heard.last().silent);
    CHECK_FALSE(heard.last().channels[0].silent);
    CHECK(heard.last().channels[1].silent);
    CHECK_FALSE(heard.reports[0].channels[1].silent);
}

TEST_CASE("channels that take turns in being silent are not silent together") {
    Listening heard;
    heard.play(9, [tone = sine(-20)](std::uint64_t frame, std::size_t channel) {
        return (frame / 48'000 / 3) % 2 == channel ? tone(frame, 0) : 0;
    });
    CHECK(heard.findings.empty());
}

TEST_CASE("the end of the sound ends silence that was told, and only that") {
    Listening told;
    told.play(3, constant(0));
    told.meter.finish();
    CHECK(told.events() == Events{{WorkerEvent::sound_silence_began, 0}, {WorkerEvent::sound_silence_ended, 3, 3.0}});
    Listening untold;
    untold.play(1, constant(0));
    untold.meter.finish();
    CHECK(untold.findings.empty());
}

TEST_CASE("silence runs over a gap, and ends where sound comes again") {
    Listening heard;
    heard.play(1, sine(-20));
    heard.play(2.5, constant(0));
    heard.jump(10);
    heard.play(1, constant(0));
    heard.jump(5);
    heard.play(1, sine(-20));
    CHECK(heard.events() ==
          Events{{WorkerEvent::sound_silence_began, 1}, {WorkerEvent::sound_silence_ended, 19.5, 18.5}});
}

TEST_CASE("the time of a gap is no time of silence") {
    Listening heard;
    heard.play(0.9, constant(0));
    heard.jump(10);
    heard.play(0.9, constant(0));
    CHECK(heard.findings.empty());
    heard.play(0.3, constant(0));
    CHECK(heard.events() == Events{{WorkerEvent::sound_silence_began, 0}});
}

TEST_CASE("silence over a jump back has no negative duration") {
    Listening heard;
    heard.jump(100);
    heard.play(3, constant(0));
    heard.jump(-50);
    heard.play(1, sine(-20));
    CHECK(heard.events() ==
          Events{{WorkerEvent::sound_silence_began, 100}, {WorkerEvent::sound_silence_ended, 53, 0.0}});
}
