#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "common/app/log.h"
#include "common/base/repeat_limiter.h"

namespace muxtap::record {

/// Tells the operator that files cannot be written: once when it begins, then repeated with counts, and when it is
/// over. One alarm for all files. Used by one thread.
class DiskAlarm {
public:
    explicit DiskAlarm(app::Log& log) noexcept : log_(log) {}

    /// Writing `path` failed with this errno, now or again.
    void failed(std::string_view path, int error, SteadyTime now);
    /// Packets for `path` were given up because memory was used up as well.
    void dropped(std::string_view path, std::uint64_t packets, SteadyTime now);
    /// `path` can be written again.
    void recovered(std::string_view path, SteadyTime now);
    /// `path` will not be tried again.
    void given_up(std::string_view path);

    [[nodiscard]] bool active() const noexcept { return !failing_.empty(); }
    /// Packets given up since the program started.
    [[nodiscard]] std::uint64_t dropped_packets() const noexcept { return dropped_total_; }

private:
    struct Failure {
        int error = 0;
        std::uint64_t attempts = 0;
        std::uint64_t dropped = 0;
        SteadyTime since{};
    };
    void log_failure(std::string_view path, const Failure& failure);

    app::Log& log_;
    std::map<std::string, Failure, std::less<>> failing_;
    RepeatLimiter repeats_{std::chrono::seconds{10}};
    std::uint64_t dropped_total_ = 0;
};

}  // namespace muxtap::record
