#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "common/base/clock.h"
#include "common/ts/timestamp.h"

namespace muxtap::frames {

/// Lays the time stamps of a program's streams on one line that begins at 0, goes on over the wrap of the 33 bits, and
/// over jumps of the program's clock. Used by one thread.
class TimeLine {
public:
    /// A time stamp this far from the others is a jump, unless the time of capture went the same way.
    static constexpr std::chrono::seconds furthest{10};

    /// Where a time stamp lies that was captured at `captured`. Streams of a program are interleaved, so some still
    /// have the clock from before a jump when others have the new one: both are known.
    [[nodiscard]] std::chrono::nanoseconds position(ts::Timestamp stamp, UnixTime captured);

    /// Jumps so far.
    [[nodiscard]] std::uint64_t jumps() const noexcept { return jumps_; }

private:
    /// A time between two jumps: its newest time stamp and where that lies, in ticks of 90 kHz.
    struct Run {
        ts::Timestamp newest;
        std::int64_t position = 0;
        UnixTime captured{};
    };
    [[nodiscard]] static bool belongs(const Run& run, ts::Timestamp stamp, UnixTime captured) noexcept;
    [[nodiscard]] static std::int64_t place(Run& run, ts::Timestamp stamp, UnixTime captured) noexcept;

    std::optional<Run> run_;
    std::optional<Run> before_;  ///< the last jump
    std::uint64_t jumps_ = 0;
};

/// Ticks of 90 kHz in nanoseconds, rounded down, and back, rounded to the nearest.
[[nodiscard]] constexpr std::chrono::nanoseconds ticks_to_time(std::int64_t ticks) noexcept {
    return std::chrono::nanoseconds{ticks >= 0 ? ticks * 100'000 / 9 : -((-ticks * 100'000 + 8) / 9)};
}
[[nodiscard]] constexpr std::int64_t time_to_ticks(std::chrono::nanoseconds time) noexcept {
    const std::int64_t count = time.count();
    return (count * 9 + (count >= 0 ? 50'000 : -50'000)) / 100'000;
}

}  // namespace muxtap::frames
