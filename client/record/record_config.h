#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/feed/feed_selection.h"
#include "client/files/path_pattern.h"
#include "common/app/options.h"
#include "common/base/result.h"

namespace muxtap::record {

/// What happens to a file that is there already when the first packet for it arrives.
enum class ExistingPolicy : std::uint8_t { append, overwrite, next, fail };

/// When the kernel is told to put a file on the disk.
enum class SyncPolicy : std::uint8_t { never, close, flush };

/// Which recorded files may be kept; nothing set: all.
struct RetentionLimits {
    std::optional<std::uint64_t> max_bytes{};
    std::optional<std::chrono::nanoseconds> max_age{};
    std::optional<std::uint64_t> min_free{};

    [[nodiscard]] bool any() const noexcept { return max_bytes || max_age || min_free; }
};

/// How one file is written.
struct FileSettings {
    std::chrono::nanoseconds flush{std::chrono::seconds{1}};       ///< longest time packets stay in memory
    std::chrono::nanoseconds disk_retry{std::chrono::seconds{1}};  ///< between two attempts to write to a full disk
    SyncPolicy sync = SyncPolicy::close;
    bool sidecar = true;
};

/// The options of muxtap-record, checked.
struct RecordConfig {
    client::FeedSelection feed;

    bool to_stdout = false;
    client::PathPattern output;
    std::optional<std::chrono::nanoseconds> segment;
    std::chrono::nanoseconds segment_wait{std::chrono::seconds{2}};
    ExistingPolicy existing = ExistingPolicy::append;
    FileSettings file;
    RetentionLimits retention;

    std::optional<std::chrono::nanoseconds> duration;
    std::optional<std::uint64_t> packet_count;
    bool exit_on_end = false;
    bool progress = true;  ///< a status line, if standard error is a terminal
    std::chrono::nanoseconds log_interval{std::chrono::seconds{1}};
};

/// The error names the option and what it expects.
[[nodiscard]] Result<RecordConfig> read_config(const app::Options& options);

}  // namespace muxtap::record
