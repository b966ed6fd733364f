#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>

#include "client/frames/media_time.h"

namespace muxtap::frames {

/// How long so many samples of a channel last.
[[nodiscard]] constexpr std::chrono::nanoseconds sound_duration(std::int64_t frames, unsigned sample_rate) noexcept {
    constexpr std::int64_t second = 1'000'000'000;
    const auto rate = static_cast<std::int64_t>(sample_rate);
    return std::chrono::nanoseconds{frames / rate * second + frames % rate * second / rate};
}

/// The samples of a channel in so much time, rounded; at least one.
[[nodiscard]] std::uint64_t frames_in(std::chrono::nanoseconds duration, unsigned sample_rate) noexcept;

/// The time of the sample that lies so many samples behind another one, before it where negative.
[[nodiscard]] MediaTime shifted(MediaTime time, std::int64_t frames, unsigned sample_rate) noexcept;

/// A few milliseconds of sound: interleaved samples, all of them finite. Borrowed until the call that takes it returns.
struct SoundSlice {
    MediaTime time;  ///< of the first sample
    std::span<const float> samples;
    std::size_t channels = 1;
    unsigned sample_rate = 1;  ///< Hz

    /// Samples of each channel.
    [[nodiscard]] std::size_t frames() const noexcept { return samples.size() / channels; }
    [[nodiscard]] MediaTime time_at(std::int64_t frame) const noexcept { return shifted(time, frame, sample_rate); }
    [[nodiscard]] MediaTime end() const noexcept { return time_at(static_cast<std::int64_t>(frames())); }
};

}  // namespace muxtap::frames
