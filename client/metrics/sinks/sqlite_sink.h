#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "client/delivery/sink_account.h"
#include "client/metrics/sinks/sink.h"
#include "client/metrics/sinks/sqlite_database.h"
#include "client/metrics/sinks/sqlite_retention.h"
#include "client/metrics/sinks/sqlite_writer.h"
#include "common/app/log.h"
#include "common/base/result.h"

namespace muxtap::metrics {

/// Writes records into the tables of an SQLite database (docs/queries.md), a transaction per batch. When the database
/// cannot be written (locked, disk full, deleted), records wait in a bounded queue and are tried again; what the queue
/// has no room for is dropped and counted. No call waits longer than its lock time-out and one transaction.
class SqliteSink : public Sink {
public:
    struct Settings {
        std::string path;
        std::chrono::nanoseconds retention{};  ///< 0: nothing is deleted
        std::size_t most_waiting = 4096;       ///< records, while the database cannot be written
        std::chrono::milliseconds lock_patience{250};
        std::function<UnixTime()> now = unix_now;  ///< for retention
    };
    /// Opens the database, making it when it is not there. A file that is none of ours is an error and stays as it is.
    [[nodiscard]] static Result<std::unique_ptr<SqliteSink>> open(Settings settings, app::Log& log);

    void write(std::span<const RecordPtr> records) override;
    void tick() override;
    void finish(std::chrono::milliseconds patience) override;
    [[nodiscard]] SinkFigures figures() const override { return account_.figures(); }

private:
    /// A database and what is prepared on it: the database goes last.
    struct Connection {
        SqliteDatabase database;
        std::optional<SqliteWriter> writer;
    };
    SqliteSink(Settings settings, std::unique_ptr<Connection> connection, app::Log& log);
    [[nodiscard]] static Result<std::unique_ptr<Connection>> connect(const Settings& settings,
                                                                     SqliteWriter::History history);

    bool make_connected();
    bool store_waiting();
    [[nodiscard]] SqliteResult<void> store(std::size_t count);
    void refuse(const SqliteError& error);
    void failed(const SqliteError& error);

    Settings settings_;
    app::Log& log_;
    delivery::SinkAccount account_;
    std::unique_ptr<Connection> connection_;  ///< none while the database cannot be opened
    SqliteRetention retention_;
    std::deque<RecordPtr> waiting_;
    std::size_t at_ = 0;             ///< record of the batch that was written last, for one that is refused
    SqliteWriter::History history_;  ///< of the last connection, while there is none
    SteadyTime next_try_{};
    SteadyTime next_look_{};
};

}  // namespace muxtap::metrics
