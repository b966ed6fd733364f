#pragma once

#include <algorithm>
#include <chrono>
#include <optional>
#include <thread>

#include "common/base/clock.h"

namespace muxtap::probe {

/// Lets the times of a recording pass as they passed then. Used by one thread.
class Pacer {
public:
    /// Waits until `time` of the recording has come, at most `longest`; true when it has. A step back or a gap of more
    /// than ten seconds in the recording is not waited for.
    [[nodiscard]] bool wait_for(std::chrono::nanoseconds time, std::chrono::nanoseconds longest) {
        constexpr std::chrono::seconds largest_gap{10};
        if (!last_ || time < *last_ || time - *last_ > largest_gap) offset_ = steady_now() - SteadyTime{time};
        last_ = time;
        const SteadyTime due = SteadyTime{time} + offset_;
        const SteadyTime now = steady_now();
        if (due <= now) return true;
        std::this_thread::sleep_for(std::min<std::chrono::nanoseconds>(due - now, longest));
        return due <= steady_now();
    }

private:
    std::optional<std::chrono::nanoseconds> last_;
    std::chrono::nanoseconds offset_{0};
};

}  // namespace muxtap::probe
