#include "client/frames/streams/decode_gate.h"

#include <catch2/catch.hpp>

using namespace muxtap;
using frames::DecodeGate;
using frames::DecodeMode;
using frames::PictureClock;
using frames::PictureRate;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;
using Verdict = DecodeGate::Verdict;

namespace {

nanoseconds at_25(std::int64_t number) {
    return milliseconds{40} * number;
}

/// Position of a picture of a stream with `rate` pictures a second, rounded down.
nanoseconds at_rate(std::int64_t number, PictureRate rate) {
    const std::int64_t parts = number * rate.denominator;
    return seconds{parts / rate.numerator} + nanoseconds{seconds{parts % rate.numerator}} / rate.numerator;
}

/// Pictures of a stream that a clock chooses.
std::int64_t chosen(PictureClock clock, PictureRate stream, std::int64_t first, std::int64_t count) {
    std::int64_t taken = 0;
    for (std::int64_t n = first; n < first + count; ++n) taken += clock.take(at_rate(n, stream)) ? 1 : 0;
    return taken;
}

struct Counts {
    int decoded = 0;
    int not_needed = 0;
    int skipped = 0;
};

/// 25 pictures a second with a key frame every `distance` pictures, 0: never.
Counts judge(DecodeGate& gate, int first, int count, int distance, double fill = 0) {
    Counts counts;
    for (int n = first; n < first + count; ++n) {
        switch (gate.judge(distance != 0 && n % distance == 0, at_25(n), fill)) {
            case Verdict::decode: ++counts.decoded; break;
            case Verdict::not_needed: ++counts.not_needed; break;
            case Verdict::skipped: ++counts.skipped; break;
        }
    }
    return counts;
}

}  // namespace

TEST_CASE("a clock chooses as many pictures as its rate says") {
    struct Row {
        const char* name;
        PictureRate rate;
        PictureRate stream;
        std::int64_t pictures;
        std::int64_t chosen;
    };
    const Row rows[] = {{"one a second of 25", {1, 1}, {25, 1}, 245, 10},
                        {"one in 5 s", {1, 5}, {25, 1}, 1225, 10},
                        {"every picture", {0, 1}, {25, 1}, 100, 100},
                        {"its own rate", {25, 1}, {25, 1}, 1000, 1000},
                        {"more than there are", {50, 1}, {25, 1}, 100, 100},
                        {"its own rate of NTSC", {30'000, 1001}, {30'000, 1001}, 30'000, 30'000},
                        {"half of NTSC's fields", {30'000, 1001}, {60'000, 1001}, 60'000, 30'000},
                        {"one a second of NTSC", {1, 1}, {30'000, 1001}, 29'960, 1000}};
    for (const Row& row : rows) {
        CAPTURE(row.name);
        CHECK(chosen(PictureClock(row.rate), row.stream, 0, row.pictures) == row.chosen);
    }
}

TEST_CASE("a clock of 30000/1001 does not drift in weeks") {
    // 50 million pictures are 19 days.
    PictureClock clock({30'000, 1001});
    constexpr std::int64_t late = 20'000'000;
    std::int64_t taken = 0;
    for (std::int64_t n = 0; n < late; ++n) taken += clock.take(at_rate(n, {30'000, 1001})) ? 1 : 0;
    REQUIRE(taken == late);
    CHECK_FALSE(clock.due(at_rate(late, {30'000, 1001}) - milliseconds{4}));
    CHECK(clock.due(at_rate(late, {30'000, 1001})));
}

TEST_CASE("asking whether a picture is due does not take it") {
    PictureClock clock({1, 1});
    CHECK(clock.due(seconds{0}));
    CHECK(clock.due(seconds{0}));
    CHECK(clock.take(seconds{0}));
    CHECK_FALSE(clock.due(milliseconds{500}));
    CHECK(clock.due(milliseconds{950}));
}

TEST_CASE("behind a gap, and where positions go back, a clock begins anew") {
    PictureClock clock({1, 1});
    CHECK(clock.take(seconds{0}));
    CHECK(clock.take(milliseconds{60'500}));
    CHECK_FALSE(clock.take(milliseconds{61'000}));
    CHECK(clock.take(milliseconds{61'500}));
    CHECK(clock.take(seconds{3}));
    CHECK_FALSE(clock.take(milliseconds{3500}));
}

TEST_CASE("decoding of everything begins with a key frame and leaves nothing out") {
    DecodeGate gate(DecodeMode::all, {1, 1});
    CHECK(judge(gate, 5, 7, 12).not_needed == 7);
    CHECK(judge(gate, 12, 100, 12).decoded == 100);
    CHECK_FALSE(gate.key_frames_only());
}

TEST_CASE("key frames only: those that the rate asks for, and nothing else") {
    DecodeGate gate(DecodeMode::key_frames, {1, 1});
    const Counts counts = judge(gate, 0, 1200, 12);
    CHECK(counts.decoded >= 40);
    CHECK(counts.decoded <= 48);
    CHECK(counts.skipped == 0);
    DecodeGate every(DecodeMode::key_frames, {0, 1});
    CHECK(judge(every, 0, 1200, 12).decoded == 100);
}

TEST_CASE("key frames only: a stream without any has no pictures") {
    DecodeGate gate(DecodeMode::key_frames, {1, 1});
    CHECK(judge(gate, 0, 1000, 0).decoded == 0);
}

TEST_CASE("of itself a gate keeps to key frames where there are enough of them") {
    DecodeGate gate(DecodeMode::automatic, {1, 1});
    CHECK(judge(gate, 0, 250, 25).decoded == 10);
    CHECK(gate.key_frames_only());
}

TEST_CASE("of itself a gate decodes everything where key frames are too far apart, and key frames again later") {
    DecodeGate gate(DecodeMode::automatic, {1, 1});
    CHECK(judge(gate, 0, 50, 50).decoded == 1);
    CHECK_FALSE(gate.key_frames_only());
    CHECK(judge(gate, 50, 500, 50).decoded == 500);
    // Two key frames close together are not enough, many are.
    (void)judge(gate, 550, 50, 25);
    CHECK_FALSE(gate.key_frames_only());
    (void)judge(gate, 600, 100, 25);
    CHECK(gate.key_frames_only());
}

TEST_CASE("of itself a gate decodes everything where every picture is asked for") {
    DecodeGate gate(DecodeMode::automatic, {0, 1});
    CHECK(judge(gate, 0, 100, 25).decoded == 100);
    CHECK_FALSE(gate.key_frames_only());
}

TEST_CASE("a stream without key frames is decoded after some seconds all the same") {
    for (const DecodeMode mode : {DecodeMode::all, DecodeMode::automatic}) {
        CAPTURE(static_cast<int>(mode));
        DecodeGate gate(mode, {1, 1});
        const Counts counts = judge(gate, 1, 250, 0);
        CHECK(counts.decoded >= 80);
        CHECK(counts.not_needed >= 100);
    }
}

TEST_CASE("when decoding does not keep up pictures are skipped, to the next key frame behind it") {
    DecodeGate gate(DecodeMode::all, {0, 1});
    CHECK(judge(gate, 0, 20, 12).decoded == 20);
    CHECK(judge(gate, 20, 10, 12, 0.6).skipped == 10);
    // Still rather full.
    CHECK(judge(gate, 30, 10, 12, 0.3).skipped == 10);
    // Pictures that need the ones left out go too, until number 48.
    const Counts counts = judge(gate, 40, 20, 12, 0.1);
    CHECK(counts.skipped == 8);
    CHECK(counts.decoded == 12);
    // Less than full is full enough for nothing.
    CHECK(judge(gate, 60, 12, 12, 0.45).decoded == 12);
}

TEST_CASE("behind a skip a stream without key frames goes on after some seconds") {
    DecodeGate gate(DecodeMode::all, {0, 1});
    (void)judge(gate, 0, 10, 1000);
    CHECK(judge(gate, 10, 5, 0, 0.9).skipped == 5);
    const Counts counts = judge(gate, 15, 250, 0);
    CHECK(counts.decoded >= 100);
    CHECK(counts.skipped >= 100);
}

TEST_CASE("key frames that are due are skipped too when decoding does not keep up") {
    DecodeGate gate(DecodeMode::key_frames, {1, 1});
    const Counts counts = judge(gate, 0, 100, 25, 0.9);
    CHECK(counts.skipped == 4);
    CHECK(counts.decoded == 0);
    CHECK(judge(gate, 100, 25, 25, 0.1).decoded == 1);
}

TEST_CASE("behind access units that are missing all pictures are skipped up to the next key frame") {
    DecodeGate gate(DecodeMode::all, {0, 1});
    CHECK(judge(gate, 0, 20, 12).decoded == 20);
    gate.interrupt();
    const Counts counts = judge(gate, 20, 10, 12);
    CHECK(counts.skipped == 4);
    CHECK(counts.decoded == 6);
}

TEST_CASE("a long gap does not count as waiting for a key frame in vain") {
    DecodeGate gate(DecodeMode::all, {0, 1});
    CHECK(judge(gate, 0, 20, 12).decoded == 20);
    gate.interrupt();
    // Ten seconds later.
    CHECK(judge(gate, 265, 11, 12).decoded == 0);
}
