#include "client/metrics/sinks/sqlite_schema.h"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "tests/client/metrics/sinks/sqlite_rig.h"

namespace muxtap::metrics {
namespace {

using Catch::Contains;
using test::new_year;
using test::SqliteReader;
using test::SqliteRig;
using test::StreamOfRecords;

muxtap::test::ByteVector bytes_of(const std::string& path) {
    return muxtap::test::read_bytes(path);
}

TEST_CASE("a new database is ours by its header, and readers need not wait for its writer") {
    SqliteRig rig;
    const auto sink = rig.open();
    const SqliteReader reader(rig.path);
    CHECK(reader.value("PRAGMA application_id") == std::to_string(sqlite_application_id));
    CHECK(reader.value("PRAGMA user_version") == "1");
    CHECK(reader.value("PRAGMA journal_mode") == "wal");
    CHECK(reader.value("PRAGMA auto_vacuum") == "2");
}

TEST_CASE("an empty file is taken, as mktemp makes them") {
    SqliteRig rig;
    std::ofstream(rig.path).flush();
    const auto sink = rig.open();
    CHECK(SqliteReader(rig.path).value("PRAGMA user_version") == "1");
}

TEST_CASE("a database of another program is refused and not touched") {
    SqliteRig rig;
    SqliteReader(rig.path).run("CREATE TABLE addresses (name TEXT)");
    const auto before = bytes_of(rig.path);
    CHECK_THAT(rig.refusal(), Contains("of another program") && Contains(rig.path) && Contains("another file"));
    CHECK(bytes_of(rig.path) == before);
}

TEST_CASE("tables of another version are refused and not touched") {
    SqliteRig rig;
    (void)rig.open()->finish(std::chrono::seconds{1});
    SqliteReader(rig.path).run("PRAGMA user_version = 2");
    const auto before = bytes_of(rig.path);
    CHECK_THAT(rig.refusal(), Contains("version 2") && Contains("version 1"));
    CHECK(bytes_of(rig.path) == before);
}

TEST_CASE("a file that is no database is refused and not touched") {
    SqliteRig rig;
    std::ofstream(rig.path) << "Dear diary,\nit rained.\n" << std::string(5000, '.');
    const auto before = bytes_of(rig.path);
    CHECK_THAT(rig.refusal(), Contains("cannot read SQLite database") && Contains("not a database"));
    CHECK(bytes_of(rig.path) == before);
    CHECK(std::distance(std::filesystem::directory_iterator(rig.folder.path()), {}) == 1);
}

TEST_CASE("what cannot be opened says why") {
    SqliteRig rig;
    rig.settings.path = rig.folder / "none/metrics.db";
    CHECK_THAT(rig.refusal(), Contains("none/metrics.db") && Contains("No such file or directory"));
    rig.settings.path = rig.folder.path();
    CHECK_THAT(rig.refusal(), Contains("is no file"));
}

TEST_CASE("a database locked by another program is refused with these words") {
    SqliteRig rig;
    (void)rig.open()->finish(std::chrono::seconds{1});
    const SqliteReader other(rig.path);
    other.run("PRAGMA locking_mode = EXCLUSIVE; BEGIN IMMEDIATE; CREATE TABLE x (y); COMMIT");
    CHECK_THAT(rig.refusal(), Contains("another program holds it"));
}

TEST_CASE("a damaged database never stops the worker") {
    SqliteRig rig;
    StreamOfRecords stream(new_year());
    {
        const auto sink = rig.open();
        sink->write(stream.next_many(30));
        sink->finish(std::chrono::seconds{1});
    }
    const auto whole = bytes_of(rig.path);
    for (std::size_t at = 100; at < whole.size(); at += 4096 * 3 + 77) {
        auto damaged = whole;
        for (std::size_t i = at; i < std::min(at + 4096, damaged.size()); ++i) damaged[i] = 0xA5;
        (void)rig.folder.write("metrics.db", damaged);
        auto sink = SqliteSink::open(rig.settings, rig.log);
        if (!sink) {
            CHECK_FALSE(sink.error().message.empty());
            continue;
        }
        (*sink)->write(stream.next_many(3));
        (*sink)->tick();
        (*sink)->finish(std::chrono::milliseconds{1});
        CHECK(test::sum((*sink)->figures()) == 3);
        for (const char* suffix : {"-wal", "-shm"}) std::filesystem::remove(rig.path + suffix);
    }
}

}  // namespace
}  // namespace muxtap::metrics
