#include "analyzer/clock/timestamp_tracker.h"

#include <catch2/catch.hpp>
#include <vector>

#include "tests/support/allocation_counter.h"

namespace muxtap::analyzer {
namespace {

using namespace std::chrono_literals;

const UnixTime start = from_unix_ns(1'700'000'000'000'000'000);

ts::Timestamp stamp(std::int64_t ticks) {
    constexpr auto modulus = static_cast<std::int64_t>(ts::Timestamp::modulus);
    return ts::Timestamp::from_ticks(static_cast<std::uint64_t>((ticks % modulus + modulus) % modulus));
}

struct Pes {
    std::optional<std::int64_t> pts;
    std::optional<std::int64_t> dts = {};
    std::int64_t at_ms = 0;
    bool expected = false;

    [[nodiscard]] ts::PesHeader header() const {
        ts::PesHeader made;
        made.stream_id = 0xE0;
        if (pts) made.pts = stamp(*pts);
        if (dts) made.dts = stamp(*dts);
        return made;
    }
};

struct Seen {
    std::uint64_t jumps = 0;
    std::uint64_t gaps = 0;
    TimestampInfo info;
    std::optional<TimestampJump> last_jump;
};

Seen play(MediaKind kind, const std::vector<Pes>& packets) {
    TimestampTracker tracker{Thresholds{}};
    tracker.set_kind(kind);
    Seen seen;
    for (const Pes& pes : packets) {
        const TimestampOutcome outcome =
            tracker.add(pes.header(), start + std::chrono::milliseconds(pes.at_ms), std::nullopt, pes.expected);
        if (outcome.jump) {
            ++seen.jumps;
            seen.last_jump = outcome.jump;
        }
        if (outcome.pts_gap) ++seen.gaps;
    }
    seen.info = tracker.info();
    return seen;
}

/// Video with two B pictures between the others, 25 pictures a second: I P B B P B B ...
std::vector<Pes> reordered_video(int pictures, bool with_dts) {
    std::vector<Pes> made;
    for (int i = 0; i < pictures; ++i) {
        const std::int64_t dts = 3600LL * i;
        const std::int64_t shown = i == 0 ? 1 : i % 3 == 1 ? i + 3 : i;
        Pes pes{.pts = 3600 * shown, .at_ms = 40LL * i};
        if (with_dts && *pes.pts != dts) pes.dts = dts;
        made.push_back(pes);
    }
    return made;
}

TEST_CASE("reordered pictures do not jump, with DTS or without") {
    for (const MediaKind kind : {MediaKind::video, MediaKind::unknown}) {
        for (const bool with_dts : {true, false}) {
            const Seen seen = play(kind, reordered_video(300, with_dts));
            CHECK(seen.jumps == 0);
            CHECK(seen.gaps == 0);
            CHECK(seen.info.pts_count == 300);
            CHECK((seen.info.dts_count > 0) == with_dts);
        }
    }
}

TEST_CASE("jumps are found in decoding order") {
    struct Row {
        const char* what;
        MediaKind kind;
        std::vector<Pes> packets;
        std::uint64_t pts_jumps;
        std::uint64_t dts_jumps;
    };
    const std::vector<Row> rows = {
        {"audio goes on", MediaKind::audio, {{0}, {2160, {}, 24}, {4320, {}, 48}}, 0, 0},
        {"audio goes back by a frame", MediaKind::audio, {{2160}, {0, {}, 24}}, 1, 0},
        {"audio goes ahead by 0.9 s", MediaKind::audio, {{0}, {81'000, {}, 24}}, 0, 0},
        {"audio goes ahead by 2 s", MediaKind::audio, {{0}, {180'000, {}, 24}}, 1, 0},
        {"audio goes ahead by 2 s in 2 s", MediaKind::audio, {{0}, {180'000, {}, 2000}}, 0, 0},
        {"audio goes ahead by 2 s, announced", MediaKind::audio, {{0}, {180'000, {}, 24, true}}, 0, 0},
        {"DTS goes back", MediaKind::video, {{7200, 3600}, {14'400, 0, 40}}, 0, 1},
        {"PTS without DTS goes back behind DTS", MediaKind::video, {{72'000, 36'000}, {18'000, {}, 40}}, 1, 0},
        {"video starts anew", MediaKind::video, {{9'007'200, 9'003'600}, {7200, 3600, 40}}, 1, 1},
        {"PTS alone goes ahead", MediaKind::video, {{7200, 3600}, {207'200, 7200, 40}}, 1, 0},
        {"the wrap", MediaKind::audio, {{-2160}, {0, {}, 24}, {2160, {}, 48}}, 0, 0},
        {"subtitles every 8 s", MediaKind::subtitle, {{0}, {720'000, {}, 8000}, {1'440'000, {}, 16'500}}, 0, 0},
        {"subtitles 5 s early", MediaKind::subtitle, {{0}, {720'000, {}, 3000}}, 0, 0},
        {"subtitles go back", MediaKind::subtitle, {{720'000}, {0, {}, 3000}}, 1, 0},
    };
    for (const Row& row : rows) {
        CAPTURE(row.what);
        const Seen seen = play(row.kind, row.packets);
        CHECK(seen.info.pts_jumps == row.pts_jumps);
        CHECK(seen.info.dts_jumps == row.dts_jumps);
        CHECK(seen.jumps == std::max(row.pts_jumps, row.dts_jumps));
    }
}

TEST_CASE("a jump is told with where it came from and went to") {
    CHECK(play(MediaKind::audio, {{2160}, {900'000, {}, 24}}).last_jump ==
          TimestampJump{.dts = false, .from = 2160, .to = 900'000});
    CHECK(play(MediaKind::video, {{7200, 3600}, {907'200, 903'600, 40}}).last_jump ==
          TimestampJump{.dts = true, .from = 3600, .to = 903'600});
}

TEST_CASE("a gap between PTS is judged by the clock, whatever lies between") {
    CHECK(play(MediaKind::audio, {{0}, {63'000, {}, 700}}).gaps == 0);
    CHECK(play(MediaKind::audio, {{0}, {63'000, {}, 701}}).gaps == 1);
    const Seen seen = play(MediaKind::audio, {{0}, {{}, {}, 300}, {{}, {}, 600}, {81'000, {}, 900}});
    CHECK(seen.gaps == 1);
    CHECK(seen.info.pes_packets == 4);
    CHECK(seen.info.pts_count == 2);
    CHECK(seen.info.pts_interval_max_ns == 900'000'000);
}

TEST_CASE("silence raises the gap once") {
    TimestampTracker tracker{Thresholds{}};
    CHECK_FALSE(tracker.advance(start));
    (void)tracker.add(Pes{0}.header(), start, std::nullopt, false);
    CHECK_FALSE(tracker.advance(start + 700ms));
    CHECK(tracker.advance(start + 701ms));
    CHECK_FALSE(tracker.advance(start + 2s));
    CHECK_FALSE(tracker.add(Pes{180'000}.header(), start + 3s, std::nullopt, false).pts_gap);
    CHECK(tracker.advance(start + 4s));
}

TEST_CASE("margins are time stamp less program clock, over the wrap, too") {
    TimestampTracker tracker{Thresholds{}};
    const auto add = [&tracker](std::int64_t pts, std::optional<std::int64_t> dts, std::int64_t clock) {
        return tracker.add(Pes{pts, dts}.header(), std::nullopt, clock, false).decode_margin_ms;
    };
    CHECK(add(90'000, 45'000, 0) == Approx(500));
    CHECK(add(108'000, {}, 27'000'000) == Approx(200));
    CHECK(add(0, {}, static_cast<std::int64_t>(ts::Pcr::modulus) - 2'700'000) == Approx(100));
    CHECK(add(0, {}, 270'000) == Approx(-10));
    const TimestampInfo info = tracker.info();
    CHECK(info.decode_margin_ms.count == 4);
    CHECK(info.decode_margin_ms.min == Approx(-10));
    CHECK(info.decode_margin_ms.max == Approx(500));
    CHECK(info.presentation_margin_ms.max == Approx(1000));
}

TEST_CASE("the offset of audio and video is the difference of their margins") {
    TimestampTracker audio{Thresholds{}};
    TimestampTracker video{Thresholds{}};
    CHECK_FALSE(audio_video_offset_ms(audio, video).has_value());
    for (std::int64_t i = 0; i < 100; ++i) {
        const std::int64_t clock = i * 27'000 * 24;
        (void)audio.add(Pes{i * 2160 + 27'000}.header(), std::nullopt, clock, false);
        (void)video.add(Pes{i * 2160 + 63'000}.header(), std::nullopt, clock, false);
    }
    CHECK(*audio_video_offset_ms(audio, video) == Approx(-400));
}

TEST_CASE("PES packets without header are counted, and nothing is allocated") {
    TimestampTracker tracker{Thresholds{}};
    CHECK(muxtap::test::allocations_during([&] {
              for (std::int64_t i = 0; i < 1000; ++i)
                  (void)tracker.add(Pes{i * 3600, i * 3600 - 1800}.header(), start + i * 40ms, i * 27'000 * 40, false);
              tracker.invalid();
          }) == 0);
    const TimestampInfo info = tracker.info();
    CHECK(info.invalid_pes == 1);
    CHECK(info.first_pts == 0U);
    CHECK(info.last_pts == 999U * 3600);
    CHECK(info.first_dts == ts::Timestamp::modulus - 1800);
    CHECK(info.last_dts == 999U * 3600 - 1800);
    CHECK(info.pes_stream_id == 0xE0);
    CHECK(info.pts_jumps == 0);
}

}  // namespace
}  // namespace muxtap::analyzer
