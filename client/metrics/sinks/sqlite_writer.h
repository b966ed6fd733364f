#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "client/metrics/records/record.h"
#include "client/metrics/sinks/sqlite_database.h"

namespace muxtap::metrics {

/// Puts records into the tables of a metrics database (sqlite_schema.h), in transactions of the caller's. Remembers the
/// last record of each stream that was committed: what a row says of its interval is the difference to that one, so
/// that the rows add up to the counters also when a record in between was lost.
class SqliteWriter {
public:
    using StreamKey = std::pair<std::string, std::string>;
    /// Newest interval of each stream that is stored for good.
    using History = std::map<StreamKey, RecordPtr>;

    /// Prepares the statements. The database must outlive the writer. `history`: of the writer to another database
    /// that this one takes the place of.
    [[nodiscard]] static SqliteResult<SqliteWriter> make(SqliteDatabase& database, History history = {});

    /// `now`: when what is written was stored.
    [[nodiscard]] SqliteResult<void> begin(UnixTime now);
    /// One that is there already, by its identity, is no error.
    [[nodiscard]] SqliteResult<void> write(const RecordPtr& record);
    [[nodiscard]] SqliteResult<void> commit();
    /// Forgets the transaction; also after a failed commit.
    void roll_back();

    [[nodiscard]] const History& history() const noexcept { return last_; }

private:
    struct Statements {
        SqliteStatement stream, interval, pid, pid_state, indicator, indicator_state, event;
    };
    SqliteWriter(SqliteDatabase& database, Statements statements, History history)
        : database_(&database), statements_(std::move(statements)), last_(std::move(history)) {}

    [[nodiscard]] SqliteResult<void> write_interval(const RecordPtr& record);
    [[nodiscard]] SqliteResult<void> write_event(const Record& record, const client::EventRecord& event);
    [[nodiscard]] SqliteResult<std::int64_t> write_stream(const IntervalRecord& record);
    /// The new row, nothing when the interval is there already.
    [[nodiscard]] SqliteResult<std::optional<std::int64_t>> insert_interval(std::int64_t stream_row,
                                                                            const IntervalRecord& record,
                                                                            const IntervalRecord* before);
    [[nodiscard]] SqliteResult<void> write_pids(std::int64_t stream_row, std::int64_t interval_row,
                                                const IntervalRecord& record, const IntervalRecord* before);
    [[nodiscard]] SqliteResult<void> write_indicators(std::int64_t stream_row, std::int64_t interval_row,
                                                      const IntervalRecord& record, const IntervalRecord* before,
                                                      bool all_states);

    SqliteDatabase* database_;
    Statements statements_;
    UnixTime now_{};
    History last_;
    History written_;             ///< in the transaction that is open
    std::set<StreamKey> stated_;  ///< streams whose unchanged states are in this database
};

}  // namespace muxtap::metrics
