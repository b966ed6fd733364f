#include <catch2/catch.hpp>

#include "tests/analyzer/tr101290/rig.h"
#include "tests/support/allocation_counter.h"

namespace muxtap::test {
namespace {

/// One second of a stream with 50 services.
void play_second(Rules& rules, std::int64_t ms, const std::vector<PidActivity>& pids,
                 const std::vector<PmtPid>& programs) {
    const auto send = [&](SectionSeen section, std::int64_t time) {
        section.first_byte = section.last_byte = at(time);
        rules.on_section(section);
    };
    rules.set_pmt_pids(programs, at(ms));
    for (std::int64_t step = 0; step < 10; ++step) {
        const std::int64_t now = ms + step * 100;
        rules.tick(at(now), 0, pids);
        send(section_of(0, 0x00), now);
        for (const PmtPid& program : programs) send(section_of(program.pid, 0x02, program.program), now);
        rules.on_scrambled(0x500, at(now), 0, false);
    }
    send(section_of(1, 0x01), ms + 900);
    send(section_of(0x10, 0x40), ms + 900);
    send(section_of(0x11, 0x42, 1, 0, 1), ms + 900);
    send(section_of(0x11, 0x42, 1, 1, 1), ms + 950);
    send(section_of(0x14, 0x70), ms + 900);
    for (const PmtPid& program : programs) {
        for (const std::uint8_t number : std::initializer_list<std::uint8_t>{0, 1}) {
            send(section_of(0x12, 0x4E, program.program, number, 1), ms + 900);
            send(section_of(0x12, 0x4F, program.program, number, 1), ms + 900);
            send(section_of(0x12, 0x50, program.program, number, 1), ms + 900);
        }
    }
}

TEST_CASE("nothing is allocated once all tables and PIDs were seen, also while errors go on") {
    std::vector<Event> events;
    Rules rules({}, events);
    std::vector<PidActivity> pids;
    std::vector<PmtPid> programs;
    for (ts::Pid pid = 0; pid < ts::pid_count; ++pid) {
        pids.push_back({.pid = pid, .first_seen = at(0), .last_seen = at(100'000)});
    }
    for (std::uint16_t i = 0; i < 50; ++i) {
        programs.push_back({.pid = static_cast<ts::Pid>(0x100 + i), .program = static_cast<std::uint16_t>(i + 1)});
    }
    for (std::int64_t second = 0; second < 4; ++second) play_second(rules, second * 1000, pids, programs);
    CHECK(allocations_during([&] {
              for (std::int64_t second = 4; second < 30; ++second) {
                  play_second(rules, second * 1000, pids, programs);
                  rules.board().found(IndicatorId::unreferenced_pid, at(second * 1000), 1, ts::Pid{7}, false);
              }
          }) == 0);
    CHECK(rules.report()[static_cast<std::size_t>(IndicatorId::unreferenced_pid)].count > 26);
}

}  // namespace
}  // namespace muxtap::test
