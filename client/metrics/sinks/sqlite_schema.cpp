#include "client/metrics/sinks/sqlite_schema.h"

#include <sys/stat.h>

#include <array>
#include <utility>

namespace muxtap::metrics {
namespace {

/// Times that people can read take no room: they are made when they are asked for.
constexpr const char* schema = R"sql(
CREATE TABLE streams (
  id INTEGER PRIMARY KEY,
  probe TEXT NOT NULL,
  stream TEXT NOT NULL,
  source_ip TEXT, source_port INTEGER, destination_ip TEXT, destination_port INTEGER,
  interface TEXT, vlan INTEGER, encapsulation TEXT,
  services TEXT,
  worker TEXT,
  epoch INTEGER NOT NULL,
  state TEXT NOT NULL,
  first_seen_ns INTEGER NOT NULL,
  last_seen_ns INTEGER NOT NULL,
  last_packet_ns INTEGER,
  first_seen TEXT AS (strftime('%Y-%m-%dT%H:%M:%fZ', first_seen_ns / 1e9, 'unixepoch')) VIRTUAL,
  last_seen TEXT AS (strftime('%Y-%m-%dT%H:%M:%fZ', last_seen_ns / 1e9, 'unixepoch')) VIRTUAL,
  last_packet TEXT AS (strftime('%Y-%m-%dT%H:%M:%fZ', last_packet_ns / 1e9, 'unixepoch')) VIRTUAL,
  UNIQUE (probe, stream)
);
CREATE TABLE intervals (
  id INTEGER PRIMARY KEY,
  stream_id INTEGER NOT NULL REFERENCES streams (id) ON DELETE CASCADE,
  epoch INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  time_ns INTEGER NOT NULL,
  interval_ns INTEGER NOT NULL,
  state TEXT NOT NULL,
  rate_bps INTEGER NOT NULL,
  pcr_rate_bps INTEGER,
  null_share REAL,
  packets INTEGER NOT NULL,
  null_packets INTEGER NOT NULL,
  transport_errors INTEGER NOT NULL,
  rejected INTEGER NOT NULL,
  continuity_errors INTEGER NOT NULL,
  lost_packets INTEGER NOT NULL,
  reordered_packets INTEGER NOT NULL,
  duplicates INTEGER NOT NULL,
  sync_losses INTEGER NOT NULL,
  network_lost INTEGER NOT NULL,
  network_reordered INTEGER NOT NULL,
  continuity_lost INTEGER NOT NULL,
  capture_host_lost INTEGER NOT NULL,
  probe_lost INTEGER NOT NULL,
  worker_lost_batches INTEGER NOT NULL,
  worker_lost_packets INTEGER NOT NULL,
  pcr_interval_ms REAL,
  pcr_jitter_us REAL,
  pcr_errors INTEGER NOT NULL,
  iat_p99_us REAL,
  iat_max_us REAL,
  delay_factor_ms REAL,
  media_loss_rate REAL,
  indicators_in_error INTEGER NOT NULL,
  lag_ns INTEGER NOT NULL,
  lag_max_ns INTEGER NOT NULL,
  packets_total INTEGER NOT NULL,
  continuity_errors_total INTEGER NOT NULL,
  network_lost_total INTEGER NOT NULL,
  continuity_lost_total INTEGER NOT NULL,
  capture_host_lost_total INTEGER NOT NULL,
  probe_lost_total INTEGER NOT NULL,
  worker_lost_packets_total INTEGER NOT NULL,
  time TEXT AS (strftime('%Y-%m-%dT%H:%M:%fZ', time_ns / 1e9, 'unixepoch')) VIRTUAL,
  UNIQUE (stream_id, epoch, seq)
);
CREATE INDEX intervals_by_stream ON intervals (stream_id, time_ns);
CREATE INDEX intervals_by_time ON intervals (time_ns);
CREATE INDEX intervals_with_continuity_errors ON intervals (time_ns) WHERE continuity_errors > 0;
CREATE TABLE pids (
  interval_id INTEGER NOT NULL REFERENCES intervals (id) ON DELETE CASCADE,
  pid INTEGER NOT NULL,
  rate_bps INTEGER NOT NULL,
  packets INTEGER NOT NULL,
  continuity_errors INTEGER NOT NULL,
  lost_packets INTEGER NOT NULL,
  duplicates INTEGER NOT NULL,
  transport_errors INTEGER NOT NULL,
  scrambled INTEGER NOT NULL,
  pcrs INTEGER,
  pcr_interval_ms REAL,
  pcr_jitter_us REAL,
  pcr_repetition_errors INTEGER,
  pcr_discontinuity_errors INTEGER,
  pcr_accuracy_errors INTEGER,
  PRIMARY KEY (interval_id, pid)
) WITHOUT ROWID;
CREATE TABLE pid_states (
  stream_id INTEGER NOT NULL REFERENCES streams (id) ON DELETE CASCADE,
  pid INTEGER NOT NULL,
  use TEXT NOT NULL,
  program INTEGER,
  codec TEXT,
  language TEXT,
  packets_total INTEGER NOT NULL,
  first_packet_ns INTEGER NOT NULL,
  last_packet_ns INTEGER NOT NULL,
  first_packet TEXT AS (strftime('%Y-%m-%dT%H:%M:%fZ', first_packet_ns / 1e9, 'unixepoch')) VIRTUAL,
  last_packet TEXT AS (strftime('%Y-%m-%dT%H:%M:%fZ', last_packet_ns / 1e9, 'unixepoch')) VIRTUAL,
  PRIMARY KEY (stream_id, pid)
) WITHOUT ROWID;
CREATE TABLE indicators (
  interval_id INTEGER NOT NULL REFERENCES intervals (id) ON DELETE CASCADE,
  indicator TEXT NOT NULL,
  number TEXT NOT NULL,
  state TEXT NOT NULL,
  count INTEGER NOT NULL,
  capture_loss INTEGER NOT NULL,
  PRIMARY KEY (interval_id, indicator)
) WITHOUT ROWID;
CREATE INDEX indicators_by_number ON indicators (number, interval_id);
CREATE TABLE indicator_states (
  stream_id INTEGER NOT NULL REFERENCES streams (id) ON DELETE CASCADE,
  indicator TEXT NOT NULL,
  number TEXT NOT NULL,
  priority INTEGER NOT NULL,
  state TEXT NOT NULL,
  count_total INTEGER NOT NULL,
  changed_ns INTEGER NOT NULL,
  last_finding_ns INTEGER,
  changed TEXT AS (strftime('%Y-%m-%dT%H:%M:%fZ', changed_ns / 1e9, 'unixepoch')) VIRTUAL,
  last_finding TEXT AS (strftime('%Y-%m-%dT%H:%M:%fZ', last_finding_ns / 1e9, 'unixepoch')) VIRTUAL,
  PRIMARY KEY (stream_id, indicator)
) WITHOUT ROWID;
CREATE TABLE events (
  id INTEGER PRIMARY KEY,
  probe TEXT NOT NULL,
  stream TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  time_ns INTEGER NOT NULL,
  worker TEXT NOT NULL,
  kind TEXT NOT NULL,
  pid INTEGER,
  program INTEGER,
  indicator TEXT,
  count INTEGER NOT NULL,
  text TEXT NOT NULL,
  file TEXT,
  splice_command TEXT,
  splice_event_id INTEGER,
  splice_out INTEGER,
  splice_preroll_ms REAL,
  splice_duration_ms REAL,
  segmentation TEXT,
  json TEXT NOT NULL,
  stored_ns INTEGER NOT NULL,
  time TEXT AS (strftime('%Y-%m-%dT%H:%M:%fZ', time_ns / 1e9, 'unixepoch')) VIRTUAL,
  UNIQUE (probe, stream, epoch, seq)
);
CREATE INDEX events_by_time ON events (time_ns);
CREATE INDEX events_by_kind ON events (kind, time_ns);
CREATE INDEX events_by_stream ON events (stream, time_ns);
)sql";

tl::unexpected<Error> cannot(const char* what, const std::string& path, const SqliteError& error) {
    std::string message = std::string{"cannot "} + what + " SQLite database \"" + path + "\": " + error.message;
    if (error.kind == SqliteError::Kind::locked) message += ": another program holds it";
    return fail(std::move(message));
}

enum class Content : std::uint8_t { nothing, ours };

Result<Content> judge(SqliteDatabase& database, const std::string& path) {
    std::array<std::int64_t, 3> values{};
    constexpr std::array queries = {"PRAGMA application_id", "PRAGMA user_version",
                                    "SELECT count(*) FROM sqlite_schema"};
    for (std::size_t i = 0; i < queries.size(); ++i) {
        const auto value = database.value(queries[i]);
        if (!value) return cannot("read", path, value.error());
        values[i] = value->value_or(0);
    }
    const auto [application, version, tables] = values;
    if (tables == 0 && application == 0 && version == 0) return Content::nothing;
    if (application != sqlite_application_id)
        return fail("\"" + path + "\" is an SQLite database of another program: name another file");
    if (version != sqlite_schema_version)
        return fail("\"" + path + "\" has tables of version " + std::to_string(version) +
                    ", this program writes version " + std::to_string(sqlite_schema_version) +
                    ": move it away or name another file");
    return Content::ours;
}

/// Looks at a file that is there without a connection that could change it.
Result<void> look_at(const std::string& path, std::chrono::milliseconds patience) {
    if (path.empty()) return fail("an SQLite database needs a file name: sqlite:metrics.db");
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0 || status.st_size == 0) return {};
    if (!S_ISREG(status.st_mode)) return fail("\"" + path + "\" is no file: an SQLite database has to be one");
    auto database = SqliteDatabase::open(path, SqliteDatabase::Mode::read_only);
    if (!database) return cannot("open", path, database.error());
    database->set_busy_timeout(patience);
    const auto content = judge(*database, path);
    if (!content) return tl::unexpected<Error>(content.error());
    return {};
}

Result<void> create_tables(SqliteDatabase& database, const std::string& path) {
    const std::string script = "BEGIN IMMEDIATE;" + std::string{schema} +
                               "PRAGMA application_id = " + std::to_string(sqlite_application_id) +
                               "; PRAGMA user_version = " + std::to_string(sqlite_schema_version) + "; COMMIT";
    if (const auto made = database.execute(script.c_str()); !made) {
        const SqliteError& error = made.error();
        if (database.in_transaction()) (void)database.execute("ROLLBACK");
        // A second worker may have made them in the meantime.
        if (const auto content = judge(database, path); content && *content == Content::ours) return {};
        return cannot("make tables in", path, error);
    }
    return {};
}

}  // namespace

Result<SqliteDatabase> open_metrics_database(const std::string& path, std::chrono::milliseconds patience) {
    if (const auto looked = look_at(path, patience); !looked) return tl::unexpected<Error>(looked.error());
    auto database = SqliteDatabase::open(path, SqliteDatabase::Mode::read_write);
    if (!database) return cannot("open", path, database.error());
    if (database->read_only()) return fail("cannot write SQLite database \"" + path + "\": it is read-only");
    database->set_busy_timeout(patience);
    // auto_vacuum counts only before the first table is made. In WAL mode readers and the writer never wait for each
    // other, and synchronous = NORMAL loses no whole transaction to a crash of the program, only the last ones to a
    // power cut. Deleted rows need not be overwritten with zeros, as Debian's SQLite would do.
    constexpr const char* settings =
        "PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
        "PRAGMA secure_delete = OFF; PRAGMA journal_size_limit = 67108864; PRAGMA temp_store = MEMORY";
    if (const auto set = database->execute(settings); !set) return cannot("write", path, set.error());
    const auto content = judge(*database, path);
    if (!content) return tl::unexpected<Error>(content.error());
    if (*content == Content::nothing) {
        if (const auto made = create_tables(*database, path); !made) return tl::unexpected<Error>(made.error());
    }
    return std::move(*database);
}

}  // namespace muxtap::metrics
