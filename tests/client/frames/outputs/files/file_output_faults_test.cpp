#include <catch2/catch.hpp>

#include "client/frames/outputs/files/file_output.h"
#include "tests/client/frames/outputs/files/files_rig.h"

namespace muxtap::frames {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;
using Files = std::set<std::string>;

}  // namespace

TEST_CASE("Choices of files that can never work are refused") {
    struct Row {
        FileChoice choice;
        const char* names;
    };
    const test::TempFolder folder;
    const std::string top = folder / "";
    const auto row = GENERATE_COPY(values<Row>({
        {{.latest = top + "{steam}.jpg"}, "--latest"},
        {{.filmstrip = top + "%Q.jpg"}, "--filmstrip"},
        {{.images = top + "a/"}, "--images"},
        {{.images = top + "{stream}.jpg"}, "a time is expected"},
        {{.latest = top + "a.jpg", .filmstrip = top + "./a.jpg"}, "--filmstrip"},
        {{.images = top + "%S.jpg", .min_free = std::uint64_t{1} << 62}, "--images-min-free"},
    }));
    app::Log log = quiet_log();
    const auto opened = FileOutput::open(row.choice.options(), log);
    REQUIRE_FALSE(opened);
    CAPTURE(opened.error().message);
    CHECK(opened.error().message.find(row.names) != std::string::npos);
}

TEST_CASE("A file in place of a folder is told, counted, and no longer a fault once it is gone") {
    const test::TempFolder folder;
    app::Log log({.program = "test"});
    const std::string obstacle = folder.write("images", test::ByteVector{1});
    const PrintedLines printed;
    const FileChoice choice{.latest = obstacle + "/{stream}/latest.jpg", .images = obstacle + "/{stream}/%S.jpg"};
    const auto output = FileOutput::open(choice.options(), log).value();
    CHECK(printed.count("cannot write to \"" + obstacle + "\": Not a directory") == 2);

    for (int i = 0; i < 10; ++i) write(*output, {});
    CHECK(output->figures().dropped == 20);
    CHECK(output->figures().written == 0);
    CHECK_FALSE(output->figures().healthy);
    CHECK(output->figures().problem.find("\"" + obstacle + "\" is a file") != std::string::npos);
    CHECK(printed.count("disk_error") + printed.count("trying again with each picture") == 3);

    fs::remove(obstacle);
    write(*output, {});
    CHECK(output->figures().healthy);
    CHECK(output->figures().problem.empty());
    CHECK(output->figures().written == 2);
    CHECK(printed.count("pictures can be written again") == 1);
    CHECK(files_in(folder.path()) == Files{"images/news/20.jpg", "images/news/latest.jpg"});
}

TEST_CASE("A full disk costs the pictures that do not fit, and leaves nothing half written") {
    const test::TempFolder folder;
    app::Log log = quiet_log();
    const auto output =
        FileOutput::open(FileChoice{.latest = folder / "latest.jpg", .images = folder / "%H%M%S.jpg"}.options(), log)
            .value();
    write(*output, {.image = "old"});
    {
        const FileSizeLimit full(1000);
        write(*output, {.captured = moment + 1s, .image = std::string(1001, 'x')});
        CHECK_FALSE(output->figures().healthy);
        write(*output, {.stream = "sport", .captured = moment + 1s, .image = "small"});
    }
    CHECK(output->figures().dropped == 2);
    CHECK(text_of(folder / "latest.jpg") == "old");
    CHECK(files_in(folder.path()) == Files{"latest.jpg", "latest-sport.jpg", "015320.jpg", "015321-sport.jpg"});
    write(*output, {.captured = moment + 2s, .image = std::string(1001, 'x')});
    CHECK(output->figures().healthy);
}

TEST_CASE("One stream whose files cannot be written does not stop the others") {
    const test::TempFolder folder;
    app::Log log = quiet_log();
    const auto output = FileOutput::open(FileChoice{.latest = folder / "{stream}/latest.jpg"}.options(), log).value();
    (void)folder.write("bad", test::ByteVector{1});
    fs::create_directories(folder / "worse/latest.jpg");
    const std::vector<ItemPtr> items = {picture({.stream = "bad"}), picture({.stream = "worse"}), picture({})};
    output->write(items);
    CHECK(output->figures().dropped == 2);
    CHECK(output->figures().written == 1);
    CHECK(text_of(folder / "news/latest.jpg") == "picture");
    CHECK(fs::is_directory(folder / "worse/latest.jpg"));
    CHECK(files_in(folder.path()) == Files{"bad", "news/latest.jpg"});
}

TEST_CASE("A path that is too long is a fault of that picture alone") {
    const test::TempFolder folder;
    app::Log log = quiet_log();
    const auto output = FileOutput::open(FileChoice{.latest = folder / "{stream}{stream}.jpg"}.options(), log).value();
    write(*output, {.stream = std::string(128, 'x')});
    CHECK(output->figures().dropped == 1);
    CHECK(output->figures().problem.find("File name too long") != std::string::npos);
    write(*output, {});
    CHECK(output->figures().written == 1);
    CHECK(files_in(folder.path()) == Files{"newsnews.jpg"});
}

}  // namespace muxtap::frames
