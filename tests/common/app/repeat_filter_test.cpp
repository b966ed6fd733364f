#include "common/app/repeat_filter.h"

#include <catch2/catch.hpp>

namespace muxtap::app {
namespace {

using namespace std::chrono_literals;

constexpr int warning = 3;

struct Rig {
    RepeatFilter filter{10s};
    SteadyTime start{1000s};
    UnixTime wall{5000s};

    bool note(const std::string& line, std::chrono::seconds after) {
        return filter.lets_through(line.substr(0, line.find(' ')), line, warning, start + after, wall + after);
    }
};

}  // namespace

TEST_CASE("The first of equal lines is let through, the others are held back and told as a count") {
    Rig rig;
    CHECK(rig.note("full bytes=1", 0s));
    CHECK_FALSE(rig.note("full bytes=2", 1s));
    CHECK_FALSE(rig.note("full bytes=3", 9s));
    CHECK(rig.filter.due(rig.start + 9s).empty());
    const auto due = rig.filter.due(rig.start + 10s);
    REQUIRE(due.size() == 1);
    CHECK(due[0].line == "full bytes=3");
    CHECK(due[0].count == 2);
    CHECK(due[0].first == rig.wall + 1s);
    CHECK(due[0].level == warning);
    CHECK(rig.filter.due(rig.start + 19s).empty());
}

TEST_CASE("Lines that are not equal do not hold each other back") {
    Rig rig;
    CHECK(rig.note("full", 0s));
    CHECK(rig.note("slow", 0s));
    CHECK(rig.filter.due(rig.start + 20s).empty());
}

TEST_CASE("A line that comes again after the interval is let through") {
    Rig rig;
    CHECK(rig.note("full", 0s));
    CHECK(rig.note("full", 10s));
    CHECK_FALSE(rig.note("full", 11s));
}

TEST_CASE("While a line goes on it is told once an interval, and nothing is lost at the end") {
    Rig rig;
    std::uint64_t told = rig.note("full", 0s) ? 1 : 0;
    std::size_t lines = told;
    for (int second = 1; second < 60; ++second) {
        CHECK_FALSE(rig.note("full", std::chrono::seconds{second}));
        for (const auto& repeats : rig.filter.due(rig.start + std::chrono::seconds{second})) {
            told += repeats.count;
            ++lines;
        }
    }
    for (const auto& repeats : rig.filter.rest()) told += repeats.count;
    CHECK(told == 60);
    CHECK(lines == 6);
    CHECK(rig.filter.rest().empty());
}

TEST_CASE("What is remembered has an end: further lines are let through") {
    Rig rig;
    for (std::size_t i = 0; i < RepeatFilter::most_lines; ++i) CHECK(rig.note(std::to_string(i), 0s));
    CHECK(rig.note("more", 0s));
    CHECK(rig.note("more", 0s));
    CHECK_FALSE(rig.note("0", 0s));
    // Those that came once are forgotten, and there is room again.
    CHECK(rig.filter.due(rig.start + 10s).size() == 1);
    CHECK(rig.note("more", 11s));
    CHECK_FALSE(rig.note("more", 11s));
}

}  // namespace muxtap::app
