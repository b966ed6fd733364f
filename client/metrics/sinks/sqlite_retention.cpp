#include "client/metrics/sinks/sqlite_retention.h"

#include <array>

namespace muxtap::metrics {
namespace {

/// Rows of intervals, each with those of its PIDs and indicators; and of events. Streams go when the last of their
/// intervals has gone. Events go by when they were stored, which is the order of their rows: those of a file have the
/// times of its recording.
constexpr std::int64_t portion = 100;
constexpr std::array deletions = {
    "DELETE FROM intervals WHERE id IN (SELECT id FROM intervals WHERE time_ns < ?1 ORDER BY time_ns LIMIT ?2)",
    "DELETE FROM events WHERE stored_ns < ?1 AND id IN (SELECT id FROM events ORDER BY id LIMIT ?2)",
    "DELETE FROM streams WHERE id IN (SELECT id FROM streams WHERE last_seen_ns < ?1 AND NOT EXISTS "
    "(SELECT 1 FROM intervals WHERE stream_id = streams.id) LIMIT ?2)",
};

}  // namespace

SqliteResult<bool> SqliteRetention::do_work(SqliteDatabase& database, UnixTime now, SteadyTime steady) {
    if (keep_ <= std::chrono::nanoseconds::zero() || steady < next_) return false;
    next_ = steady + std::chrono::seconds{1};
    const auto deleted = delete_portion(database, now - keep_);
    if (!deleted) {
        if (database.in_transaction()) (void)database.execute("ROLLBACK");
        return tl::unexpected<SqliteError>(deleted.error());
    }
    if (*deleted == 0) return false;
    if (*deleted >= portion) next_ = steady;
    if (const auto freed = database.execute("PRAGMA incremental_vacuum(200)"); !freed)
        return tl::unexpected<SqliteError>(freed.error());
    return true;
}

SqliteResult<std::int64_t> SqliteRetention::delete_portion(SqliteDatabase& database, UnixTime before) {
    // Looked for first without a lock: most of the time there is nothing.
    auto search = database.prepare(
        "SELECT 1 WHERE EXISTS (SELECT 1 FROM intervals WHERE time_ns < ?1) OR "
        "(SELECT stored_ns FROM events ORDER BY id LIMIT 1) < ?1 OR EXISTS (SELECT 1 FROM streams WHERE last_seen_ns < "
        "?1)");
    if (!search) return tl::unexpected<SqliteError>(search.error());
    const auto found = search->run(to_unix_ns(before));
    if (!found) return tl::unexpected<SqliteError>(found.error());
    if (!*found) return 0;

    if (const auto begun = database.execute("BEGIN IMMEDIATE"); !begun)
        return tl::unexpected<SqliteError>(begun.error());
    std::int64_t most = 0;
    for (const char* sql : deletions) {
        auto statement = database.prepare(sql);
        if (!statement) return tl::unexpected<SqliteError>(statement.error());
        if (const auto result = statement->run(to_unix_ns(before), portion); !result)
            return tl::unexpected<SqliteError>(result.error());
        most = std::max(most, database.changes());
    }
    if (const auto committed = database.execute("COMMIT"); !committed)
        return tl::unexpected<SqliteError>(committed.error());
    return most;
}

}  // namespace muxtap::metrics
