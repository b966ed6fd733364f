#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "common/base/clock.h"
#include "proto/feed_header.h"

namespace muxtap::client {

enum class SilenceEvent : std::uint8_t {
    none,
    fell_silent,
    came_back,
};

/// Notices when nothing has come for a while, and when it comes again. Pure.
class SilenceWatch {
public:
    SilenceWatch(std::chrono::nanoseconds longest, SteadyTime now) noexcept : longest_(longest), last_(now) {}

    /// Something has come.
    [[nodiscard]] SilenceEvent heard(SteadyTime now) noexcept {
        last_ = now;
        if (!silent_) return SilenceEvent::none;
        silent_ = false;
        return SilenceEvent::came_back;
    }

    /// `fell_silent` once, when it has been silent for long enough.
    [[nodiscard]] SilenceEvent check(SteadyTime now) noexcept {
        if (silent_ || now - last_ < longest_) return SilenceEvent::none;
        silent_ = true;
        return SilenceEvent::fell_silent;
    }

    /// The wait begins anew: something else explains the silence until now.
    void excuse(SteadyTime now) noexcept {
        if (!silent_) last_ = now;
    }

    /// When something came last, or when the wait began.
    [[nodiscard]] SteadyTime last() const noexcept { return last_; }
    [[nodiscard]] std::chrono::nanoseconds longest() const noexcept { return longest_; }
    [[nodiscard]] bool silent() const noexcept { return silent_; }
    [[nodiscard]] std::chrono::nanoseconds silent_for(SteadyTime now) const noexcept { return now - last_; }

private:
    std::chrono::nanoseconds longest_;
    SteadyTime last_;
    bool silent_ = false;
};

}  // namespace muxtap::client
