#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "client/frames/frames_config.h"

namespace muxtap::frames {

/// Chooses pictures at a rate: the first at or after each multiple of its interval, less a tenth of it: key frames are
/// not always on time. Used by one thread.
class PictureClock {
public:
    explicit PictureClock(PictureRate rate);

    /// Whether the picture at this position is due; it is then taken. Positions go up; one that goes back by more than
    /// an interval begins anew.
    [[nodiscard]] bool take(std::chrono::nanoseconds position);
    /// The same without taking it.
    [[nodiscard]] bool due(std::chrono::nanoseconds position) const;

    /// Time between two pictures, 0: every picture.
    [[nodiscard]] std::chrono::nanoseconds interval() const noexcept { return interval_; }

private:
    void advance(std::chrono::nanoseconds from);

    std::chrono::nanoseconds interval_;
    std::optional<std::chrono::nanoseconds> next_;
    /// What the interval has beyond whole nanoseconds, and how much of it has added up, in parts of a nanosecond.
    std::int64_t rest_ = 0;
    std::int64_t rests_ = 0;
    std::int64_t parts_ = 1;
};

/// Decides which access units of a video stream are decoded: all, or only key frames where that is enough for the
/// picture rate; and leaves out the oldest ones when decoding is slower than the stream. Used by one thread.
class DecodeGate {
public:
    DecodeGate(DecodeMode mode, PictureRate rate);

    enum class Verdict : std::uint8_t {
        decode,
        not_needed,  ///< the pictures asked for can be had without it
        skipped,     ///< it would be needed, but decoding does not keep up
    };
    /// The next access unit in decoding order. `fill`: how full the queue before the decoder is, 0 to 1.
    [[nodiscard]] Verdict judge(bool key_frame, std::chrono::nanoseconds position, double fill);

    /// Access units are missing before the next one: what was made of them cannot be decoded.
    void interrupt();

    /// Whether only key frames are decoded, as of the last access unit.
    [[nodiscard]] bool key_frames_only() const noexcept { return key_frames_only_; }

private:
    void note_key_frame(std::chrono::nanoseconds position);
    void choose_mode(bool key_frame, std::chrono::nanoseconds position);

    DecodeMode mode_;
    PictureClock clock_;
    bool key_frames_only_;
    bool skipping_ = false;
    /// For a key frame: what depends on pictures that were not decoded is not decoded either.
    enum class Waiting : std::uint8_t { no, to_begin, to_catch_up };
    Waiting waiting_ = Waiting::to_begin;
    std::optional<std::chrono::nanoseconds> waiting_since_;  ///< or the last picture that was decoded
    std::optional<std::chrono::nanoseconds> last_key_frame_;
    std::optional<std::chrono::nanoseconds> first_;  ///< access unit
    unsigned close_key_frames_ = 0;                  ///< one after another near enough for the picture rate
};

}  // namespace muxtap::frames
