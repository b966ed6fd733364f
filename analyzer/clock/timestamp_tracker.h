#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "analyzer/clock/spread_meter.h"
#include "analyzer/options.h"
#include "analyzer/report/clock_info.h"
#include "analyzer/report/stream_info.h"
#include "common/base/clock.h"
#include "common/ts/pes_header.h"

namespace muxtap::analyzer {

/// A time stamp that is not where the one before and the time that passed put it. Ticks of 90 kHz.
struct TimestampJump {
    bool dts = false;  ///< of DTS; else of PTS
    std::uint64_t from = 0;
    std::uint64_t to = 0;

    [[nodiscard]] bool operator==(const TimestampJump&) const noexcept = default;
};

/// What one PES packet has shown.
struct TimestampOutcome {
    bool pts_gap = false;  ///< TR 101 290, 2.5: longer than allowed since the last PTS. For video and audio.
    std::optional<TimestampJump> jump;
    std::optional<double> decode_margin_ms;  ///< of this PES packet
};

/// Follows PTS and DTS of one PID with PES packets. No allocation.
///
/// Decoding time is DTS, or PTS where there is none as it would be the same (ISO/IEC 13818-1, 2.4.3.7). It must not go
/// back; PTS of video goes back all the time, as pictures are sent in decoding order, and so only a step of more than
/// 1 s is a jump of it. Steps forward are held against the time that passed, so that sparse streams and silence do not
/// jump.
class TimestampTracker {
public:
    explicit TimestampTracker(const Thresholds& thresholds) noexcept : pts_limit_(thresholds.pts) {}

    /// What the stream is, as soon as it is known: video PTS are reordered; subtitles, teletext and data are sparse.
    void set_kind(MediaKind kind) noexcept { kind_ = kind; }

    /// The next PES packet. `now`: time of its first packet; empty where there is none. `program_clock_ticks_now`: what
    /// the program's clock shows then (`ProgramClock::at`). `expected_jump`: a new time base was announced, or the
    /// program's clock has jumped, since the one before.
    [[nodiscard]] TimestampOutcome add(const ts::PesHeader& header, std::optional<UnixTime> now,
                                       std::optional<std::int64_t> program_clock_ticks_now,
                                       bool expected_jump) noexcept;

    /// A unit start without a PES header where one must be.
    void invalid() noexcept { ++info_.invalid_pes; }

    /// Lets time pass: true once when no PTS came for longer than allowed (2.5); the PTS that ends such a gap does not
    /// raise it again. All PES packets up to `now` have been added before.
    [[nodiscard]] bool advance(UnixTime now) noexcept;

    [[nodiscard]] TimestampInfo info() const noexcept;

    /// PTS less PCR of the last few PES packets, in milliseconds; empty while not known.
    [[nodiscard]] std::optional<double> recent_presentation_margin_ms() const noexcept { return recent_margin_ms_; }

private:
    [[nodiscard]] bool jumps_ahead(std::int64_t step, std::optional<UnixTime> now) const noexcept;
    void judge_steps(const ts::PesHeader& header, std::optional<UnixTime> now, TimestampOutcome& outcome) noexcept;
    void judge_gap(std::optional<UnixTime> now, TimestampOutcome& outcome) noexcept;
    void note_margins(const ts::PesHeader& header, std::int64_t program_clock, TimestampOutcome& outcome) noexcept;

    std::chrono::nanoseconds pts_limit_;
    MediaKind kind_ = MediaKind::unknown;
    TimestampInfo info_;
    std::optional<ts::Timestamp> last_pts_;
    std::optional<ts::Timestamp> last_decoding_;
    std::optional<UnixTime> last_pts_time_;
    bool gap_raised_ = false;
    SpreadMeter decode_margin_;
    SpreadMeter presentation_margin_;
    std::optional<double> recent_margin_ms_;
};

/// How far audio is ahead of the video it is sent beside: PTS of audio less that of video, each less the program's
/// clock at its arrival, over the last few PES packets, in milliseconds. Negative: audio is sent later than the video
/// it goes with. Empty where one of them has no PTS or no PCR.
[[nodiscard]] inline std::optional<double> audio_video_offset_ms(const TimestampTracker& audio,
                                                                 const TimestampTracker& video) noexcept {
    const auto of_audio = audio.recent_presentation_margin_ms();
    const auto of_video = video.recent_presentation_margin_ms();
    if (!of_audio || !of_video) return std::nullopt;
    return *of_audio - *of_video;
}

}  // namespace muxtap::analyzer
