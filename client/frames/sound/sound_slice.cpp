#include "client/frames/sound/sound_slice.h"

#include <algorithm>
#include <cmath>

namespace muxtap::frames {

std::uint64_t frames_in(std::chrono::nanoseconds duration, unsigned sample_rate) noexcept {
    // 2^62 and more would not go into the integer.
    constexpr double most = 4e18;
    const double frames = std::chrono::duration<double>(duration).count() * sample_rate;
    return static_cast<std::uint64_t>(std::clamp(std::round(frames), 1.0, most));
}

MediaTime shifted(MediaTime time, std::int64_t frames, unsigned sample_rate) noexcept {
    const std::chrono::nanoseconds distance = sound_duration(frames, sample_rate);
    time.position += distance;
    time.captured += distance;
    if (time.pts) {
        const auto rate = static_cast<std::int64_t>(sample_rate);
        constexpr auto second = static_cast<std::int64_t>(ts::Timestamp::ticks_per_second);
        const std::int64_t ticks = frames / rate * second + frames % rate * second / rate;
        // Unsigned arithmetic wraps at 2^64, a multiple of the modulus.
        time.pts = ts::Timestamp::from_ticks(time.pts->ticks() + static_cast<std::uint64_t>(ticks));
    }
    return time;
}

}  // namespace muxtap::frames
