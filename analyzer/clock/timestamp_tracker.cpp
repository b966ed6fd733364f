#include "analyzer/clock/timestamp_tracker.h"

#include <algorithm>

#include "common/ts/pcr.h"

namespace muxtap::analyzer {

namespace {

constexpr std::int64_t ticks_per_second = ts::Timestamp::ticks_per_second;

}  // namespace

TimestampOutcome TimestampTracker::add(const ts::PesHeader& header, std::optional<UnixTime> now,
                                       std::optional<std::int64_t> program_clock_ticks_now,
                                       bool expected_jump) noexcept {
    TimestampOutcome outcome;
    ++info_.pes_packets;
    constexpr std::uint8_t padding_stream = 0xBE;
    if (header.stream_id != padding_stream || !info_.pes_stream_id) info_.pes_stream_id = header.stream_id;
    if (!header.pts) return outcome;
    if (expected_jump) {
        last_pts_.reset();
        last_decoding_.reset();
        recent_margin_ms_.reset();
    }
    judge_steps(header, now, outcome);
    judge_gap(now, outcome);
    if (program_clock_ticks_now) note_margins(header, *program_clock_ticks_now, outcome);

    ++info_.pts_count;
    if (!info_.first_pts) info_.first_pts = header.pts->ticks();
    info_.last_pts = header.pts->ticks();
    if (header.dts) {
        ++info_.dts_count;
        if (!info_.first_dts) info_.first_dts = header.dts->ticks();
        info_.last_dts = header.dts->ticks();
    }
    last_pts_ = header.pts;
    last_decoding_ = header.dts ? header.dts : header.pts;
    last_pts_time_ = now;
    gap_raised_ = false;
    return outcome;
}

bool TimestampTracker::jumps_ahead(std::int64_t step, std::optional<UnixTime> now) const noexcept {
    const bool dense = kind_ == MediaKind::video || kind_ == MediaKind::audio || kind_ == MediaKind::unknown;
    // Subtitles are sent as early as their maker likes.
    const std::int64_t tolerance = (dense ? 1 : 10) * ticks_per_second;
    std::int64_t passed = 0;
    if (now && last_pts_time_) passed = std::max<std::int64_t>(0, (*now - *last_pts_time_).count() / 100'000 * 9);
    return step > ticks_per_second && step - passed > tolerance;
}

void TimestampTracker::judge_steps(const ts::PesHeader& header, std::optional<UnixTime> now,
                                   TimestampOutcome& outcome) noexcept {
    if (!last_pts_ || !last_decoding_) return;
    const ts::Timestamp decoding = header.dts ? *header.dts : *header.pts;
    const std::int64_t decoding_step = decoding.ticks_since(*last_decoding_);
    const std::int64_t pts_step = header.pts->ticks_since(*last_pts_);
    // Where a video stream never has DTS its PTS are all there is, and they are reordered.
    const bool may_be_video = kind_ == MediaKind::video || kind_ == MediaKind::unknown;
    const bool reordered = may_be_video && info_.dts_count == 0 && !header.dts;
    const std::int64_t lowest = reordered ? -ticks_per_second : 0;
    const bool decoding_jump = decoding_step < lowest || jumps_ahead(decoding_step, now);
    const bool pts_jump = pts_step < -ticks_per_second || jumps_ahead(pts_step, now);
    if (decoding_jump && header.dts) {
        ++info_.dts_jumps;
        outcome.jump = TimestampJump{.dts = true, .from = last_decoding_->ticks(), .to = decoding.ticks()};
    }
    if (!pts_jump && (header.dts || !decoding_jump)) return;
    ++info_.pts_jumps;
    if (!outcome.jump)
        outcome.jump = TimestampJump{.dts = false, .from = last_pts_->ticks(), .to = header.pts->ticks()};
}

void TimestampTracker::judge_gap(std::optional<UnixTime> now, TimestampOutcome& outcome) noexcept {
    if (!now || !last_pts_time_) return;
    const std::chrono::nanoseconds interval = *now - *last_pts_time_;
    info_.pts_interval_max_ns = std::max<std::int64_t>(info_.pts_interval_max_ns, interval.count());
    outcome.pts_gap = interval > pts_limit_ && !gap_raised_;
}

void TimestampTracker::note_margins(const ts::PesHeader& header, std::int64_t program_clock,
                                    TimestampOutcome& outcome) noexcept {
    const auto modulus = static_cast<std::int64_t>(ts::Pcr::modulus);
    const ts::Pcr clock =
        ts::Pcr::from_ticks(static_cast<std::uint64_t>((program_clock % modulus + modulus) % modulus));
    const auto margin = [clock](ts::Timestamp stamp) {
        return static_cast<double>(ts::Pcr::from_ticks(stamp.ticks() * 300).ticks_since(clock)) / 27'000.0;
    };
    const double decode = margin(header.dts ? *header.dts : *header.pts);
    const double presentation = margin(*header.pts);
    decode_margin_.add(decode);
    presentation_margin_.add(presentation);
    outcome.decode_margin_ms = decode;
    constexpr double newest_share = 1.0 / 16;
    // A jump of the clock or the stamps shall not be averaged away over the next packets.
    const bool far =
        recent_margin_ms_ && (presentation - *recent_margin_ms_ > 1000 || presentation - *recent_margin_ms_ < -1000);
    if (!recent_margin_ms_ || far)
        recent_margin_ms_ = presentation;
    else
        *recent_margin_ms_ += newest_share * (presentation - *recent_margin_ms_);
}

bool TimestampTracker::advance(UnixTime now) noexcept {
    if (!last_pts_time_ || gap_raised_ || now - *last_pts_time_ <= pts_limit_) return false;
    gap_raised_ = true;
    return true;
}

TimestampInfo TimestampTracker::info() const noexcept {
    TimestampInfo info = info_;
    info.decode_margin_ms = decode_margin_.spread();
    info.presentation_margin_ms = presentation_margin_.spread();
    return info;
}

}  // namespace muxtap::analyzer
