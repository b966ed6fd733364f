#include "client/frames/outputs/files/file_output.h"

#include <catch2/catch.hpp>

#include "tests/client/frames/outputs/files/files_rig.h"

namespace muxtap::frames {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;
using Files = std::set<std::string>;

struct Rig {
    test::TempFolder folder;
    app::Log log = quiet_log();

    std::unique_ptr<FileOutput> open(FileChoice choice) {
        for (std::string* pattern : {&choice.latest, &choice.filmstrip, &choice.images}) {
            if (!pattern->empty()) *pattern = folder / *pattern;
        }
        return FileOutput::open(choice.options(), log).value();
    }
    [[nodiscard]] Files files() const { return files_in(folder.path()); }
    [[nodiscard]] std::string text(const std::string& name) const { return text_of(folder / name); }
};

}  // namespace

TEST_CASE("The newest picture and the newest filmstrip replace those before them") {
    Rig rig;
    const auto output = rig.open({.latest = "{stream}/latest.jpg", .filmstrip = "{stream}/filmstrip.jpg"});
    write(*output, {.image = "one", .filmstrip = "one."});
    write(*output, {.image = "two", .filmstrip = "one.two."});
    write(*output, {.image = "three"});
    CHECK(rig.files() == Files{"news/filmstrip.jpg", "news/latest.jpg"});
    CHECK(rig.text("news/latest.jpg") == "three");
    CHECK(rig.text("news/filmstrip.jpg") == "one.two.");
    CHECK(output->figures().written == 5);
    CHECK(output->figures().bytes == 3 + 4 + 3 + 8 + 5);
    CHECK(output->figures().dropped == 0);
    CHECK(output->figures().healthy);
}

TEST_CASE("Of several pictures at once the newest is written, and all of them by time") {
    Rig rig;
    const auto output = rig.open({.latest = "latest.jpg", .images = "%H%M%S.jpg"});
    const std::vector<ItemPtr> items = {picture({.image = "one"}), picture({.captured = moment + 1s, .image = "two"})};
    output->write(items);
    CHECK(rig.files() == Files{"015320.jpg", "015321.jpg", "latest.jpg"});
    CHECK(rig.text("latest.jpg") == "two");
    CHECK(output->figures().written == 3);
}

TEST_CASE("Programs, streams and probes have files of their own") {
    Rig rig;
    const auto output = rig.open({.latest = "{stream}/latest.jpg", .images = "all/%S.jpg"});
    write(*output, {.image = "a"});
    write(*output, {.program = 102, .image = "b"});
    write(*output, {.stream = "sport", .image = "c"});
    write(*output, {.probe = "cap-b", .image = "d"});
    write(*output, {.program = 102, .image = "e"});
    CHECK(rig.files() == Files{"news/latest.jpg", "news/latest-102.jpg", "sport/latest.jpg", "news/latest-cap-b.jpg",
                               "all/20.jpg", "all/20-102.jpg", "all/20-102-2.jpg", "all/20-sport.jpg",
                               "all/20-news.jpg"});
    CHECK(rig.text("news/latest.jpg") == "a");
    CHECK(rig.text("news/latest-102.jpg") == "e");
    CHECK(rig.text("all/20-102-2.jpg") == "e");
}

TEST_CASE("A placeholder for the program takes the place of the suffix") {
    Rig rig;
    const auto output = rig.open({.latest = "{stream}-{program}.jpg"});
    write(*output, {});
    write(*output, {.program = 102});
    CHECK(rig.files() == Files{"news-101.jpg", "news-102.jpg"});
}

TEST_CASE("Pictures are named by their capture time, and never overwrite others") {
    Rig rig;
    const auto choice = FileChoice{.images = "{stream}/%Y-%m-%d/%H%M%S.jpg"};
    for (const char* run : {"first", "second"}) {
        const auto output = rig.open(choice);
        for (int i = 0; i < 3; ++i) write(*output, {.captured = moment + i * 300ms, .image = run});
        output->finish(0ms);
        CHECK(output->figures().written == 3);
    }
    const std::string day = "news/2025-11-20/";
    CHECK(rig.files() == Files{day + "015320.jpg", day + "015320-2.jpg", day + "015320-3.jpg", day + "015320-4.jpg",
                               day + "015321.jpg", day + "015321-2.jpg"});
    CHECK(rig.text(day + "015320.jpg") == "first");
    CHECK(rig.text(day + "015320-2.jpg") == "first");
    CHECK(rig.text(day + "015320-3.jpg") == "second");
    CHECK(rig.text(day + "015321.jpg") == "first");
}

TEST_CASE("PNG pictures get the extension of PNG") {
    Rig rig;
    const auto output = rig.open({.latest = "latest.jpg", .filmstrip = "strip.jpeg", .images = "%S.jpg"});
    write(*output, {.filmstrip = "strip", .media_type = "image/png"});
    CHECK(rig.files() == Files{"latest.png", "strip.png", "20.png"});
}

TEST_CASE("Retention deletes the oldest pictures by time, and leaves the newest one of each stream") {
    Rig rig;
    const auto output = rig.open({.latest = "{stream}/latest.jpg", .images = "{stream}/%H%M%S.jpg", .max_bytes = 20});
    for (int i = 0; i < 10; ++i) {
        write(*output, {.captured = moment + i * 1s, .image = "12345"});
        output->tick();
    }
    CHECK(rig.files() ==
          Files{"news/latest.jpg", "news/015326.jpg", "news/015327.jpg", "news/015328.jpg", "news/015329.jpg"});
}

TEST_CASE("Folders that are deleted while pictures are written are made again") {
    Rig rig;
    const auto output = rig.open({.latest = "a/{stream}/latest.jpg", .images = "a/{stream}/%S.jpg"});
    write(*output, {});
    fs::remove_all(rig.folder / "a");
    write(*output, {});
    CHECK(rig.files() == Files{"a/news/20-2.jpg", "a/news/latest.jpg"});
    CHECK(output->figures().dropped == 0);
}

TEST_CASE("A run without files, and items that are no pictures, write nothing") {
    Rig rig;
    const auto none = rig.open({});
    write(*none, {});
    none->tick();
    CHECK(none->figures().written == 0);

    const auto output = rig.open({.latest = "latest.jpg", .filmstrip = "strip.jpg", .images = "%S.jpg"});
    const std::vector<ItemPtr> items = {std::make_shared<const Item>(AccessUnitItem{}),
                                        std::make_shared<const Item>(PictureItem{})};
    output->write(items);
    CHECK(rig.files().empty());
    CHECK(output->figures().dropped == 0);
}

}  // namespace muxtap::frames
