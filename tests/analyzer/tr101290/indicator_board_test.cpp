#include <catch2/catch.hpp>

#include "tests/analyzer/tr101290/rig.h"

namespace muxtap::test {
namespace {

struct Board {
    Board() {
        board.set_state(IndicatorId::transport_error, IndicatorState::ok);
        board.set_state(IndicatorId::pcr_error, IndicatorState::ok);
    }
    [[nodiscard]] Indicator of(IndicatorId id) const { return board.report()[static_cast<std::size_t>(id)]; }
    std::vector<Event> events;
    IndicatorBoard board{events, 100};
};

constexpr IndicatorId tei = IndicatorId::transport_error;

TEST_CASE("a fresh board has measured nothing") {
    std::vector<Event> events;
    for (const Indicator& indicator : IndicatorBoard(events).report()) {
        CHECK(indicator.state == IndicatorState::not_measured);
        CHECK(indicator.count == 0);
        CHECK_FALSE(indicator.first);
    }
}

TEST_CASE("findings are counted with their times, first packet and PIDs, most findings first") {
    Board b;
    b.board.found(tei, at(10), 7, ts::Pid{0x20}, false);
    b.board.found(tei, at(20), 8, ts::Pid{0x30}, false, 5);
    b.board.found(tei, at(30), 9, std::nullopt, false);
    const Indicator indicator = b.of(tei);
    CHECK(indicator.count == 7);
    CHECK(indicator.first == at(10));
    CHECK(indicator.last == at(30));
    CHECK(indicator.first_packet == 7U);
    CHECK(indicator.pids == std::vector<IndicatorPid>{{0x30, 5}, {0x20, 1}});
    CHECK_FALSE(indicator.more_pids);
}

TEST_CASE("32 PIDs are listed, and that there were more") {
    Board b;
    for (ts::Pid pid = 0; pid < 32; ++pid) b.board.found(tei, at(0), 0, pid, false);
    CHECK_FALSE(b.of(tei).more_pids);
    b.board.found(tei, at(0), 0, ts::Pid{32}, false);
    CHECK(b.of(tei).pids.size() == 32);
    CHECK(b.of(tei).more_pids);
    CHECK(b.of(tei).count == 33);
}

TEST_CASE("error ends one second after the last finding, however late that is noticed") {
    Board b;
    b.board.found(tei, at(0), 1, ts::Pid{5}, false);
    b.board.found(tei, at(900), 2, ts::Pid{6}, false, 2);
    b.board.tick(at(1899));
    CHECK(b.of(tei).state == IndicatorState::error);
    b.board.tick(at(2500));
    CHECK(b.of(tei).state == IndicatorState::ok);
    REQUIRE(b.events.size() == 2);
    CHECK(b.events[0].kind == EventKind::indicator_began);
    CHECK(b.events[0].text == "Transport_error");
    CHECK(b.events[0].indicator == tei);
    CHECK(b.events[0].pid == ts::Pid{5});
    CHECK(b.events[0].packet == 1);
    CHECK(b.events[1].kind == EventKind::indicator_ended);
    CHECK(b.events[1].time == at(1900));
    CHECK(b.events[1].count == 3);
    CHECK(b.events[1].text == "Transport_error over after 1.9 s, 3 findings");
}

TEST_CASE("a finding after a pause begins anew, without a tick between") {
    Board b;
    b.board.found(tei, at(0), 1, std::nullopt, false);
    b.board.found(tei, at(5000), 2, std::nullopt, false);
    REQUIRE(b.events.size() == 3);
    CHECK(b.events[1].kind == EventKind::indicator_ended);
    CHECK(b.events[1].time == at(1000));
    CHECK(b.events[2].kind == EventKind::indicator_began);
}

TEST_CASE("a condition counts once and holds the error as long as any of it lasts") {
    Board b;
    b.board.begin_condition(tei, {.time = at(0), .pid = ts::Pid{1}});
    b.board.begin_condition(tei, {.time = at(10), .pid = ts::Pid{2}});
    b.board.end_condition(tei, at(20));
    b.board.tick(at(10'000));
    CHECK(b.of(tei).state == IndicatorState::error);
    b.board.end_condition(tei, at(12'000));
    b.board.tick(at(12'000));
    CHECK(b.of(tei).state == IndicatorState::ok);
    CHECK(b.of(tei).count == 2);
    CHECK(b.events.back().time == at(12'000));
}

TEST_CASE("findings in the shadow are counted apart and light nothing") {
    Board b;
    b.board.found(tei, at(0), 1, ts::Pid{1}, true, 3);
    b.board.begin_condition(tei, {.time = at(0), .shadow = true});
    CHECK(b.of(tei).capture_loss == 4);
    CHECK(b.of(tei).count == 0);
    CHECK(b.of(tei).state == IndicatorState::ok);
    CHECK(b.events.empty());
}

TEST_CASE("what is not applicable takes no findings, what is not measured does") {
    Board b;
    b.board.set_state(tei, IndicatorState::not_applicable);
    b.board.found(tei, at(0), 1, std::nullopt, false);
    CHECK(b.of(tei).count == 0);
    CHECK(b.of(tei).state == IndicatorState::not_applicable);
    b.board.found(IndicatorId::pat_error, at(0), 1, std::nullopt, false);
    CHECK(b.of(IndicatorId::pat_error).state == IndicatorState::error);
    b.board.tick(at(2000));
    CHECK(b.of(IndicatorId::pat_error).state == IndicatorState::not_measured);
}

TEST_CASE("PCR_error is either of its two, and one PCR wrong in both ways is one error") {
    Board b;
    b.board.found(IndicatorId::pcr_repetition_error, at(0), 1, ts::Pid{1}, false);
    b.board.found(IndicatorId::pcr_discontinuity_indicator_error, at(0), 1, ts::Pid{1}, false);
    CHECK(b.of(IndicatorId::pcr_error).count == 1);
    b.board.found(IndicatorId::pcr_discontinuity_indicator_error, at(5), 2, ts::Pid{1}, false);
    b.board.found(IndicatorId::pcr_repetition_error, at(5), 3, ts::Pid{2}, false);
    CHECK(b.of(IndicatorId::pcr_error).count == 3);
    b.board.found(IndicatorId::pcr_repetition_error, at(9), 4, ts::Pid{2}, true);
    b.board.found(IndicatorId::pcr_discontinuity_indicator_error, at(9), 4, ts::Pid{2}, true);
    CHECK(b.of(IndicatorId::pcr_error).capture_loss == 1);
    b.board.found(IndicatorId::pcr_accuracy_error, at(9), 5, ts::Pid{2}, false);
    CHECK(b.of(IndicatorId::pcr_error).count == 3);
}

TEST_CASE("the first finding gives the event its text") {
    struct Row {
        Finding finding;
        const char* text;
    };
    using std::chrono::milliseconds;
    const Row rows[] = {
        {{.what = "no PAT for more than", .duration = milliseconds(500)}, "no PAT for more than 0.5 s"},
        {{.what = "only", .duration = milliseconds(12)}, "only 12 ms"},
        {{.what = "section with table_id", .table_id = std::uint8_t{0x46}}, "section with table_id 0x46"},
        {{}, "Transport_error"},
    };
    for (const Row& row : rows) {
        Board b;
        b.board.found(tei, row.finding);
        b.board.found(tei, {.what = "another"});
        REQUIRE(b.events.size() == 1);
        CHECK(b.events[0].text == row.text);
    }
}

TEST_CASE("events beyond the cap are dropped and counted") {
    std::vector<Event> events;
    IndicatorBoard board(events, 2);
    for (int i = 0; i < 3; ++i) board.found(tei, at(i * 2000), 0, std::nullopt, false);
    CHECK(events.size() == 2);
    CHECK(board.events_dropped() == 3);
}

}  // namespace
}  // namespace muxtap::test
