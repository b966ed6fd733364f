#pragma once

#include <cstdint>
#include <string>

#include "common/base/result.h"

namespace muxtap::kafka {

/// Gives a spool and its write-ahead log another name beside the old one, FILE.damaged-TIME. Returns that name.
[[nodiscard]] Result<std::string> set_files_aside(const std::string& path);

/// The last frame of SQLite's write-ahead log that carries a salt of its header, counted from 1, whole or not: how much
/// was written since the log was last begun. 0 when there is no log.
[[nodiscard]] std::uint64_t frames_in_log(const std::string& path);

/// Bytes of the write-ahead log beside the database, 0 when there is none.
[[nodiscard]] std::uint64_t log_size(const std::string& path) noexcept;

}  // namespace muxtap::kafka
