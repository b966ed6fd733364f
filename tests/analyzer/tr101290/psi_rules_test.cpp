#include <catch2/catch.hpp>

#include "tests/analyzer/tr101290/rig.h"

namespace muxtap::test {
namespace {

/// Sends a PAT every 400 ms up to then.
void keep_pat(Rig& rig, std::int64_t to_ms) {
    for (std::int64_t ms = rig.time_ms; ms <= to_ms; ms += 400) rig.send(section_of(0, 0x00), ms);
}

TEST_CASE("a foreign section beside a PAT is PAT_error_2 alone, each time") {
    Rig rig;
    keep_pat(rig, 800);
    rig.send(section_of(0, 0x02), 900);
    rig.send(section_of(0, 0x72), 950);
    keep_pat(rig, 1600);
    CHECK(rig.found() == Names{"pat_error_2"});
    CHECK(rig.count(IndicatorId::pat_error_2) == 2);
    CHECK(rig.first(IndicatorId::pat_error_2) == 900);
    CHECK(rig.events.at(0).text == "section with table_id 0x02");
}

TEST_CASE("foreign sections instead of a PAT are both PAT errors") {
    Rig rig;
    for (int ms = 0; ms < 1000; ms += 100) rig.send(section_of(0, 0x02), ms);
    CHECK(rig.count(IndicatorId::pat_error) == 1);
    CHECK(rig.count(IndicatorId::pat_error_2) == 11);
}

TEST_CASE("a PAT with a wrong CRC holds off the legacy PAT_error, not PAT_error_2") {
    Rig rig;
    SectionSeen damaged = section_of(0, 0x00);
    damaged.crc_ok = false;
    rig.send(section_of(0, 0x00), 0);
    rig.send(damaged, 400);
    rig.send(section_of(0, 0x00), 800);
    CHECK(rig.count(IndicatorId::pat_error) == 0);
    CHECK(rig.count(IndicatorId::pat_error_2) == 1);
    CHECK(rig.first(IndicatorId::pat_error_2) == 500);
    CHECK(rig.count(IndicatorId::crc_error) == 1);
}

TEST_CASE("the table_id of a section with a wrong CRC is not believed") {
    Rig rig(Standard::dvb);
    rig.set_programs({{.pid = 0x100, .program = 1}});
    for (const ts::Pid pid : std::initializer_list<ts::Pid>{0x00, 0x01, 0x10, 0x11, 0x12, 0x13, 0x14, 0x100}) {
        SectionSeen damaged = section_of(pid, 0x33);
        damaged.crc_ok = false;
        rig.send(damaged, 0);
    }
    CHECK(rig.found() == Names{"crc_error"});
    CHECK(rig.count(IndicatorId::crc_error) == 8);
}

TEST_CASE("scrambled PAT packets are both PAT errors, scrambled PMT packets both PMT errors") {
    Rig rig;
    rig.set_programs({{.pid = 0x100, .program = 1}});
    keep_pat(rig, 400);
    rig.send(section_of(0x100, 0x02), 400);
    rig.send(section_of(1, 0x01), 400);
    rig.scramble(0, 410);
    rig.scramble(0x100, 420);
    rig.scramble(0x100, 430);
    rig.scramble(0x100, 440, true);
    rig.scramble(0x200, 450);
    CHECK(rig.found() == Names{"pat_error", "pat_error_2", "pmt_error", "pmt_error_2"});
    CHECK(rig.count(IndicatorId::pat_error) == 1);
    CHECK(rig.count(IndicatorId::pat_error_2) == 1);
    CHECK(rig.count(IndicatorId::pmt_error) == 2);
    CHECK(rig.count(IndicatorId::pmt_error_2) == 2);
    CHECK(rig.shadowed(IndicatorId::pmt_error) == 1);
}

TEST_CASE("of programs on one PID each must come for PMT_error_2, any for PMT_error") {
    Rig rig;
    rig.set_programs({{.pid = 0x100, .program = 1}, {.pid = 0x100, .program = 2}});
    for (int ms = 0; ms <= 2000; ms += 200) rig.send(section_of(0x100, 0x02, 1), ms);
    CHECK(rig.count(IndicatorId::pmt_error) == 0);
    CHECK(rig.count(IndicatorId::pmt_error_2) == 1);
    CHECK(rig.first(IndicatorId::pmt_error_2) == 500);
    const auto event = std::find_if(rig.events.begin(), rig.events.end(), [](const Event& candidate) {
        return candidate.indicator == IndicatorId::pmt_error_2;
    });
    REQUIRE(event != rig.events.end());
    CHECK(event->program == std::uint16_t{2});
}

TEST_CASE("other tables on a PMT PID do not stand in for the PMT") {
    Rig rig;
    rig.set_programs({{.pid = 0x100, .program = 1}});
    for (int ms = 0; ms <= 2000; ms += 200) rig.send(section_of(0x100, 0xFC), ms);
    CHECK(rig.count(IndicatorId::pmt_error) == 1);
    CHECK(rig.count(IndicatorId::pmt_error_2) == 1);
}

TEST_CASE("the missing PMT is found on its PID alone") {
    Rig rig;
    rig.set_programs({{.pid = 0x100, .program = 1}, {.pid = 0x101, .program = 2}});
    for (int ms = 0; ms <= 2000; ms += 200) {
        rig.send(section_of(0x100, 0x02, 1), ms);
        if (ms != 1000 && ms != 1200) rig.send(section_of(0x101, 0x02, 2), ms);
    }
    CHECK(rig.indicator(IndicatorId::pmt_error_2).pids == std::vector<IndicatorPid>{{0x101, 1}});
    CHECK(rig.indicator(IndicatorId::pmt_error).pids == std::vector<IndicatorPid>{{0x101, 1}});
    CHECK(rig.first(IndicatorId::pmt_error) == 1300);
}

TEST_CASE("program 0 has no PMT") {
    Rig rig;
    rig.set_programs({{.pid = 0x10, .program = 0}});
    rig.run(2000);
    CHECK(rig.count(IndicatorId::pmt_error) == 0);
    CHECK(rig.count(IndicatorId::pmt_error_2) == 0);
}

TEST_CASE("a program that leaves the PAT ends its PMT error, one that joins has its full time") {
    Rig rig;
    rig.set_programs({{.pid = 0x100, .program = 1}});
    rig.run(1000);
    CHECK(rig.state(IndicatorId::pmt_error_2) == IndicatorState::error);
    rig.set_programs({{.pid = 0x200, .program = 2}});
    rig.run(1500);
    CHECK(rig.count(IndicatorId::pmt_error_2) == 1);
    CHECK(rig.state(IndicatorId::pmt_error_2) == IndicatorState::ok);
    rig.run(1600);
    CHECK(rig.count(IndicatorId::pmt_error_2) == 2);
}

TEST_CASE("naming the same programs again restarts nothing") {
    Rig rig;
    for (int ms = 0; ms <= 500; ms += 100) {
        rig.run(ms);
        rig.set_programs({{.pid = 0x100, .program = 1}});
    }
    rig.run(600);
    CHECK(rig.count(IndicatorId::pmt_error) == 1);
}

TEST_CASE("programs beyond the cap are left out and counted") {
    AnalyzerOptions options;
    options.caps.programs = 2;
    Rig rig(options);
    rig.set_programs({{0x100, 1}, {0x101, 2}, {0x102, 3}});
    rig.run(600);
    CHECK(rig.count(IndicatorId::pmt_error_2) == 2);
}

TEST_CASE("CRC errors count for the tables that TR 101 290 names") {
    struct Row {
        ts::Pid pid;
        std::uint8_t table_id;
        Standard standard;
        std::uint64_t count;
    };
    const Row rows[] = {
        {0, 0x00, Standard::mpeg, 1},         {1, 0x01, Standard::mpeg, 1},
        {0x100, 0x02, Standard::mpeg, 1},     {0x100, 0xFC, Standard::mpeg, 0},
        {0x10, 0x40, Standard::automatic, 1}, {0x10, 0x41, Standard::automatic, 1},
        {0x11, 0x42, Standard::automatic, 1}, {0x11, 0x46, Standard::automatic, 1},
        {0x11, 0x4A, Standard::automatic, 1}, {0x12, 0x4E, Standard::automatic, 1},
        {0x12, 0x6F, Standard::automatic, 1}, {0x14, 0x73, Standard::automatic, 1},
        {0x11, 0x42, Standard::atsc, 0},      {0x500, 0x3C, Standard::automatic, 0},
        {0x1FFB, 0xC7, Standard::atsc, 0},
    };
    for (const Row& row : rows) {
        INFO(std::hex << row.pid << " " << unsigned{row.table_id});
        Rig rig(row.standard);
        rig.set_programs({{.pid = 0x100, .program = 1}});
        SectionSeen section = section_of(row.pid, row.table_id);
        rig.send(section, 10);
        CHECK(rig.count(IndicatorId::crc_error) == 0);
        section.crc_ok = false;
        rig.send(section, 20);
        CHECK(rig.count(IndicatorId::crc_error) == row.count);
        section.shadow = true;
        rig.send(section, 30);
        CHECK(rig.count(IndicatorId::crc_error) == row.count);
        CHECK(rig.shadowed(IndicatorId::crc_error) == row.count);
    }
}

TEST_CASE("scrambled packets without a CAT are one CAT_error after two seconds, on the scrambled PID") {
    Rig rig;
    for (int ms = 1000; ms <= 8000; ms += 50) rig.scramble(0x200, ms);
    CHECK(rig.count(IndicatorId::cat_error) == 1);
    CHECK(rig.first(IndicatorId::cat_error) == 3000);
    CHECK(rig.indicator(IndicatorId::cat_error).pids == std::vector<IndicatorPid>{{0x200, 1}});
    CHECK(rig.state(IndicatorId::cat_error) == IndicatorState::error);
    rig.send(section_of(1, 0x01), 8100);
    rig.run(8200);
    CHECK(rig.state(IndicatorId::cat_error) == IndicatorState::ok);
}

TEST_CASE("one scrambled packet without a CAT is enough, and is over when there are no more") {
    Rig rig;
    rig.scramble(0x200, 100);
    rig.run(2100);
    CHECK(rig.count(IndicatorId::cat_error) == 0);
    rig.run(2200);
    CHECK(rig.count(IndicatorId::cat_error) == 1);
    rig.run(5000);
    CHECK(rig.state(IndicatorId::cat_error) == IndicatorState::ok);
    CHECK(rig.count(IndicatorId::cat_error) == 1);
}

TEST_CASE("a CAT within two seconds holds CAT_error off, and so does not scrambling") {
    Rig clear;
    clear.run(10'000);
    CHECK(clear.count(IndicatorId::cat_error) == 0);
    CHECK(clear.state(IndicatorId::cat_error) == IndicatorState::ok);
    Rig rig;
    for (int ms = 0; ms <= 9000; ms += 50) {
        rig.scramble(0x200, ms);
        if (ms % 2000 == 1950) rig.send(section_of(1, 0x01), ms);
    }
    CHECK(rig.count(IndicatorId::cat_error) == 0);
}

TEST_CASE("a CAT that stops under scrambled packets, or is damaged, is a CAT_error") {
    Rig rig;
    SectionSeen damaged = section_of(1, 0x01);
    damaged.crc_ok = false;
    rig.send(section_of(1, 0x01), 0);
    for (int ms = 50; ms <= 9000; ms += 50) {
        rig.scramble(0x200, ms);
        if (ms % 500 == 0) rig.send(damaged, ms);
    }
    CHECK(rig.count(IndicatorId::cat_error) == 1);
}

TEST_CASE("a foreign section on PID 1 is a CAT_error, in a clear stream, too") {
    Rig rig;
    rig.send(section_of(1, 0x01), 10);
    CHECK(rig.count(IndicatorId::cat_error) == 0);
    rig.send(section_of(1, 0x00), 20);
    CHECK(rig.count(IndicatorId::cat_error) == 1);
    CHECK(rig.indicator(IndicatorId::cat_error).pids == std::vector<IndicatorPid>{{1, 1}});
}

TEST_CASE("a CAT that a capture loss may have taken is counted apart, and asked for again") {
    Rig rig;
    rig.scramble(0x200, 100);
    rig.lose(200);
    for (int ms = 250; ms <= 3000; ms += 50) rig.scramble(0x200, ms);
    CHECK(rig.count(IndicatorId::cat_error) == 0);
    CHECK(rig.shadowed(IndicatorId::cat_error) == 1);
    for (int ms = 3050; ms <= 6000; ms += 50) rig.scramble(0x200, ms);
    CHECK(rig.count(IndicatorId::cat_error) == 1);
}

}  // namespace
}  // namespace muxtap::test
