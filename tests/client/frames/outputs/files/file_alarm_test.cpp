#include "client/frames/outputs/files/file_alarm.h"

#include <catch2/catch.hpp>
#include <cerrno>

#include "tests/client/frames/outputs/files/files_rig.h"

namespace muxtap::frames {
namespace {

using namespace std::chrono_literals;

struct Rig {
    app::Log log{{.program = "test", .repeat_interval = {}}};
    PrintedLines printed;
    FileAlarm alarm{log};
    SteadyTime now{};
    std::string path = "images/news/latest.jpg";

    void fail(const std::string& owner, int error) { alarm.failed({"latest", owner, path, error}, now); }
};

}  // namespace

TEST_CASE("Each reason is told at once and then now and again, not for each picture") {
    Rig rig;
    for (int i = 0; i < 100; ++i) rig.fail("stream" + std::to_string(i % 10), ENOSPC);
    CHECK(rig.printed.count("\n") == 1);
    rig.fail("other", EACCES);
    CHECK(rig.printed.count("\n") == 2);
    rig.now += 31s;
    for (int i = 0; i < 100; ++i) rig.fail("stream1", ENOSPC);
    CHECK(rig.printed.count("\n") == 3);
    CHECK(rig.printed.count("pictures_lost=102") == 1);
}

TEST_CASE("It is told once that all can be written again") {
    Rig rig;
    rig.fail("a", ENOSPC);
    rig.fail("b", ENOSPC);
    rig.alarm.written("latest", "a", rig.now);
    CHECK(rig.alarm.active());
    CHECK(rig.printed.count("again") == 1);  // "trying again"
    rig.alarm.written("filmstrip", "b", rig.now);
    CHECK(rig.alarm.active());
    rig.alarm.written("latest", "b", rig.now);
    CHECK_FALSE(rig.alarm.active());
    CHECK(rig.alarm.problem().empty());
    CHECK(rig.printed.count("can be written again") == 1);
    rig.alarm.written("latest", "b", rig.now);
    CHECK(rig.printed.count("can be written again") == 1);
}

TEST_CASE("A disk that comes and goes is not told each time, and its last state is") {
    Rig rig;
    for (int i = 0; i < 10; ++i) {
        rig.fail("a", ENOSPC);
        rig.alarm.written("latest", "a", rig.now);
    }
    CHECK(rig.printed.count("\n") == 2);
    rig.alarm.tick(rig.now);
    CHECK(rig.printed.count("\n") == 2);
    rig.alarm.tick(rig.now += 31s);
    CHECK(rig.printed.count("can be written again") == 2);
}

TEST_CASE("An owner without pictures is not waited for") {
    Rig rig;
    rig.fail("a", ENOSPC);
    rig.alarm.tick(rig.now += 60s);
    CHECK(rig.alarm.active());
    rig.alarm.tick(rig.now += 1s);
    CHECK_FALSE(rig.alarm.active());
    CHECK(rig.alarm.problem().empty());
}

TEST_CASE("A failure says what, which, why, and what to do") {
    const test::TempFolder folder;
    const std::string file = folder.write("file", test::ByteVector{1});
    struct Row {
        int error;
        const char* why;
        const char* advice;
    };
    const auto row = GENERATE(values<Row>({
        {ENOSPC, "No space left on device", "--images-max-bytes"},
        {EACCES, "Permission denied", "another --latest"},
        {EROFS, "Read-only file system", "another --latest"},
        {ENAMETOOLONG, "File name too long", "shorter --latest"},
        {ENOTDIR, "Not a directory", "/file\" is a file, and a folder is expected"},
        {EISDIR, "Is a directory", "another --latest"},
        {EIO, "Input/output error", ""},
    }));
    const std::string path = file + "/news/latest.jpg";
    const std::string line = describe({"latest", "key", path, row.error});
    CAPTURE(line);
    CHECK(line.starts_with("cannot write \"" + path + "\": " + row.why));
    CHECK(line.find(row.advice) != std::string::npos);
    CHECK((line.find('(') == std::string::npos) == std::string_view{row.advice}.empty());
}

}  // namespace muxtap::frames
