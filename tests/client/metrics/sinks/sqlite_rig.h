#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "client/metrics/sinks/sqlite_sink.h"
#include "tests/client/metrics/sinks/sink_contract.h"
#include "tests/client/metrics/sinks/sqlite_reader.h"
#include "tests/support/temp_folder.h"

namespace muxtap::metrics::test {

/// A database in a folder of its own, and a sink that does not wait long for locks.
class SqliteRig : public SinkRig {
public:
    std::unique_ptr<Sink> open() override { return open_sink(); }
    std::unique_ptr<SqliteSink> open_sink() {
        auto sink = SqliteSink::open(settings, log);
        INFO((sink ? std::string{} : sink.error().message));
        REQUIRE(sink);
        return std::move(*sink);
    }
    /// Why it cannot be opened.
    std::string refusal() {
        const auto sink = SqliteSink::open(settings, log);
        return sink ? std::string{"it was opened"} : sink.error().message;
    }
    std::optional<std::vector<client::RecordIdentity>> arrived() override {
        std::vector<client::RecordIdentity> result;
        for (const auto& row : SqliteReader(path).rows("SELECT probe, stream, intervals.epoch, seq FROM intervals JOIN "
                                                       "streams ON streams.id = stream_id ORDER BY intervals.id"))
            result.push_back({row[0], row[1], std::stoull(row[2]), std::stoull(row[3])});
        return result;
    }
    bool obstruct() override {
        blocker = std::make_unique<SqliteReader>(path);
        blocker->run("BEGIN IMMEDIATE");
        return true;
    }
    void clear() override { blocker.reset(); }
    std::size_t most_waiting() const override { return settings.most_waiting; }

    muxtap::test::TempFolder folder;
    app::Log log{{.program = "test", .silent = true}};
    std::string path = folder / "metrics.db";
    SqliteSink::Settings settings{
        .path = path, .most_waiting = 30, .lock_patience = std::chrono::milliseconds{1}, .now = unix_now};
    std::unique_ptr<SqliteReader> blocker;
};

}  // namespace muxtap::metrics::test
