#include "client/metrics/sinks/sqlite_sink.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "client/metrics/sinks/sqlite_schema.h"

namespace muxtap::metrics {
namespace {

constexpr std::size_t most_in_transaction = 500;
constexpr std::chrono::milliseconds between_tries{250};
constexpr std::chrono::seconds between_looks{1};

}  // namespace

SqliteSink::SqliteSink(Settings settings, std::unique_ptr<Connection> connection, app::Log& log)
    : settings_(std::move(settings)),
      log_(log),
      account_("sqlite:" + settings_.path, log),
      connection_(std::move(connection)),
      retention_(settings_.retention) {}

Result<std::unique_ptr<SqliteSink>> SqliteSink::open(Settings settings, app::Log& log) {
    auto connection = connect(settings, {});
    if (!connection) return tl::unexpected<Error>(connection.error());
    return std::unique_ptr<SqliteSink>(new SqliteSink(std::move(settings), std::move(*connection), log));
}

Result<std::unique_ptr<SqliteSink::Connection>> SqliteSink::connect(const Settings& settings,
                                                                    SqliteWriter::History history) {
    auto database = open_metrics_database(settings.path, settings.lock_patience);
    if (!database) return tl::unexpected<Error>(database.error());
    auto connection = std::make_unique<Connection>(Connection{std::move(*database), std::nullopt});
    connection->database.set_busy_timeout(settings.lock_patience);
    auto writer = SqliteWriter::make(connection->database, std::move(history));
    if (!writer)
        return fail("cannot use the tables of SQLite database \"" + settings.path + "\": " + writer.error().message);
    connection->writer.emplace(std::move(*writer));
    return connection;
}

void SqliteSink::write(std::span<const RecordPtr> records) {
    account_.taken(records.size());
    const bool trouble = !waiting_.empty();
    const std::size_t room = settings_.most_waiting - std::min(settings_.most_waiting, waiting_.size());
    // Without trouble a batch of any size is written at once.
    const std::size_t take = trouble ? std::min(room, records.size()) : records.size();
    waiting_.insert(waiting_.end(), records.begin(), records.begin() + static_cast<std::ptrdiff_t>(take));
    account_.dropped(records.size() - take);
    if (!trouble || steady_now() >= next_try_) store_waiting();
    if (waiting_.size() > settings_.most_waiting) {
        account_.dropped(waiting_.size() - settings_.most_waiting);
        waiting_.resize(settings_.most_waiting);
    }
}

void SqliteSink::tick() {
    const SteadyTime now = steady_now();
    if (!waiting_.empty() && now >= next_try_) store_waiting();
    if (now >= next_look_) {
        next_look_ = now + between_looks;
        if (waiting_.empty() && !make_connected()) return;
    }
    if (!waiting_.empty() || !connection_) return;
    const auto worked = retention_.do_work(connection_->database, settings_.now(), now);
    if (!worked) {
        failed(worked.error());
    } else if (*worked) {
        account_.succeeded();
    }
}

void SqliteSink::finish(std::chrono::milliseconds patience) {
    const SteadyTime end = steady_now() + patience;
    if (connection_) connection_->database.set_busy_timeout(std::min(patience, settings_.lock_patience));
    while (!store_waiting() && steady_now() < end) std::this_thread::sleep_for(std::chrono::milliseconds{20});
    account_.dropped(waiting_.size());
    waiting_.clear();
    connection_.reset();
}

/// A database that somebody deleted or moved away is begun anew under its name.
bool SqliteSink::make_connected() {
    if (connection_ && connection_->database.moved()) {
        log_.warning("sqlite_moved", "\"" + settings_.path + "\" was deleted or renamed: a new database is begun");
        history_ = connection_->writer->history();
        connection_.reset();
    }
    if (connection_) return true;
    auto connection = connect(settings_, history_);
    if (!connection) {
        next_try_ = steady_now() + between_tries;
        account_.failed(connection.error().message, steady_now());
        return false;
    }
    connection_ = std::move(*connection);
    history_.clear();
    account_.succeeded();
    return true;
}

/// True when nothing waits any more.
bool SqliteSink::store_waiting() {
    while (!waiting_.empty()) {
        if (!make_connected()) return false;
        const std::size_t count = std::min(waiting_.size(), most_in_transaction);
        if (const auto stored = store(count); !stored) {
            connection_->writer->roll_back();
            if (stored.error().kind != SqliteError::Kind::refused) {
                failed(stored.error());
                return false;
            }
            refuse(stored.error());
            continue;
        }
        waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(count));
        account_.delivered(count);
        account_.succeeded();
    }
    return true;
}

SqliteResult<void> SqliteSink::store(std::size_t count) {
    SqliteWriter& writer = *connection_->writer;
    at_ = 0;
    if (auto begun = writer.begin(settings_.now()); !begun) return begun;
    for (; at_ < count; ++at_) {
        if (auto written = writer.write(waiting_[at_]); !written) return written;
    }
    at_ = 0;
    return writer.commit();
}

/// One record must not hold up those behind it for ever.
void SqliteSink::refuse(const SqliteError& error) {
    account_.failed("cannot store a record in SQLite database \"" + settings_.path + "\": " + error.message,
                    steady_now());
    waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(at_));
    account_.dropped(1);
}

void SqliteSink::failed(const SqliteError& error) {
    const SteadyTime now = steady_now();
    next_try_ = now + between_tries;
    std::string text = "cannot write SQLite database \"" + settings_.path + "\": " + error.message;
    if (error.kind == SqliteError::Kind::locked) text += ": another program holds it";
    account_.failed(std::move(text), now);
}

}  // namespace muxtap::metrics
