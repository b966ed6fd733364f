#include "client/record/retention.h"

#include <catch2/catch.hpp>

#include "client/record/sidecar.h"
#include "tests/client/record/record_rig.h"

namespace muxtap::record {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr UnixTime today = from_unix_ns(1'763'603'600'000'000'000);

/// A folder with recordings of an earlier run.
struct Rig {
    TestFolder folder;
    app::Log log{{.program = "test", .silent = true}};
    std::string output = folder / "{stream}/%H.ts";

    std::string record(const std::string& name, std::chrono::hours age, std::size_t bytes, std::string stream = "news",
                       std::string pattern = {}) {
        FileAccount account;
        account.output = pattern.empty() ? output : std::move(pattern);
        account.stream = std::move(stream);
        account.started = today - age;
        account.ended = account.started + 10min;
        const std::string path = folder / name;
        write_file(path, std::string(bytes, 'G'));
        write_file(sidecar_path(path), to_json(account, {}));
        return path;
    }

    Retention retention(RetentionLimits limits) {
        Retention made(limits, {.folder = folder.path(), .output = output, .streams = {{"news", false}}}, log);
        REQUIRE(made.scan());
        return made;
    }
};

/// What the disk of the test's folder holds.
const std::uint64_t disk_bytes = fs::space(fs::temp_directory_path()).capacity;

}  // namespace

TEST_CASE("The oldest files go until the sum fits, with their sidecars and empty folders") {
    Rig rig;
    const auto oldest = rig.record("news/01.ts", 30h, 1000);
    const auto middle = rig.record("news2/02.ts", 20h, 1000);
    const auto newest = rig.record("news/03.ts", 10h, 1000);
    Retention retention = rig.retention({.max_bytes = 2500});
    CHECK(retention.files() == 3);
    retention.enforce(today, {}, 0);
    CHECK_FALSE(fs::exists(oldest));
    CHECK_FALSE(fs::exists(sidecar_path(oldest)));
    CHECK(fs::exists(middle));
    retention.enforce(today, {}, 1000);  // the file being written counts
    CHECK_FALSE(fs::exists(rig.folder / "news2"));
    CHECK(fs::exists(newest));
    CHECK(retention.bytes() == 1000);
    retention.enforce(today, {}, 1'000'000);
    CHECK_FALSE(fs::exists(newest));
    CHECK(fs::exists(rig.folder.path()));
}

TEST_CASE("Files older than the limit go, by the time their last packet was captured") {
    Rig rig;
    const auto old = rig.record("news/01.ts", 25h, 10);
    const auto just = rig.record("news/02.ts", 24h, 10);
    Retention retention = rig.retention({.max_age = 24h});
    retention.enforce(today, {}, 0);
    CHECK_FALSE(fs::exists(old));
    CHECK(fs::exists(just));
}

TEST_CASE("Files that this recorder did not write are never deleted") {
    Rig rig;
    const auto mine = rig.record("news/01.ts", 50h, 10);
    const auto other_pattern = rig.record("news/02.ts", 60h, 10, "news", "/elsewhere/{stream}.ts");
    const auto other_stream = rig.record("sport/01.ts", 60h, 10, "sport");
    const auto plain = rig.folder / "news/holiday.ts";
    write_file(plain, "GGG");
    const auto strange = rig.folder / "news/strange.ts";
    write_file(strange, "GGG");
    write_file(sidecar_path(strange), "{\"kind\":\"something else\"}");
    const auto link = rig.folder / "news/link.ts";
    fs::create_symlink(plain, link);
    fs::copy_file(sidecar_path(mine), sidecar_path(link));
    Retention retention = rig.retention({.max_bytes = 1, .max_age = 1h, .min_free = disk_bytes - 1});
    retention.enforce(today, {}, 0);
    CHECK_FALSE(retention.make_room());
    CHECK_FALSE(fs::exists(mine));
    for (const std::string& path : {other_pattern, other_stream, plain, strange, link}) {
        CAPTURE(path);
        CHECK(fs::exists(path));
    }
}

TEST_CASE("A file that is being written is out of reach") {
    Rig rig;
    const auto open = rig.record("news/01.ts", 50h, 10);
    Retention retention = rig.retention({.max_bytes = 1});
    retention.forget(open);
    retention.enforce(today, {}, 10);
    CHECK(fs::exists(open));
    retention.add({.path = open, .bytes = 10, .started = today, .ended = today});
    retention.enforce(today, {}, 0);
    CHECK_FALSE(fs::exists(open));
}

TEST_CASE("Room on a full disk is made only where a limit was set") {
    Rig rig;
    const auto file = rig.record("news/01.ts", 1h, 10);
    Retention none = rig.retention({});
    CHECK_FALSE(none.make_room());
    CHECK(fs::exists(file));
    Retention some = rig.retention({.max_age = 1000h});
    CHECK(some.make_room());
    CHECK_FALSE(fs::exists(file));
    CHECK_FALSE(some.make_room());
}

TEST_CASE("A limit that no deleting could keep is refused") {
    Rig rig;
    const auto file = rig.record("news/01.ts", 1h, 10);
    Retention retention({.min_free = disk_bytes + 1}, {.folder = rig.folder.path(), .output = {}, .streams = {}},
                        rig.log);
    const auto scanned = retention.scan();
    REQUIRE_FALSE(scanned);
    CHECK(scanned.error().message.find("--min-free") != std::string::npos);
    CHECK(fs::exists(file));
}

TEST_CASE("A file that is gone already does not stop the others from going") {
    Rig rig;
    const auto gone = rig.record("news/01.ts", 30h, 1000);
    const auto there = rig.record("news/02.ts", 20h, 1000);
    Retention retention = rig.retention({.max_bytes = 1});
    fs::remove(gone);
    retention.enforce(today, {}, 0);
    CHECK_FALSE(fs::exists(there));
}

}  // namespace muxtap::record
