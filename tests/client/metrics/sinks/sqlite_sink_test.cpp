#include "client/metrics/sinks/sqlite_sink.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>

#include "tests/client/metrics/sinks/sqlite_rig.h"

namespace muxtap::metrics {
namespace {

using analyzer::IndicatorId;
using analyzer::IndicatorState;
using test::new_year;
using test::SqliteReader;
using test::SqliteRig;
using test::StreamOfRecords;
using Row = SqliteReader::Row;

void store(Sink& sink, const RecordPtr& record) {
    sink.write({&record, 1});
}

analyzer::Indicator& indicator(analyzer::Report& report, IndicatorId id) {
    return report.indicators[static_cast<std::size_t>(id)];
}

TEST_CASE("the SQLite sink keeps the contract of sinks") {
    test::check_sink_contract([] { return std::make_unique<SqliteRig>(); });
}

TEST_CASE("rows hold what an interval added, and totals beside") {
    SqliteRig rig;
    StreamOfRecords stream(new_year());
    const auto sink = rig.open();
    store(*sink, stream.next());
    store(*sink, stream.next([](IntervalRecord& record, analyzer::Report& report) {
        record.losses = {.rtp_lost = 3,
                         .rtp_reordered = 1,
                         .continuity_lost = 14,
                         .kernel_dropped = 4,
                         .probe_queue_dropped = 5,
                         .feed_batches = 1,
                         .feed_packets = 1400};
        report.totals.continuity_errors = 2;
        report.totals.lost_packets = 14;
        report.pids[5].counters.continuity_errors = 2;
    }));
    store(*sink, stream.next([](IntervalRecord& record, analyzer::Report&) {
        record.phase = StreamPhase::silent;
        record.losses.rtp_lost = 10;
    }));
    sink->finish(std::chrono::seconds{1});

    const SqliteReader reader(rig.path);
    CHECK(reader.rows("SELECT time, state, packets, continuity_errors, network_lost, network_reordered, "
                      "continuity_lost, capture_host_lost, probe_lost, worker_lost_batches, worker_lost_packets "
                      "FROM intervals ORDER BY time_ns") ==
          std::vector<Row>{{"2026-01-01T00:00:00.000Z", "live", "13212", "0", "0", "0", "0", "0", "0", "0", "0"},
                           {"2026-01-01T00:00:01.000Z", "live", "13212", "2", "3", "1", "14", "4", "5", "1", "1400"},
                           {"2026-01-01T00:00:02.000Z", "silent", "13212", "0", "7", "0", "0", "0", "0", "0", "0"}});
    CHECK(reader.rows("SELECT packets_total, network_lost_total, continuity_errors_total FROM intervals ORDER BY seq "
                      "DESC LIMIT 1") == std::vector<Row>{{"39636", "10", "2"}});
    CHECK(reader.rows("SELECT rate_bps, pcr_rate_bps, pcr_jitter_us, iat_p99_us, iat_max_us, delay_factor_ms, lag_ns, "
                      "lag_max_ns FROM intervals LIMIT 1") ==
          std::vector<Row>{{"19870000", "19871000", "180.0", "640.0", "900.0", "12.5", "25000000", "40000000"}});
    CHECK(reader.rows("SELECT packets, continuity_errors, pcrs FROM pids WHERE pid = 257 ORDER BY interval_id") ==
          std::vector<Row>{{"12000", "0", "28"}, {"12000", "2", "28"}, {"12000", "0", "28"}});
    CHECK(reader.rows("SELECT probe, stream, source_ip, destination_port, encapsulation, services, worker, state, "
                      "last_seen FROM streams") ==
          std::vector<Row>{{"cap-a", "239.1.1.1:5000", "10.0.0.5", "5000", "rtp", "News", "worker-1", "silent",
                            "2026-01-01T00:00:02.000Z"}});
    CHECK(reader.rows("SELECT use, program, codec, language, packets_total FROM pid_states WHERE pid = 258") ==
          std::vector<Row>{{"elementary_stream", "1", "aac_adts", "eng", "390"}});
}

TEST_CASE("the time between PCRs is that of the interval, not of the run") {
    SqliteRig rig;
    StreamOfRecords stream(new_year());
    const auto sink = rig.open();
    sink->write(stream.next_many(6));
    sink->finish(std::chrono::seconds{1});
    CHECK(SqliteReader(rig.path).rows("SELECT round(pcr_interval_ms, 3) FROM intervals ORDER BY seq") ==
          std::vector<Row>{{"35.0"}, {"36.0"}, {"37.0"}, {"38.0"}, {"39.0"}, {"35.0"}});
}

TEST_CASE("rows add up to the counters although a record in between was lost") {
    SqliteRig rig;
    StreamOfRecords stream(new_year());
    const auto sink = rig.open();
    store(*sink, stream.next());
    (void)stream.next([](IntervalRecord& record, analyzer::Report&) { record.losses.rtp_lost = 5; });
    store(*sink, stream.next());
    sink->finish(std::chrono::seconds{1});
    CHECK(SqliteReader(rig.path).rows("SELECT sum(network_lost), sum(packets), max(packets_total) FROM intervals") ==
          std::vector<Row>{{"5", "39636", "39636"}});
}

TEST_CASE("a PID that is silent has no rows, and its state keeps the time of its last packet") {
    SqliteRig rig;
    StreamOfRecords stream(new_year());
    const auto sink = rig.open();
    store(*sink, stream.next());
    stream.silence(test::audio_pid);
    sink->write(stream.next_many(2));
    sink->finish(std::chrono::seconds{1});
    const SqliteReader reader(rig.path);
    CHECK(reader.value("SELECT count(*) FROM pids WHERE pid = 258") == "1");
    CHECK(reader.value("SELECT count(*) FROM pids WHERE pid = 257") == "3");
    CHECK(reader.rows("SELECT first_packet, last_packet FROM pid_states WHERE pid = 258") ==
          std::vector<Row>{{"2025-12-31T23:59:59.100Z", "2025-12-31T23:59:59.990Z"}});
}

TEST_CASE("indicators have rows while they are wrong, and a state that says since when") {
    SqliteRig rig;
    StreamOfRecords stream(new_year());
    const auto sink = rig.open();
    store(*sink, stream.next());
    store(*sink, stream.next([](IntervalRecord& record, analyzer::Report& report) {
        auto& found = indicator(report, IndicatorId::continuity_count_error);
        found.state = IndicatorState::error;
        found.count = 4;
        found.last = record.time;
    }));
    store(*sink, stream.next());
    store(*sink, stream.next([](IntervalRecord&, analyzer::Report& report) {
        indicator(report, IndicatorId::continuity_count_error).state = IndicatorState::ok;
    }));
    sink->finish(std::chrono::seconds{1});
    const SqliteReader reader(rig.path);
    CHECK(reader.rows("SELECT time, number, indicators.state, count FROM indicators JOIN intervals ON intervals.id = "
                      "interval_id ORDER BY time_ns") ==
          std::vector<Row>{{"2026-01-01T00:00:01.000Z", "1.4", "error", "4"},
                           {"2026-01-01T00:00:02.000Z", "1.4", "error", "0"}});
    CHECK(reader.rows("SELECT state, count_total, changed, last_finding FROM indicator_states WHERE number = '1.4'") ==
          std::vector<Row>{{"ok", "4", "2026-01-01T00:00:03.000Z", "2026-01-01T00:00:01.000Z"}});
    CHECK(reader.value("SELECT count(*) FROM indicator_states") == "34");
    CHECK(reader.value("SELECT sum(indicators_in_error) FROM intervals") == "2");
}

TEST_CASE("events keep their text, their splice and their JSON") {
    SqliteRig rig;
    StreamOfRecords stream(new_year());
    const auto sink = rig.open();
    analyzer::Splice splice;
    splice.command = analyzer::SpliceCommand::insert;
    splice.event_id = 77;
    splice.out_of_network = true;
    splice.duration = 30 * 90'000;
    splice.preroll_ns = 4'000'000'000;
    const RecordPtr event = stream.event(analyzer::EventKind::splice, "splice_insert out", [&](analyzer::Event& what) {
        what.pid = ts::Pid{500};
        what.program = std::uint16_t{1};
        what.splice = splice;
    });
    store(*sink, event);
    store(*sink, event);
    sink->finish(std::chrono::seconds{1});
    CHECK(sink->figures().delivered == 2);
    CHECK(SqliteReader(rig.path).rows(
              "SELECT time, probe, stream, kind, pid, program, indicator, text, splice_command, splice_event_id, "
              "splice_out, splice_preroll_ms, splice_duration_ms, json_valid(json) FROM events") ==
          std::vector<Row>{{"2025-12-31T23:59:59.999Z", "cap-a", "239.1.1.1:5000", "splice", "500", "1", "NULL",
                            "splice_insert out", "splice_insert", "77", "1", "4000.0", "30000.0", "1"}});
}

TEST_CASE("text that is not UTF-8 is stored as such that is") {
    SqliteRig rig;
    StreamOfRecords stream(new_year());
    const auto sink = rig.open();
    store(*sink, stream.event(analyzer::EventKind::silence_began, "caf\xE9 \xF0\x9F\x8E\xAC"));
    sink->finish(std::chrono::seconds{1});
    CHECK(SqliteReader(rig.path).value("SELECT text FROM events") == "caf? \xF0\x9F\x8E\xAC");
}

TEST_CASE("a name that means something to SQLite is a file's name") {
    SqliteRig rig;
    const auto before = std::filesystem::current_path();
    std::filesystem::current_path(rig.folder.path());
    StreamOfRecords stream(new_year());
    for (const char* name : {":memory:", "file:metrics.db?mode=memory"}) {
        rig.settings.path = name;
        const auto sink = rig.open();
        sink->write(stream.next_many(1));
        sink->finish(std::chrono::seconds{1});
        CHECK(std::filesystem::is_regular_file(rig.folder / name));
    }
    std::filesystem::current_path(before);
    rig.settings.path = "";
    CHECK_THAT(rig.refusal(), Catch::Contains("needs a file name"));
}

TEST_CASE("a record that comes twice is stored once and is no error") {
    SqliteRig rig;
    StreamOfRecords stream(new_year());
    const std::vector<RecordPtr> records = stream.next_many(3);
    for (int run = 0; run < 2; ++run) {
        const auto sink = rig.open();
        sink->write(records);
        sink->write(records);
        sink->finish(std::chrono::seconds{1});
        CHECK(sink->figures().delivered == 6);
        CHECK(sink->figures().healthy);
    }
    const SqliteReader reader(rig.path);
    CHECK(reader.value("SELECT count(*) FROM intervals") == "3");
    CHECK(reader.value("SELECT count(*) FROM pids") == "30");
    CHECK(reader.value("SELECT sum(packets) = max(packets_total) FROM intervals") == "1");
}

TEST_CASE("two workers write into one database") {
    SqliteRig rig;
    rig.settings.lock_patience = std::chrono::seconds{5};
    StreamOfRecords one(new_year(), "a");
    StreamOfRecords two(new_year(), "b");
    const auto first = rig.open();
    const auto second = rig.open();
    for (int i = 0; i < 20; ++i) {
        store(*first, one.next());
        store(*second, two.next());
    }
    first->finish(std::chrono::seconds{1});
    second->finish(std::chrono::seconds{1});
    CHECK(SqliteReader(rig.path).rows("SELECT stream, count(*) FROM intervals JOIN streams ON streams.id = stream_id "
                                      "GROUP BY 1 ORDER BY 1") == std::vector<Row>{{"a", "20"}, {"b", "20"}});
}

TEST_CASE("a reader in the middle of a query does not hold up the writer, nor the writer the reader") {
    SqliteRig rig;
    StreamOfRecords stream(new_year());
    const auto sink = rig.open();
    sink->write(stream.next_many(3));
    const SqliteReader reader(rig.path);
    reader.run("BEGIN");
    CHECK(reader.value("SELECT count(*) FROM intervals") == "3");
    sink->write(stream.next_many(4));
    CHECK(sink->figures().delivered == 7);
    CHECK(sink->figures().healthy);
    CHECK(reader.value("SELECT count(*) FROM intervals") == "3");
    reader.run("COMMIT");
    CHECK(reader.value("SELECT count(*) FROM intervals") == "7");
}

TEST_CASE("one record that the database refuses costs itself only") {
    SqliteRig rig;
    StreamOfRecords stream(new_year());
    const auto sink = rig.open();
    const std::vector<RecordPtr> records = stream.next_many(5);
    SqliteReader(rig.path).run("CREATE TRIGGER no BEFORE INSERT ON intervals WHEN new.seq = " +
                               std::to_string(records[2]->identity().seq) + " BEGIN SELECT raise(ABORT, 'no'); END");
    sink->write(records);
    CHECK(sink->figures().delivered == 4);
    CHECK(sink->figures().dropped == 1);
    CHECK(sink->figures().waiting == 0);
    sink->finish(std::chrono::seconds{1});
    const SqliteReader reader(rig.path);
    CHECK(reader.value("SELECT count(*) FROM intervals") == "4");
    CHECK(reader.value("SELECT sum(packets) = max(packets_total) FROM intervals") == "1");
}

TEST_CASE("a database that was deleted or moved away is begun anew, and its first rows are of their intervals") {
    SqliteRig rig;
    StreamOfRecords stream(new_year());
    const auto sink = rig.open();
    sink->write(stream.next_many(3));
    SECTION("deleted") {
        for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(rig.path + suffix);
    }
    SECTION("deleted, its log left behind") {
        std::filesystem::remove(rig.path);
    }
    SECTION("moved") {
        std::filesystem::rename(rig.path, rig.path + ".old");
    }
    sink->write(stream.next_many(2));
    sink->finish(std::chrono::seconds{1});
    CHECK(sink->figures().delivered == 5);
    const SqliteReader reader(rig.path);
    CHECK(reader.value("PRAGMA integrity_check") == "ok");
    CHECK(reader.rows("SELECT packets FROM intervals") == std::vector<Row>{{"13212"}, {"13212"}});
    CHECK(reader.value("SELECT count(*) FROM indicator_states") == "34");
}

TEST_CASE("a folder that is gone is told, and records wait until it is back") {
    SqliteRig rig;
    std::filesystem::create_directory(rig.folder / "sub");
    rig.path = rig.settings.path = rig.folder / "sub/metrics.db";
    StreamOfRecords stream(new_year());
    const auto sink = rig.open();
    sink->write(stream.next_many(1));
    std::filesystem::rename(rig.folder / "sub", rig.folder / "away");
    sink->write(stream.next_many(2));
    CHECK(sink->figures().waiting == 2);
    CHECK_THAT(sink->figures().problem, Catch::Contains("sub/metrics.db"));
    std::filesystem::create_directory(rig.folder / "sub");
    CHECK(test::tick_until(*sink, [&] { return sink->figures().waiting == 0; }));
    CHECK(SqliteReader(rig.path).value("SELECT count(*) FROM intervals") == "2");
}

/// Files of this process cannot grow beyond this: as a full disk, but for the words.
class FileLimit {
public:
    explicit FileLimit(rlim_t bytes) {
        std::signal(SIGXFSZ, SIG_IGN);
        ::getrlimit(RLIMIT_FSIZE, &before_);
        const rlimit limit{bytes, before_.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~FileLimit() { ::setrlimit(RLIMIT_FSIZE, &before_); }
    FileLimit(const FileLimit&) = delete;
    FileLimit& operator=(const FileLimit&) = delete;

private:
    rlimit before_{};
};

TEST_CASE("a full disk costs no record that there is memory for, and the database stays whole") {
    SqliteRig rig;
    StreamOfRecords stream(new_year());
    const auto sink = rig.open();
    {
        const FileLimit limit(400'000);
        while (sink->figures().waiting < 20) sink->write(stream.next_many(1));
        CHECK_FALSE(sink->figures().healthy);
        CHECK(SqliteReader(rig.path).value("PRAGMA integrity_check") == "ok");
    }
    CHECK(test::tick_until(*sink, [&] { return sink->figures().waiting == 0; }));
    sink->finish(std::chrono::seconds{1});
    CHECK(sink->figures().dropped == 0);
    const SqliteReader reader(rig.path);
    CHECK(reader.value("SELECT count(*) FROM intervals") == std::to_string(sink->figures().delivered));
    CHECK(reader.value("SELECT sum(packets) = max(packets_total) FROM intervals") == "1");
}

TEST_CASE("a worker killed at any moment leaves a database of whole intervals") {
    SqliteRig rig;
    StreamOfRecords stream(new_year());
    for (int round = 0; round < 8; ++round) {
        int ready[2];
        REQUIRE(::pipe(ready) == 0);
        const pid_t child = ::fork();
        if (child == 0) {
            auto sink = SqliteSink::open(rig.settings, rig.log);
            for (int batches = 0; sink; ++batches) {
                (*sink)->write(stream.next_many(10));
                if (batches == round) (void)!::write(ready[1], "x", 1);
            }
            ::_exit(1);
        }
        ::close(ready[1]);
        char byte = 0;
        CHECK(::read(ready[0], &byte, 1) == 1);
        ::close(ready[0]);
        ::kill(child, SIGKILL);
        int status = 0;
        ::waitpid(child, &status, 0);
        REQUIRE(WIFSIGNALED(status));
        {
            const SqliteReader reader(rig.path);
            CHECK(reader.value("PRAGMA integrity_check") == "ok");
            CHECK(reader.rows("PRAGMA foreign_key_check").empty());
            CHECK(reader.value("SELECT count(*) % 10 FROM intervals") == "0");
            CHECK(reader.value("SELECT (SELECT count(*) FROM pids) = 10 * (SELECT count(*) FROM intervals)") == "1");
        }
        stream.skip(std::chrono::hours{1});
    }
    const auto sink = rig.open();
    store(*sink, stream.next());
    CHECK(sink->figures().delivered == 1);
}

}  // namespace
}  // namespace muxtap::metrics
