#include <catch2/catch.hpp>

#include "client/frames/pictures/picture_judge.h"
#include "tests/client/frames/pictures/judge_rig.h"
#include "tests/client/frames/pictures/made_pictures.h"

namespace muxtap::frames {
namespace {

using namespace std::chrono_literals;
using client::WorkerEvent;
using test::flat;
using test::JudgeRig;
using test::scene;
using test::with_noise;
using test::with_square;

struct FreezeRow {
    const char* name;
    std::chrono::nanoseconds period;
    unsigned before;
    unsigned same;
    unsigned told_at;  ///< number of the same picture, from 0, with which it is told; `same` when it is not
};

TEST_CASE("a freeze is told once it has lasted for the hold time, by position, from its first picture on") {
    const FreezeRow row = GENERATE(
        FreezeRow{"25 pictures a second", 40ms, 50, 80, 50},  //
        FreezeRow{"just as long as the hold time", 40ms, 50, 51, 50}, FreezeRow{"a picture shorter", 40ms, 50, 50, 50},
        FreezeRow{"1 picture a second", 1s, 5, 6, 2}, FreezeRow{"1 picture a second, just long enough", 1s, 5, 3, 2},
        FreezeRow{"1 picture a second, too short", 1s, 5, 2, 2}, FreezeRow{"from the first picture on", 1s, 0, 6, 2},
        FreezeRow{"less than 1 picture in the hold time", 5s, 1, 2, 1});
    CAPTURE(row.name);
    JudgeRig rig(row.period);
    for (unsigned i = 0; i < row.before; ++i) CHECK(rig.show(scene(64, 36, 1 + i)).duplicates == 0);
    for (unsigned i = 0; i < row.same; ++i) {
        const PictureFacts facts = rig.show(scene(64, 36, 0));
        CHECK(facts.duplicates == i);
        CHECK(facts.frozen == (i >= row.told_at));
        CHECK(rig.findings.size() == (i >= row.told_at ? 1 : 0));
    }
    for (unsigned i = 0; i < 5; ++i) CHECK_FALSE(rig.show(scene(64, 36, 1 + i)).frozen);
    if (row.told_at == row.same) {
        CHECK(rig.findings.empty());
        return;
    }
    REQUIRE(rig.findings.size() == 2);
    CHECK(rig.findings[0].kind == WorkerEvent::freeze_began);
    CHECK(rig.findings[0].time == rig.time_of(row.before));
    CHECK_FALSE(rig.findings[0].duration);
    CHECK(rig.findings[0].text == "the picture is frozen");
    CHECK(rig.findings[1].kind == WorkerEvent::freeze_ended);
    CHECK(rig.findings[1].time == rig.time_of(row.before + row.same));
    CHECK(rig.findings[1].duration == row.period * row.same);
    CHECK(rig.findings[1].text.starts_with("the picture was frozen for "));
}

TEST_CASE("with a hold time of 0 the first repetition is a freeze, a picture alone is not") {
    PictureLimits limits;
    limits.freeze_hold = 0ns;
    JudgeRig rig(40ms, limits);
    rig.show(scene(64, 36, 1));
    rig.show(scene(64, 36, 2));
    CHECK(rig.findings.empty());
    CHECK(rig.show(scene(64, 36, 2)).frozen);
    REQUIRE(rig.findings.size() == 1);
    CHECK(rig.findings[0].time == rig.time_of(1));
}

TEST_CASE("a still picture with slight noise is frozen") {
    JudgeRig rig(1s);
    const Picture still = scene(171, 96, 1);
    for (unsigned i = 0; i < 10; ++i) {
        Picture noisy = still;
        // One sample of five by one step: 0.2 on average from the first picture, 0.3 from the one before.
        std::mt19937 random(i);
        for (std::uint8_t& sample : noisy.luma.samples)
            if (random() % 5 == 0) ++sample;
        CHECK(rig.show(noisy).duplicates == i);
    }
    CHECK(rig.findings.size() == 1);
}

TEST_CASE("noise all over the picture is not frozen") {
    JudgeRig rig(1s);
    SECTION("of analogue reception") {
        for (unsigned i = 0; i < 10; ++i) {
            Picture noise = flat(171, 96, 128);
            noise.luma = with_noise(noise.luma, 127, i);
            CHECK(rig.show(noise).duplicates == 0);
        }
    }
    SECTION("of one step up or down") {
        for (unsigned i = 0; i < 10; ++i) {
            Picture noisy = scene(171, 96, 1);
            noisy.luma = with_noise(noisy.luma, 1, i);
            CHECK(rig.show(noisy).duplicates == 0);
        }
    }
    CHECK(rig.findings.empty());
}

TEST_CASE("a slow fade is not frozen, though each picture is the same as the one before") {
    for (const std::chrono::nanoseconds period : {40ms, 200ms}) {
        JudgeRig rig(period);
        const Picture from = scene(171, 96, 1);
        std::uint64_t duplicates = 0;
        while (rig.time_of(rig.shown).position < 24s) {
            // By a quarter in 24 s: of a luma of 128, 1.3 a second.
            const double share = std::chrono::duration<double>(rig.time_of(rig.shown).position) / 96s;
            Picture faded = from;
            for (std::uint8_t& sample : faded.luma.samples) sample = test::to_sample(sample * (1 - share));
            duplicates = std::max(duplicates, rig.show(faded).duplicates);
        }
        CHECK(duplicates >= 1);
        CHECK(rig.findings.empty());
    }
}

TEST_CASE("a small object that moves is not frozen") {
    JudgeRig rig(40ms);
    const Picture still = flat(320, 180, 60);
    // 16 by 16 samples are 1/225 of the picture: 180 steps brighter they change it by 0.8 on average, there and gone
    // by 1.6.
    for (unsigned i = 0; i < 150; ++i) rig.show(with_square(still, i * 2, 80, 16, 240));
    CHECK(rig.findings.empty());
    rig.show(with_square(still, 300, 80, 16, 240), 60);
    CHECK(rig.findings.size() == 1);
}

TEST_CASE("a pattern that moves is not frozen, though each picture is the same as the first one, which has none") {
    JudgeRig rig(1s);
    const Picture plain = scene(170, 96, 1);
    rig.show(plain);
    // Fine stripes, one step brighter: 0.4 from the first picture, 0.8 from the one before. The hash does not see them.
    for (unsigned i = 0; i < 20; ++i) {
        Picture striped = plain;
        for (std::size_t at = 0; at < striped.luma.samples.size(); ++at)
            if (at % 2 == i % 2 && at / 170 % 5 != 0) ++striped.luma.samples[at];
        CHECK(rig.show(striped).duplicates == (i == 0 ? 1 : 0));
    }
    CHECK(rig.findings.empty());
}

TEST_CASE("an object too small to matter does not hide a freeze") {
    JudgeRig rig(1s);
    const Picture still = scene(320, 180, 1);
    for (unsigned i = 0; i < 10; ++i) rig.show(with_square(still, 10 + i * 8, 10, 4, 255));
    CHECK(rig.findings.size() == 1);
}

TEST_CASE("the limits of the difference and of the distance decide, each for itself") {
    const Picture still = scene(171, 96, 1);
    Picture brighter = still;
    for (std::uint8_t& sample : brighter.luma.samples) ++sample;
    PictureLimits limits;
    SECTION("difference") {
        limits.freeze_difference = 1.0;
        JudgeRig rig(40ms, limits);
        rig.show(still);
        CHECK(rig.show(brighter).duplicates == 1);
        limits.freeze_difference = 0.99;
        JudgeRig stricter(40ms, limits);
        stricter.show(still);
        CHECK(stricter.show(brighter).duplicates == 0);
    }
    SECTION("distance") {
        limits.freeze_difference = 255;
        limits.freeze_distance = 64;
        JudgeRig rig(40ms, limits);
        rig.show(still);
        const PictureFacts other = rig.show(scene(171, 96, 2));
        CHECK(other.duplicates == 1);
        limits.freeze_distance = other.distance.value();
        JudgeRig as_far(40ms, limits);
        as_far.show(still);
        CHECK(as_far.show(scene(171, 96, 2)).duplicates == 1);
        limits.freeze_distance = other.distance.value() - 1;
        JudgeRig nearer(40ms, limits);
        nearer.show(still);
        CHECK(nearer.show(scene(171, 96, 2)).duplicates == 0);
    }
}

/// Between two pictures: all of `one` at 0.
Picture blend(const Picture& one, const Picture& other, double share) {
    Picture picture = one;
    for (std::size_t i = 0; i < picture.luma.samples.size(); ++i)
        picture.luma.samples[i] = test::to_sample((1 - share) * one.luma.samples[i] + share * other.luma.samples[i]);
    return picture;
}

TEST_CASE("hashes are compared with the first picture and with the one before") {
    PictureLimits limits;
    limits.freeze_difference = 255;
    const Picture first = scene(64, 36, 1);
    const std::uint64_t first_hash = PictureHasher().hash(first.luma);
    SECTION("a dissolve moves away from the first one") {
        limits.freeze_distance = 8;
        JudgeRig rig(40ms, limits);
        unsigned furthest = 0;
        for (unsigned i = 0; i <= 100; ++i) {
            const PictureFacts facts = rig.show(blend(first, scene(64, 36, 2), i / 100.0));
            furthest = std::max(furthest, facts.distance.value_or(0));
            if (facts.duplicates == i) CHECK(hash_distance(facts.hash, first_hash) <= 8);
        }
        REQUIRE(furthest <= 8);
    }
    SECTION("two that are near the first one are far from each other") {
        const Picture one = blend(first, scene(64, 36, 2), 0.2);
        const Picture other = blend(first, scene(64, 36, 3), 0.2);
        const std::uint64_t one_hash = PictureHasher().hash(one.luma);
        const std::uint64_t other_hash = PictureHasher().hash(other.luma);
        limits.freeze_distance = std::max(hash_distance(first_hash, one_hash), hash_distance(first_hash, other_hash));
        REQUIRE(hash_distance(one_hash, other_hash) > limits.freeze_distance);
        JudgeRig rig(40ms, limits);
        rig.show(first);
        CHECK(rig.show(one).duplicates == 1);
        CHECK(rig.show(first).duplicates == 2);
        CHECK(rig.show(other).duplicates == 3);
        CHECK(rig.show(one).duplicates == 0);
    }
}

TEST_CASE("black is never frozen, and ends a freeze") {
    JudgeRig rig(1s);
    rig.show(scene(64, 36, 1), 4);
    for (unsigned i = 0; i < 5; ++i) {
        const PictureFacts facts = rig.show(flat(64, 36, 0));
        CHECK_FALSE(facts.frozen);
        CHECK(facts.duplicates == i);
    }
    rig.show(scene(64, 36, 1), 2);
    REQUIRE(rig.findings.size() == 4);
    CHECK(rig.findings[0].kind == WorkerEvent::freeze_began);
    CHECK(rig.findings[1].kind == WorkerEvent::freeze_ended);
    CHECK(rig.findings[1].time == rig.time_of(4));
    CHECK(rig.findings[2].kind == WorkerEvent::black_began);
    CHECK(rig.findings[2].time == rig.time_of(4));
    CHECK(rig.findings[3].kind == WorkerEvent::black_ended);
    CHECK(rig.findings[3].time == rig.time_of(9));
}

TEST_CASE("a freeze counts from the end of black, also where the pictures are the same but for the limit") {
    PictureLimits limits;
    limits.black_hold = 0s;
    JudgeRig rig(1s, limits);
    Picture black = flat(100, 100, 0);
    for (std::size_t i = 0; i < 200; ++i) black.luma.samples[i] = 26;
    Picture nearly = black;
    nearly.luma.samples[200] = 26;
    CHECK(rig.show(black, 5).black);
    CHECK(rig.show(nearly).duplicates == 0);
    rig.show(nearly, 2);
    rig.show(black);
    REQUIRE(rig.findings.size() == 5);
    CHECK(rig.findings[1].kind == WorkerEvent::black_ended);
    CHECK(rig.findings[2].kind == WorkerEvent::freeze_began);
    CHECK(rig.findings[2].time == rig.time_of(5));
    CHECK(rig.findings[3].kind == WorkerEvent::freeze_ended);
    CHECK(rig.findings[3].duration == 3s);
    CHECK(rig.findings[4].kind == WorkerEvent::black_began);
}

TEST_CASE("another size ends a freeze and begins a run anew") {
    JudgeRig rig(1s);
    rig.show(flat(64, 36, 128), 4);
    CHECK(rig.show(flat(128, 72, 128)).duplicates == 0);
    CHECK_FALSE(rig.show(flat(72, 128, 128)).frozen);
    REQUIRE(rig.findings.size() == 2);
    CHECK(rig.findings[1].kind == WorkerEvent::freeze_ended);
    CHECK(rig.findings[1].duration == 4s);
}

TEST_CASE("after an interruption a freeze that was told goes on, one that was not begins anew") {
    JudgeRig rig(1s);
    const Picture still = scene(64, 36, 1);
    rig.show(still, 2);
    rig.judge.interrupt();
    CHECK(rig.show(still).duplicates == 0);
    CHECK(rig.findings.empty());
    CHECK(rig.show(still, 2).frozen);
    REQUIRE(rig.findings.size() == 1);
    CHECK(rig.findings[0].time == rig.time_of(2));

    rig.judge.interrupt();
    rig.shown += 10;
    CHECK(rig.show(still).frozen);
    CHECK(rig.findings.size() == 1);
    rig.judge.interrupt();
    CHECK_FALSE(rig.show(scene(64, 36, 2)).frozen);
    REQUIRE(rig.findings.size() == 2);
    CHECK(rig.findings[1].time == rig.time_of(16));
    CHECK(rig.findings[1].duration == 14s);
}

TEST_CASE("at the finish a freeze ends with the last picture, once") {
    JudgeRig rig(1s);
    rig.show(scene(64, 36, 1), 5);
    rig.judge.finish();
    rig.judge.finish();
    REQUIRE(rig.findings.size() == 2);
    CHECK(rig.findings[1].kind == WorkerEvent::freeze_ended);
    CHECK(rig.findings[1].time == rig.time_of(4));
    CHECK(rig.findings[1].duration == 4s);
    CHECK(rig.findings[1].text == "the picture was frozen for 4.0 s");
    CHECK(rig.show(scene(64, 36, 1)).duplicates == 0);
}

}  // namespace
}  // namespace muxtap::frames
