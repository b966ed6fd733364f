#include <catch2/catch.hpp>

#include "tests/analyzer/tr101290/rig.h"

namespace muxtap::test {
namespace {

/// A sound DVB stream with two programs, one of them scrambled, up to `to_ms`; what `skip` says does not come.
template <typename Skip>
void play(Rig& rig, std::int64_t to_ms, Skip&& skip) {
    const auto send = [&](const SectionSeen& section, std::int64_t ms) {
        if (!skip(section, ms)) rig.send(section, ms);
    };
    for (std::int64_t ms = rig.time_ms; ms <= to_ms; ms += 20) {
        for (const ts::Pid pid :
             std::initializer_list<ts::Pid>{0x00, 0x10, 0x11, 0x12, 0x14, 0x100, 0x101, 0x200, 0x201})
            rig.see(pid, ms);
        rig.scramble(0x201, ms);
        if (ms % 100 == 0) send(section_of(0, 0x00), ms);
        if (ms % 100 == 20) send(section_of(0x100, 0x02, 1), ms);
        if (ms % 100 == 40) send(section_of(0x101, 0x02, 2), ms);
        if (ms % 500 == 60) send(section_of(1, 0x01), ms);
        if (ms % 2000 == 80) send(section_of(0x10, 0x40, 1, 0, 1), ms);
        if (ms % 2000 == 1080) send(section_of(0x10, 0x40, 1, 1, 1), ms);
        if (ms % 2000 == 180) send(section_of(0x10, 0x41, 2), ms);
        if (ms % 1000 == 200) send(section_of(0x11, 0x42, 1), ms);
        if (ms % 2000 == 220) send(section_of(0x11, 0x46, 2), ms);
        for (const std::uint16_t service : std::initializer_list<std::uint16_t>{1, 2}) {
            for (const std::uint8_t number : std::initializer_list<std::uint8_t>{0, 1}) {
                if (ms % 1000 == 240) send(section_of(0x12, 0x4E, service, number, 1), ms);
                if (ms % 5000 == 260) send(section_of(0x12, 0x4F, service, number, 1), ms);
            }
        }
        if (ms % 5000 == 280) send(section_of(0x12, 0x50, 1, 0, 8), ms);
        if (ms % 10'000 == 300) send(section_of(0x14, 0x70), ms);
        if (ms % 10'000 == 340) send(section_of(0x14, 0x73), ms);
    }
}

void know(Rig& rig) {
    rig.set_programs({{.pid = 0x100, .program = 1}, {.pid = 0x101, .program = 2}});
    rig.set_references({{0x200, 1, ReferenceKind::video}, {0x201, 2, ReferenceKind::video}});
    rig.set_services({{1, true}, {2, true}});
}

constexpr auto nothing = [](const SectionSeen&, std::int64_t) { return false; };

TEST_CASE("a sound stream raises nothing, whatever the standard asked for") {
    for (const Standard standard : {Standard::automatic, Standard::dvb, Standard::atsc, Standard::mpeg}) {
        INFO(key_name(standard));
        Rig rig(standard);
        know(rig);
        play(rig, 65'000, nothing);
        CHECK(rig.found().empty());
        CHECK(rig.events.empty());
        CHECK(rig.rules.left_out() == 0);
    }
}

TEST_CASE("a missing table raises its own indicators once, and nothing else") {
    struct Row {
        const char* name;
        ts::Pid pid;
        std::uint8_t table_id;
        std::uint16_t extension;
        std::int64_t from_ms;  ///< does not come from here to there
        std::int64_t to_ms;
        std::uint64_t repetition;  ///< findings of 3.2
        Names found;
    };
    const Row rows[] = {
        {"PAT", 0, 0x00, 1, 10'000, 11'000, 0, {"pat_error", "pat_error_2"}},
        {"PMT", 0x101, 0x02, 2, 10'000, 11'000, 0, {"pmt_error", "pmt_error_2"}},
        {"CAT", 1, 0x01, 1, 10'000, 16'000, 0, {"cat_error"}},
        {"NIT", 0x10, 0x40, 1, 10'000, 25'000, 2, {"nit_actual_error", "si_repetition_error"}},
        {"NIT other", 0x10, 0x41, 2, 10'000, 25'000, 1, {"nit_other_error", "si_repetition_error"}},
        {"SDT", 0x11, 0x42, 1, 10'000, 15'000, 1, {"si_repetition_error", "sdt_error", "sdt_actual_error"}},
        {"SDT other", 0x11, 0x46, 2, 10'000, 25'000, 1, {"si_repetition_error", "sdt_other_error"}},
        {"EIT", 0x12, 0x4E, 2, 10'000, 15'000, 2, {"si_repetition_error", "eit_actual_error"}},
        {"EIT other", 0x12, 0x4F, 2, 10'000, 30'000, 2, {"si_repetition_error", "eit_other_error"}},
        {"EIT schedule", 0x12, 0x50, 1, 10'000, 25'000, 1, {"si_repetition_error"}},
        {"TDT", 0x14, 0x70, 1, 10'000, 45'000, 1, {"si_repetition_error", "tdt_error"}},
        {"TOT", 0x14, 0x73, 1, 10'000, 45'000, 1, {"si_repetition_error"}},
    };
    for (const Row& row : rows) {
        INFO(row.name);
        Rig rig;
        know(rig);
        play(rig, 65'000, [&](const SectionSeen& section, std::int64_t ms) {
            return section.pid == row.pid && section.table_id == row.table_id &&
                   section.table_id_extension == row.extension && row.from_ms <= ms && ms < row.to_ms;
        });
        CHECK(rig.found() == row.found);
        CHECK(rig.count(IndicatorId::si_repetition_error) == row.repetition);
        for (const Indicator& indicator : rig.rules.report()) {
            CHECK(indicator.count <= std::max<std::uint64_t>(1, row.repetition));
            CHECK(indicator.state != IndicatorState::error);
        }
    }
}

TEST_CASE("silence raises every table that has to come, and it is over when the stream is back") {
    Rig rig;
    know(rig);
    play(rig, 10'000, nothing);
    rig.run(60'000);
    CHECK(rig.found() == Names{"pat_error", "pat_error_2", "pmt_error", "pmt_error_2", "pid_error", "nit_error",
                               "nit_actual_error", "nit_other_error", "si_repetition_error", "sdt_error",
                               "sdt_actual_error", "sdt_other_error", "eit_error", "eit_actual_error",
                               "eit_other_error", "tdt_error"});
    CHECK(rig.count(IndicatorId::pmt_error) == 2);
    CHECK(rig.count(IndicatorId::pid_error) == 2);
    play(rig, 75'000, nothing);
    for (const Indicator& indicator : rig.rules.report()) CHECK(indicator.state != IndicatorState::error);
    CHECK(rig.count(IndicatorId::pat_error) == 1);
}

TEST_CASE("a capture loss longer than all limits raises nothing against the stream") {
    Rig rig;
    know(rig);
    play(rig, 10'000, nothing);
    // No tick between: the next thing known is the packet behind the loss.
    rig.now_ms = rig.time_ms = 50'000;
    rig.rules.on_capture_loss(at(50'000));
    rig.run(50'000);
    play(rig, 70'000, nothing);
    CHECK(rig.found().empty());
    CHECK(rig.shadowed(IndicatorId::pat_error_2) == 1);
    CHECK(rig.shadowed(IndicatorId::tdt_error) == 1);
}

TEST_CASE("what was overdue before a capture loss is the stream's own") {
    Rig rig;
    rig.send(section_of(0, 0x00), 0);
    rig.run(500);
    rig.rules.tick(at(501), 1, {});
    rig.lose(550);
    CHECK(rig.count(IndicatorId::pat_error) == 1);
    CHECK(rig.shadowed(IndicatorId::pat_error) == 0);
}

TEST_CASE("a second capture loss does not take a gap out of the shadow of the first") {
    Rig rig;
    rig.send(section_of(0, 0x00), 0);
    rig.lose(450);
    rig.send(section_of(0x11, 0x42), 550);
    rig.lose(560);
    rig.send(section_of(0, 0x00), 590);
    rig.run(600);
    CHECK(rig.found().empty());
    CHECK(rig.shadowed(IndicatorId::pat_error) == 1);
}

TEST_CASE("the first section starts the clock where no tick has") {
    std::vector<Event> events;
    Rules rules({}, events);
    SectionSeen section = section_of(0x11, 0x42);
    section.first_byte = section.last_byte = at(0);
    rules.on_section(section);
    rules.tick(at(600), 0, {});
    CHECK(rules.report()[static_cast<std::size_t>(IndicatorId::pat_error)].first == at(500));
}

TEST_CASE("indicators without findings are ok once there is a clock, others' are left alone") {
    const Rig rig;
    for (const IndicatorId id :
         {IndicatorId::ts_sync_loss, IndicatorId::sync_byte_error, IndicatorId::pat_error, IndicatorId::pat_error_2,
          IndicatorId::pmt_error, IndicatorId::pmt_error_2, IndicatorId::pid_error, IndicatorId::crc_error,
          IndicatorId::cat_error, IndicatorId::unreferenced_pid, IndicatorId::unreferenced_pid_a}) {
        CHECK(rig.state(id) == IndicatorState::ok);
    }
    CHECK(rig.state(IndicatorId::continuity_count_error) == IndicatorState::not_measured);
    CHECK(rig.state(IndicatorId::buffer_error) == IndicatorState::not_measured);
}

TEST_CASE("untimed sections are looked at for all that needs no time") {
    std::vector<Event> events;
    Rules rules({}, events);
    SectionSeen section = section_of(0x11, 0x40);
    section.timed = false;
    rules.on_section(section);
    section.pid = 0;
    rules.on_section(section);
    section.crc_ok = false;
    rules.on_section(section);
    const Indicators report = rules.report();
    CHECK(report[static_cast<std::size_t>(IndicatorId::sdt_error)].count == 1);
    CHECK(report[static_cast<std::size_t>(IndicatorId::pat_error_2)].count == 1);
    CHECK(report[static_cast<std::size_t>(IndicatorId::crc_error)].count == 1);
}

}  // namespace
}  // namespace muxtap::test
