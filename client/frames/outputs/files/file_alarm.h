#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "common/app/log.h"
#include "common/base/clock.h"
#include "common/base/repeat_limiter.h"

namespace muxtap::frames {

/// A picture that could not be written.
struct FileFailure {
    std::string_view option;  ///< "latest"
    std::string_view owner;   ///< key of whose files they are
    const std::string& path;
    int error;  ///< errno
};

/// Why `failure` happened and what to do about it, as one line.
[[nodiscard]] std::string describe(const FileFailure& failure);

/// Tells the operator that picture files cannot be written: for each reason once when it begins, then now and again
/// with counts, and when all can be written again. Used by one thread.
class FileAlarm {
public:
    static constexpr std::chrono::seconds between_lines{30};
    /// An owner that failed and has had no pictures for this long is not waited for.
    static constexpr std::chrono::seconds owner_patience{60};

    explicit FileAlarm(app::Log& log) noexcept : log_(log) {}

    void failed(const FileFailure& failure, SteadyTime now);
    /// A picture of this owner was written.
    void written(std::string_view option, std::string_view owner, SteadyTime now);
    void tick(SteadyTime now);

    [[nodiscard]] bool active() const noexcept { return !failing_.empty(); }
    /// The last failure as one line, empty when all goes well.
    [[nodiscard]] const std::string& problem() const noexcept { return problem_; }

private:
    using Owner = std::pair<std::string, std::string>;  ///< option and key
    void tell_recovery();

    app::Log& log_;
    std::map<Owner, SteadyTime> failing_;   ///< when it last failed
    std::map<int, RepeatLimiter> reasons_;  ///< by errno
    RepeatLimiter recoveries_{between_lines};
    bool recovered_ = false;  ///< not told yet
    std::uint64_t lost_ = 0;  ///< pictures, since that was last told
    std::string problem_;
};

}  // namespace muxtap::frames
