#include "client/metrics/sinks/sqlite_retention.h"

#include "tests/client/metrics/sinks/sqlite_rig.h"

namespace muxtap::metrics {
namespace {

using test::new_year;
using test::SqliteReader;
using test::SqliteRig;
using test::StreamOfRecords;
using Row = SqliteReader::Row;

/// A sink that has stored 1000 records in 1000 s.
struct Aged : SqliteRig {
    explicit Aged(std::chrono::seconds keep) {
        settings.retention = keep;
        settings.now = [this] { return now; };
        StreamOfRecords stream(new_year());
        StreamOfRecords gone(new_year(), "gone");
        sink = open();
        sink->write(gone.next_many(1));
        for (int i = 0; i < 1000; ++i) {
            sink->write(stream.next_many(1));
            const RecordPtr event = stream.event(analyzer::EventKind::clock_jump, "jump");
            if (i % 10 == 0) sink->write({&event, 1});
            now += std::chrono::seconds{1};
        }
    }
    [[nodiscard]] std::string count(const std::string& table) const {
        return SqliteReader(path).value("SELECT count(*) FROM " + table);
    }
    UnixTime now = new_year();
    std::unique_ptr<Sink> sink;
};

TEST_CASE("what is older than the retention goes, with all that belongs to it, and what is younger stays") {
    Aged rig(std::chrono::seconds{300});
    const std::string pages = SqliteReader(rig.path).value("PRAGMA page_count");
    CHECK(test::tick_until(*rig.sink, [&] { return rig.count("intervals") == "300" && rig.count("streams") == "1"; }));
    for (int i = 0; i < 20; ++i) rig.sink->tick();
    const SqliteReader reader(rig.path);
    CHECK(reader.rows("SELECT count(*), min(time) FROM intervals") ==
          std::vector<Row>{{"300", "2026-01-01T00:11:40.000Z"}});
    CHECK(rig.count("pids") == "3000");
    CHECK(rig.count("events") == "30");
    CHECK(rig.count("indicator_states") == "34");
    CHECK(rig.sink->figures().healthy);
    // Its pages are given back.
    CHECK(std::stoul(reader.value("PRAGMA page_count")) < std::stoul(pages) / 2);
    rig.sink->finish(std::chrono::seconds{1});
    CHECK(reader.value("PRAGMA integrity_check") == "ok");
}

TEST_CASE("events of an old recording are kept as long as others") {
    SqliteRig rig;
    UnixTime now = new_year() + std::chrono::hours{24 * 365};
    rig.settings.retention = std::chrono::hours{1};
    rig.settings.now = [&] { return now; };
    StreamOfRecords recording(new_year());
    const auto count = [&] { return SqliteReader(rig.path).value("SELECT count(*) FROM events"); };
    const auto sink = rig.open();
    const RecordPtr event = recording.event(analyzer::EventKind::clock_jump, "jump");
    sink->write({&event, 1});
    sink->tick();
    CHECK(count() == "1");
    now += std::chrono::minutes{61};
    CHECK(test::tick_until(*sink, [&] { return count() == "0"; }));
}

TEST_CASE("one tick deletes a small portion only") {
    Aged rig(std::chrono::seconds{300});
    rig.sink->tick();
    const int left = std::stoi(rig.count("intervals"));
    CHECK(left < 1001);
    CHECK(left >= 900);
}

TEST_CASE("a retention of 0 keeps everything") {
    Aged rig(std::chrono::seconds{0});
    for (int i = 0; i < 20; ++i) rig.sink->tick();
    CHECK(rig.count("intervals") == "1001");
    CHECK(rig.count("streams") == "2");
}

TEST_CASE("retention waits for a lock as everything else, and says so") {
    Aged rig(std::chrono::seconds{300});
    REQUIRE(rig.obstruct());
    rig.sink->tick();
    CHECK_THAT(rig.sink->figures().problem, Catch::Contains("another program holds it"));
    rig.clear();
    CHECK(test::tick_until(*rig.sink, [&] { return rig.count("intervals") == "300"; }));
    CHECK(rig.sink->figures().healthy);
}

}  // namespace
}  // namespace muxtap::metrics
