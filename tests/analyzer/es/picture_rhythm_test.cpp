#include "analyzer/es/picture_rhythm.h"

#include <catch2/catch.hpp>
#include <string>

namespace muxtap::test {
namespace {

using analyzer::VideoInfo;
using es::PictureRhythm;
using es::Ratio;

std::optional<ts::Timestamp> at(std::uint64_t ticks) {
    return ts::Timestamp::from_ticks(ticks);
}

/// Plays pictures 40 ms apart: R random access, p another, - a loss.
VideoInfo play(const std::string& pictures, std::uint64_t start = 0) {
    PictureRhythm rhythm;
    VideoInfo info;
    std::uint64_t time = start;
    for (const char picture : pictures) {
        if (picture == '-') {
            rhythm.interrupted();
            continue;
        }
        rhythm.picture(at(time), picture == 'R', info);
        time += 3600;
    }
    return info;
}

TEST_CASE("groups run from one random access point to the next") {
    struct Row {
        const char* pictures;
        std::uint64_t points;
        std::uint32_t last, min, max;
        std::int64_t interval_last_ms, interval_max_ms;
    };
    for (const Row& row : {Row{"ppRpppp", 1, 0, 0, 0, 0, 0}, Row{"ppRpppR", 2, 4, 4, 4, 160, 160},
                           Row{"RRpRppppR", 4, 5, 1, 5, 200, 200}, Row{"RppppRpR", 3, 2, 2, 5, 80, 200},
                           Row{"Rpp-pRpR", 3, 2, 2, 2, 80, 80}, Row{"Rpp-R", 2, 0, 0, 0, 0, 0}}) {
        INFO(row.pictures);
        const VideoInfo info = play(row.pictures);
        CHECK(info.random_access_points == row.points);
        CHECK(info.gop_last == row.last);
        CHECK(info.gop_min == row.min);
        CHECK(info.gop_max == row.max);
        CHECK(info.random_access_interval_last_ns == row.interval_last_ms * 1'000'000);
        CHECK(info.random_access_interval_max_ns == row.interval_max_ms * 1'000'000);
    }
    CHECK(play("ppRp").pictures == 4);
}

TEST_CASE("the wrap of the time stamps is no gap") {
    const VideoInfo info = play("RpppR", ts::Timestamp::modulus - 5000);
    CHECK(info.random_access_interval_last_ns == 160'000'000);
}

TEST_CASE("time stamps that jump give no interval, pictures without any are counted all the same") {
    PictureRhythm rhythm;
    VideoInfo info;
    rhythm.picture(at(0), true, info);
    rhythm.picture(at(1'000'000'000), false, info);
    rhythm.picture(at(1'000'003'600), true, info);
    CHECK(info.gop_last == 2);
    CHECK(info.random_access_interval_last_ns == 0);
    rhythm.picture(std::nullopt, false, info);
    rhythm.picture(at(1'000'010'800), true, info);
    CHECK(info.random_access_interval_last_ns == 80'000'000);
    rhythm.picture(at(1'000'000'000), true, info);
    CHECK(info.random_access_interval_last_ns == 80'000'000);
    CHECK(info.pictures == 6);
}

TEST_CASE("common rates are recognised by their time stamps") {
    struct Row {
        double distance;
        Ratio rate;
    };
    for (const Row& row : {Row{3600, {25, 1}}, Row{1800, {50, 1}}, Row{3003, {30000, 1001}}, Row{3000, {30, 1}},
                           Row{1501.5, {60000, 1001}}, Row{1500, {60, 1}}, Row{3753.75, {24000, 1001}},
                           Row{3750, {24, 1}}, Row{20000, {9, 2}}}) {
        INFO(row.distance);
        PictureRhythm rhythm;
        VideoInfo info;
        for (int i = 0; i < 16; ++i) {
            rhythm.picture(at(static_cast<std::uint64_t>(i * row.distance)), false, info);
            CHECK_FALSE(rhythm.measured_rate().known());
        }
        rhythm.picture(at(static_cast<std::uint64_t>(16 * row.distance)), false, info);
        CHECK(rhythm.measured_rate() == row.rate);
    }
}

TEST_CASE("single pictures out of step do not change the rate") {
    PictureRhythm rhythm;
    VideoInfo info;
    std::uint64_t time = 0;
    for (int i = 0; i <= 16; ++i) {
        rhythm.picture(at(time), false, info);
        time += i % 5 == 0 ? 7200 : 3600;
    }
    CHECK(rhythm.measured_rate() == Ratio{25, 1});
}

}  // namespace
}  // namespace muxtap::test
