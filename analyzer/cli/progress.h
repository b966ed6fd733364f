#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "common/base/clock.h"

namespace muxtap::analyze {

/// A line on the terminal that tells how far a file has been read, once that takes more than a second.
class Progress {
public:
    /// Hears how many bytes have been read so far, each time.
    using Listener = std::function<void(std::uint64_t bytes)>;

    /// `enabled`: standard error is a terminal and the user wants it.
    Progress(
        bool enabled, std::string path, std::uint64_t total_bytes, Listener listener = [](std::uint64_t) {});
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;
    ~Progress();

    /// So many bytes have been read so far.
    void update(std::uint64_t bytes);

private:
    bool enabled_;
    bool shown_ = false;
    std::string path_;
    std::uint64_t total_;
    Listener listener_;
    SteadyTime start_;
    SteadyTime next_;
};

/// The line itself: `film.ts  45 %  1.2 GB of 2.6 GB  3.1 GB/s`, at most `columns` characters. `total` 0: not known.
[[nodiscard]] std::string progress_line(const std::string& path, std::uint64_t bytes, std::uint64_t total,
                                        std::chrono::nanoseconds elapsed, std::size_t columns);

}  // namespace muxtap::analyze
