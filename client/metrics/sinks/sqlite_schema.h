#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "client/metrics/sinks/sqlite_database.h"
#include "common/base/result.h"

namespace muxtap::metrics {

/// In the header of the files that are ours ("muxt"), and the version of their tables.
inline constexpr std::int64_t sqlite_application_id = 0x6D757874;
inline constexpr std::int64_t sqlite_schema_version = 1;

/// The metrics database in this file, made when it is not there or empty. A file that is something else, or has tables
/// of another version, is an error and is not touched. The tables are described in docs/queries.md.
/// `patience`: how long to wait for a lock that another program holds.
[[nodiscard]] Result<SqliteDatabase> open_metrics_database(const std::string& path, std::chrono::milliseconds patience);

}  // namespace muxtap::metrics
