#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

#include "common/base/clock.h"

namespace muxtap::metrics {

/// How the worker is, told by its thread, asked by others.
class WorkerHealth {
public:
    /// The worker's loop has begun another turn.
    void turned(SteadyTime now) noexcept { last_turn_ = now.time_since_epoch().count(); }
    /// A message of a probe has come.
    void heard(SteadyTime now) noexcept { last_heard_ = now.time_since_epoch().count(); }

    [[nodiscard]] bool turned_within(std::chrono::nanoseconds time, SteadyTime now) const noexcept {
        return now.time_since_epoch().count() - last_turn_ <= time.count();
    }
    /// False also when none has ever come.
    [[nodiscard]] bool heard_within(std::chrono::nanoseconds time, SteadyTime now) const noexcept {
        return last_heard_ != 0 && now.time_since_epoch().count() - last_heard_ <= time.count();
    }

private:
    std::atomic<std::int64_t> last_turn_{steady_now().time_since_epoch().count()};  ///< or the start
    std::atomic<std::int64_t> last_heard_{0};
};

}  // namespace muxtap::metrics
