#include "client/frames/pictures/picture_judge.h"

#include <catch2/catch.hpp>

#include "tests/client/frames/pictures/judge_rig.h"
#include "tests/client/frames/pictures/made_pictures.h"
#include "tests/support/allocation_counter.h"

namespace muxtap::frames {
namespace {

using namespace std::chrono_literals;
using client::WorkerEvent;
using test::flat;
using test::JudgeRig;
using test::scene;

/// 100 by 100 samples of which so many are black, the others white.
Picture partly_black(std::size_t black) {
    Picture picture = flat(100, 100, 255);
    std::fill_n(picture.luma.samples.begin(), black, std::uint8_t{0});
    return picture;
}

TEST_CASE("mean and share of black are those of all samples") {
    JudgeRig rig(40ms);
    CHECK(rig.show(flat(171, 97, 0)).mean_luma == 0);
    CHECK(rig.show(flat(171, 97, 255)).mean_luma == 255);
    CHECK(rig.show(partly_black(2500)).mean_luma == 0.75 * 255);
    CHECK(rig.show(partly_black(2500)).black_share == 0.25);
}

TEST_CASE("a picture without samples is neither black nor anything else") {
    CHECK(JudgeRig(40ms).show(Picture{}) == PictureFacts{});
}

TEST_CASE("a sample is dark up to the level, a picture is black from the share of dark samples on") {
    PictureLimits limits;
    limits.black_level = 0.10;  // 25 of 255, as blackdetect has it
    limits.black_share = 0.98;
    JudgeRig rig(40ms, limits);
    CHECK(rig.show(flat(16, 16, 25)).black_share == 1);
    CHECK(rig.show(flat(16, 16, 26)).black_share == 0);
    CHECK(rig.show(partly_black(9800)).black);
    CHECK_FALSE(rig.show(partly_black(9799)).black);

    limits.black_level = 0;
    JudgeRig strict(40ms, limits);
    CHECK(strict.show(flat(16, 16, 0)).black);
    CHECK_FALSE(strict.show(flat(16, 16, 1)).black);
    limits.black_level = 1;
    CHECK(JudgeRig(40ms, limits).show(flat(16, 16, 255)).black);
}

TEST_CASE("the hash is compared with the picture before") {
    JudgeRig rig(40ms);
    const PictureFacts first = rig.show(scene(171, 96, 1));
    CHECK_FALSE(first.distance);
    const PictureFacts second = rig.show(scene(171, 96, 2));
    CHECK(second.distance == hash_distance(first.hash, second.hash));
    CHECK(*second.distance > 5);
    CHECK(rig.show(scene(171, 96, 2)).distance == 0U);
    CHECK(rig.show(scene(342, 192, 2)).distance.value() <= 4);
}

struct BlackRow {
    const char* name;
    std::chrono::nanoseconds period;
    unsigned before;
    unsigned black;
    unsigned told_at;  ///< number of the black picture, from 0, with which it is told; `black` when it is not
};

TEST_CASE("black is told once it has lasted for the hold time, by position, from its first picture on") {
    const BlackRow row = GENERATE(
        BlackRow{"25 pictures a second", 40ms, 50, 80, 50},  //
        BlackRow{"just as long as the hold time", 40ms, 50, 51, 50}, BlackRow{"a picture shorter", 40ms, 50, 50, 50},
        BlackRow{"1 picture a second", 1s, 5, 6, 2}, BlackRow{"1 picture a second, just long enough", 1s, 5, 3, 2},
        BlackRow{"1 picture a second, too short", 1s, 5, 2, 2}, BlackRow{"from the first picture on", 1s, 0, 6, 2},
        BlackRow{"less than 1 picture in the hold time", 5s, 1, 2, 1});
    CAPTURE(row.name);
    JudgeRig rig(row.period);
    for (unsigned i = 0; i < row.before; ++i) rig.show(scene(64, 36, i));
    for (unsigned i = 0; i < row.black; ++i) {
        CHECK(rig.show(flat(64, 36, 3)).black);
        CHECK(rig.findings.size() == (i >= row.told_at ? 1 : 0));
    }
    for (unsigned i = 0; i < 5; ++i) rig.show(scene(64, 36, i));
    if (row.told_at == row.black) {
        CHECK(rig.findings.empty());
        return;
    }
    REQUIRE(rig.findings.size() == 2);
    CHECK(rig.findings[0].kind == WorkerEvent::black_began);
    CHECK(rig.findings[0].time == rig.time_of(row.before));
    CHECK_FALSE(rig.findings[0].duration);
    CHECK(rig.findings[0].text == "the picture is black");
    CHECK(rig.findings[1].kind == WorkerEvent::black_ended);
    CHECK(rig.findings[1].time == rig.time_of(row.before + row.black));
    CHECK(rig.findings[1].duration == row.period * row.black);
}

TEST_CASE("the end of black says for people how long it was") {
    JudgeRig rig(40ms);
    rig.show(flat(64, 36, 3), 80);
    rig.show(scene(64, 36, 1));
    REQUIRE(rig.findings.size() == 2);
    CHECK(rig.findings[1].text == "the picture was black for 3.2 s");
}

TEST_CASE("with a hold time of 0 black is told with its first picture") {
    PictureLimits limits;
    limits.black_hold = 0ns;
    JudgeRig rig(40ms, limits);
    rig.show(scene(64, 36, 1));
    rig.show(flat(64, 36, 3));
    REQUIRE(rig.findings.size() == 1);
    CHECK(rig.findings[0].time == rig.time_of(1));
    rig.show(scene(64, 36, 1));
    REQUIRE(rig.findings.size() == 2);
    CHECK(rig.findings[1].duration == 40ms);
}

TEST_CASE("a flash in black begins it anew") {
    JudgeRig rig(1s);
    for (int i = 0; i < 10; ++i) {
        rig.show(flat(64, 36, 3), 2);
        rig.show(flat(64, 36, 200));
    }
    CHECK(rig.findings.empty());
}

TEST_CASE("nearly black is not black, and not told") {
    JudgeRig rig(1s);
    CHECK_FALSE(rig.show(partly_black(9700), 2).black);
    CHECK(rig.findings.empty());
}

TEST_CASE("black lasts through a change of the picture's size") {
    JudgeRig rig(1s);
    rig.show(flat(64, 36, 3), 2);
    rig.show(flat(128, 72, 3), 2);
    rig.show(scene(64, 36, 1));
    REQUIRE(rig.findings.size() == 2);
    CHECK(rig.findings[1].duration == 4s);
}

TEST_CASE("after an interruption black that was told goes on, black that was not begins anew") {
    JudgeRig rig(1s);
    rig.show(flat(64, 36, 3), 2);
    rig.judge.interrupt();
    rig.show(flat(64, 36, 3), 2);
    CHECK(rig.findings.empty());
    rig.show(flat(64, 36, 3));
    REQUIRE(rig.findings.size() == 1);
    CHECK(rig.findings[0].time == rig.time_of(2));

    rig.judge.interrupt();
    rig.shown += 10;
    rig.show(flat(64, 36, 3));
    CHECK(rig.findings.size() == 1);
    rig.judge.interrupt();
    rig.shown += 10;
    rig.show(scene(64, 36, 1));
    REQUIRE(rig.findings.size() == 2);
    CHECK(rig.findings[1].time == rig.time_of(26));
    CHECK(rig.findings[1].duration == 24s);
}

TEST_CASE("at the finish black ends with the last picture, once; what was not told is not told") {
    JudgeRig rig(1s);
    rig.judge.finish();
    rig.show(flat(64, 36, 3), 5);
    rig.judge.finish();
    REQUIRE(rig.findings.size() == 2);
    CHECK(rig.findings[1].kind == WorkerEvent::black_ended);
    CHECK(rig.findings[1].time == rig.time_of(4));
    CHECK(rig.findings[1].duration == 4s);
    rig.judge.finish();
    CHECK(rig.findings.size() == 2);
    CHECK_FALSE(rig.show(flat(64, 36, 3)).distance);
    rig.judge.finish();
    CHECK(rig.findings.size() == 2);
}

TEST_CASE("a position that goes back does not make a duration negative") {
    JudgeRig rig(1s);
    rig.shown = 10;
    rig.show(flat(64, 36, 3), 5);
    rig.shown = 5;
    rig.show(scene(64, 36, 1));
    REQUIRE(rig.findings.size() == 2);
    CHECK(rig.findings[1].duration == 0s);
}

TEST_CASE("a judge needs no handler") {
    PictureJudge judge({}, {});
    for (int i = 0; i < 5; ++i) {
        MediaTime time;
        time.position = 1s * i;
        CHECK(judge.judge(flat(64, 36, 3), time).black);
    }
    judge.finish();
}

TEST_CASE("once there were pictures of a size, judging others allocates nothing") {
    JudgeRig rig(40ms);
    const Picture still = scene(171, 97, 1);
    const Picture moved = scene(171, 97, 2);
    const Picture black = flat(171, 97, 0);
    const auto show_all = [&] {
        rig.show(still, 3);
        rig.show(moved);
        rig.show(black, 2);
        rig.show(still);
    };
    show_all();
    CHECK(muxtap::test::allocations_during([&] {
              for (int i = 0; i < 50; ++i) show_all();
          }) == 0);
    CHECK(rig.findings.empty());
}

}  // namespace
}  // namespace muxtap::frames
