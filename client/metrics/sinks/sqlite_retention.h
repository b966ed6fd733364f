#pragma once

#include <chrono>

#include "client/metrics/sinks/sqlite_database.h"
#include "common/base/clock.h"

namespace muxtap::metrics {

/// Deletes what is old from a metrics database, a small portion each time, and gives its pages back to the file system.
class SqliteRetention {
public:
    /// Keeps what is younger than `keep`; 0 keeps everything.
    explicit SqliteRetention(std::chrono::nanoseconds keep) noexcept : keep_(keep) {}

    /// Deletes a portion when there is something old: some milliseconds at most. Not more often than once a second
    /// unless there was more than a portion. True when it deleted something.
    [[nodiscard]] SqliteResult<bool> do_work(SqliteDatabase& database, UnixTime now, SteadyTime steady);

private:
    [[nodiscard]] SqliteResult<std::int64_t> delete_portion(SqliteDatabase& database, UnixTime before);

    std::chrono::nanoseconds keep_;
    SteadyTime next_{};
};

}  // namespace muxtap::metrics
