#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "common/base/clock.h"

namespace muxtap {

/// Lets the first of many equal events through at once and then one per interval, with how many there were.
class RepeatLimiter {
public:
    explicit RepeatLimiter(std::chrono::nanoseconds interval) noexcept : interval_(interval) {}

    /// Notes `count` events. When it is time to say so: how many since it was last said.
    [[nodiscard]] std::optional<std::uint64_t> note(SteadyTime now, std::uint64_t count = 1) noexcept {
        waiting_ += count;
        return due(now);
    }

    /// As `note` without a new event: what is still waiting to be said, once its time has come.
    [[nodiscard]] std::optional<std::uint64_t> due(SteadyTime now) noexcept {
        if (waiting_ == 0 || (last_ && now < *last_ + interval_)) return std::nullopt;
        last_ = now;
        const std::uint64_t count = waiting_;
        waiting_ = 0;
        return count;
    }

private:
    std::chrono::nanoseconds interval_;
    std::optional<SteadyTime> last_;
    std::uint64_t waiting_ = 0;
};

}  // namespace muxtap
