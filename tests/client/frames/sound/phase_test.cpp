#include <catch2/catch.hpp>

#include "tests/client/frames/sound/listening.h"

using namespace muxtap;
using namespace muxtap::frames;
using namespace muxtap::test;
using client::WorkerEvent;

using Events = std::vector<Event>;

namespace {

/// The same noise in both channels, the second one times a factor.
Signal copied(double factor) {
    return [factor, one = noise(-20), last = 0.0](std::uint64_t frame, std::size_t channel) mutable {
        if (channel == 0) last = one(frame, 0);
        return channel == 0 ? last : factor * last;
    };
}

double correlation_of(const Signal& signal) {
    Listening heard;
    heard.play(2, signal);
    return heard.last().pairs.at(0).correlation.value();
}

}  // namespace

TEST_CASE("correlation is 1 in phase, -1 out of phase, 0 of sounds that have nothing in common") {
    CHECK(correlation_of(copied(1)) == Approx(1));
    CHECK(correlation_of(copied(0.01)) == Approx(1));
    CHECK(correlation_of(copied(-1)) == Approx(-1));
    CHECK(correlation_of(noise(-20)) == Approx(0).margin(0.05));
}

TEST_CASE("channels out of phase are told, with the time at which it began and ended") {
    Listening heard;
    heard.play(4, copied(1));
    heard.play(8, copied(-1));
    heard.play(8, copied(1));
    CHECK(heard.events() == Events{{WorkerEvent::phase_began, 4}, {WorkerEvent::phase_ended, 12, 8.0}});
    CHECK(heard.findings[0].text == "left and right are out of phase: correlation -1.00");
    CHECK(heard.findings[1].text == "phase error of left and right ended after 8.00 s");
}

TEST_CASE("in phase, or out of it for less than the hold time, stays untold") {
    Listening heard;
    for (int i = 0; i < 4; ++i) {
        heard.play(4.4, copied(-1));
        heard.play(0.8, copied(1));
    }
    heard.play(8, noise(-20));
    CHECK(heard.findings.empty());
}

TEST_CASE("pauses neither begin nor end a phase error") {
    Listening heard;
    for (int i = 0; i < 4; ++i) {
        heard.play(2, copied(-1));
        heard.play(1.2, noise(-75));
    }
    CHECK(heard.events() == Events{{WorkerEvent::phase_began, 0}});
}

TEST_CASE("silence for the hold time ends a phase error where the silence began") {
    Listening heard;
    heard.play(8, copied(-1));
    heard.play(8, constant(0));
    CHECK(heard.events() == Events{{WorkerEvent::phase_began, 0},
                                   {WorkerEvent::sound_silence_began, 8},
                                   {WorkerEvent::phase_ended, 8, 8.0}});
}

TEST_CASE("the end of the sound ends a phase error") {
    Listening heard;
    heard.play(8, copied(-1));
    heard.meter.finish();
    CHECK(heard.events() == Events{{WorkerEvent::phase_began, 0}, {WorkerEvent::phase_ended, 8, 8.0}});
}

TEST_CASE("surrounds are a pair of their own, mono is none") {
    using enum SpeakerPosition;
    Listening heard({}, {left, right, centre, low_frequency, left_surround, right_surround});
    heard.play(8, [tone = sine(-20)](std::uint64_t frame, std::size_t channel) {
        return channel == 5 ? -tone(frame, 0) : tone(frame, 0);
    });
    REQUIRE(heard.last().pairs.size() == 2);
    CHECK(heard.last().pairs[0] == PairPhase{left, right, heard.last().pairs[0].correlation});
    CHECK(heard.last().pairs[0].correlation.value() == Approx(1));
    CHECK(heard.last().pairs[1] == PairPhase{left_surround, right_surround, heard.last().pairs[1].correlation});
    CHECK(heard.last().pairs[1].correlation.value() == Approx(-1));
    REQUIRE(heard.findings.size() == 1);
    CHECK(heard.findings[0].text == "left surround and right surround are out of phase: correlation -1.00");

    for (const std::vector<SpeakerPosition>& single :
         {std::vector{mono}, std::vector{left}, std::vector{left, centre}}) {
        Listening alone({}, single);
        alone.play(1, sine(-20));
        CHECK(alone.last().pairs.empty());
    }
}

TEST_CASE("what is out of phase does not depend on the interval of reports") {
    for (const int milliseconds : {10, 70, 1'000, 60'000}) {
        Listening heard({.interval = std::chrono::milliseconds{milliseconds}});
        heard.play(4, copied(1));
        heard.play(8, copied(-1));
        CHECK(heard.events() == Events{{WorkerEvent::phase_began, 4}});
    }
}
