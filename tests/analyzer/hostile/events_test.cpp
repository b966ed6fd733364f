#include <catch2/catch.hpp>

#include "analyzer/json/report_json.h"
#include "tests/analyzer/hostile/hostile.h"

// Events that nobody fetches, and the one event that says that something has come to its end.

namespace muxtap::analyzer {
namespace {

using namespace test;

TEST_CASE("events that nobody fetches are kept up to the cap, and the rest is counted") {
    Victim victim({.caps = {.pending_events = 10}});
    for (unsigned pid = 0x100; pid < 0x200; ++pid) victim.feed(raw_packet({.pid = static_cast<ts::Pid>(pid)}));
    victim.analyzer().advance(victim.now() + std::chrono::seconds(1));
    const Report report = victim.analyzer().report();
    CHECK(report.events_dropped >= 0x100 - 10);
    REQUIRE(limit_of(report, "events") != nullptr);
    CHECK(limit_of(report, "events")->cap == 10);
    CHECK(limit_of(report, "events")->left_out == report.events_dropped);
    const std::vector<Event> events = victim.analyzer().events();
    CHECK(events.size() == 11);
    CHECK(events_of(events, EventKind::limit_reached) == 1);
}

TEST_CASE("a limit is told once, when it is hit first") {
    Victim victim({.caps = {.programs = 2}});
    std::vector<PatProgram> programs = {{1, 0x101}, {2, 0x102}};
    victim.feed_pat(programs);
    CHECK(events_of(victim.analyzer().events(), EventKind::limit_reached) == 0);
    programs.push_back({3, 0x103});
    std::vector<Event> told;
    for (unsigned round = 0; round < 300; ++round) {
        victim.feed_pat(programs, static_cast<std::uint8_t>(round % 32));
        for (Event& event : victim.analyzer().events())
            if (event.kind == EventKind::limit_reached) told.push_back(std::move(event));
    }
    REQUIRE(told.size() == 1);
    CHECK(told[0].text == "more programs than the analyzer keeps: 2");
    CHECK(told[0].count == 2);
    CHECK(victim.analyzer().report().limits.size() == 1);
    CHECK(to_json(told[0], {}).find("limit_reached") != std::string::npos);
}

TEST_CASE("events say where each silence begins and ends, however often") {
    Victim victim;
    std::size_t began = 0;
    std::size_t ended = 0;
    for (unsigned i = 0; i < 50; ++i) {
        victim.feed(raw_packet({.counter = i}));
        victim.set_now(victim.now() + std::chrono::seconds(3));
        const std::vector<Event> events = victim.analyzer().events();
        began += events_of(events, EventKind::silence_began);
        ended += events_of(events, EventKind::silence_ended);
    }
    CHECK(began == 49);
    CHECK(ended >= 48);
}

}  // namespace
}  // namespace muxtap::analyzer
