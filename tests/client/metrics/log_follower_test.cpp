#include "client/metrics/log_follower.h"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <vector>

#include "tests/support/temp_folder.h"

namespace muxtap::metrics {
namespace {

namespace fs = std::filesystem;

struct Rig {
    test::TempFolder folder;
    std::string path = folder / "app.log";
    app::Log log{{.program = "test", .silent = true}};
    std::vector<std::string> lines;

    void write(const std::string& text) const { std::ofstream(path, std::ios::app) << text; }
    std::vector<std::string> poll(LogFollower& follower) {
        lines.clear();
        follower.poll([this](std::string_view line) { lines.emplace_back(line); });
        return lines;
    }
};

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("Lines that are written are handed over whole, those from before are not") {
    Rig rig;
    rig.write("old\n");
    LogFollower follower(rig.path, rig.log);
    CHECK(rig.poll(follower).empty());
    rig.write("one\r\ntwo\n\nthr");
    CHECK(rig.poll(follower) == Lines{"one", "two"});
    rig.write("ee\n");
    CHECK(rig.poll(follower) == Lines{"three"});
}

TEST_CASE("A rotated file is read to its end, then the new one from its start") {
    Rig rig;
    rig.write("old\n");
    LogFollower follower(rig.path, rig.log);
    rig.write("last of the old one, without an end");
    fs::rename(rig.path, rig.path + ".1");
    CHECK(rig.poll(follower).empty());  // there is no new one: the old one may still be written to
    std::ofstream(rig.path + ".1", std::ios::app) << "!";
    rig.write("first of the new one\n");
    CHECK(rig.poll(follower) == Lines{"last of the old one, without an end!", "first of the new one"});
    rig.write("second\n");
    CHECK(rig.poll(follower) == Lines{"second"});
}

TEST_CASE("A file that is made empty is read from its start again") {
    Rig rig;
    rig.write("a long line that was there before\n");
    LogFollower follower(rig.path, rig.log);
    fs::resize_file(rig.path, 0);
    rig.write("new\n");
    CHECK(rig.poll(follower) == Lines{"new"});
}

TEST_CASE("A file that is not there yet is read from its start once it is") {
    Rig rig;
    LogFollower follower(rig.path, rig.log);
    CHECK(rig.poll(follower).empty());
    rig.write("first\n");
    CHECK(rig.poll(follower) == Lines{"first"});
}

TEST_CASE("A line that is too long is cut, and what follows it is not lost") {
    Rig rig;
    rig.write("");
    LogFollower follower(rig.path, rig.log);
    const std::size_t length = GENERATE(LogFollower::longest_line - 1, LogFollower::longest_line,
                                        LogFollower::longest_line + 1, 65536, 200000);
    rig.write(std::string(length, 'x') + "\nnext\n");
    const Lines lines = rig.poll(follower);
    REQUIRE(lines.size() == 2);
    CHECK(lines[0].size() == std::min(length, LogFollower::longest_line));
    CHECK(lines[1] == "next");
}

TEST_CASE("Of a flood of lines each call takes some, and none is left out") {
    Rig rig;
    rig.write("");
    LogFollower follower(rig.path, rig.log);
    std::string flood;
    for (int i = 0; i < 1000; ++i) flood += std::to_string(i) + "\n";
    rig.write(flood);
    Lines all;
    for (Lines some = rig.poll(follower); !some.empty(); some = rig.poll(follower)) {
        CHECK(some.size() <= LogFollower::most_lines_at_once);
        all.insert(all.end(), some.begin(), some.end());
    }
    REQUIRE(all.size() == 1000);
    CHECK(all.back() == "999");
}

}  // namespace muxtap::metrics
