#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "client/record/record_config.h"
#include "common/app/log.h"
#include "common/base/clock.h"
#include "common/base/repeat_limiter.h"
#include "common/base/result.h"

namespace muxtap::record {

/// A finished file that may be deleted.
struct RecordedFile {
    std::string path;
    std::uint64_t bytes = 0;
    UnixTime started{};
    UnixTime ended{};
};

/// Deletes the oldest finished files beyond the limits. Knows only files of this recorder: those whose sidecar names
/// the same output pattern and a chosen stream. Never touches a file that is being written. Used by one thread.
class Retention {
public:
    struct Scope {
        std::string folder;  ///< all files are in it or below
        std::string output;  ///< the pattern, as sidecars name it
        std::vector<client::StreamChoice> streams;
    };
    Retention(RetentionLimits limits, Scope scope, app::Log& log);

    /// Finds what earlier runs have left. The error names a limit that would delete everything and still not be kept.
    [[nodiscard]] Result<void> scan();
    /// This run has finished a file.
    void add(RecordedFile file);
    /// This file is being written from now on.
    void forget(const std::string& path);

    /// Deletes what is beyond the limits; `open_bytes` are in files being written.
    void enforce(UnixTime now, SteadyTime steady, std::uint64_t open_bytes);
    /// Deletes the oldest file to make room on a full disk. False when there is none, or no limit was ever set.
    [[nodiscard]] bool make_room();

    [[nodiscard]] std::size_t files() const noexcept { return by_age_.size(); }
    [[nodiscard]] std::uint64_t bytes() const noexcept { return bytes_; }

private:
    [[nodiscard]] bool delete_oldest(std::string_view limit);
    [[nodiscard]] bool too_little_free() const;

    RetentionLimits limits_;
    Scope scope_;
    app::Log& log_;
    std::multimap<UnixTime, RecordedFile> by_age_;  ///< by start
    std::uint64_t bytes_ = 0;
    RepeatLimiter exhausted_{std::chrono::minutes{1}};
};

}  // namespace muxtap::record
