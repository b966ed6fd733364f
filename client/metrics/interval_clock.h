#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>

#include "common/base/clock.h"

namespace muxtap::metrics {

/// Says when intervals end: at multiples of the interval since 1970. Follows the wall clock, also when that is set.
/// Pure.
class IntervalClock {
public:
    IntervalClock(std::chrono::nanoseconds interval, UnixTime now) noexcept
        : interval_(interval), next_(boundary_after(now)) {}

    /// When the interval under way ends.
    [[nodiscard]] UnixTime next() const noexcept { return next_; }

    /// The end of the oldest interval that is over, once each: to be asked until there is none. Of a long stop (the
    /// process was stopped, the clock was set ahead) only the newest interval has an end.
    [[nodiscard]] std::optional<UnixTime> ended(UnixTime now) noexcept {
        // The clock was set back: what is due is due by the new time. A small step ends no interval twice.
        if (now < next_ - 2 * interval_) next_ = boundary_after(now);
        if (now >= next_ + most_late * interval_) next_ = boundary_after(now) - interval_;
        if (now < next_) return std::nullopt;
        return std::exchange(next_, next_ + interval_);
    }

    /// Number of the interval that ends at `end`.
    [[nodiscard]] std::uint64_t number_of(UnixTime end) const noexcept {
        return static_cast<std::uint64_t>(end.time_since_epoch() / interval_);
    }
    [[nodiscard]] std::chrono::nanoseconds interval() const noexcept { return interval_; }

private:
    /// Records that are made late rather than not at all.
    static constexpr int most_late = 10;

    [[nodiscard]] UnixTime boundary_after(UnixTime now) const noexcept {
        return UnixTime{(now.time_since_epoch() / interval_ + 1) * interval_};
    }

    std::chrono::nanoseconds interval_;
    UnixTime next_;
};

}  // namespace muxtap::metrics
