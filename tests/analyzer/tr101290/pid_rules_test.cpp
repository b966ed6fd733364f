#include <catch2/catch.hpp>

#include "tests/analyzer/tr101290/rig.h"

namespace muxtap::test {
namespace {

constexpr IndicatorId pid_error = IndicatorId::pid_error;
constexpr IndicatorId unreferenced = IndicatorId::unreferenced_pid;
constexpr IndicatorId unreferenced_a = IndicatorId::unreferenced_pid_a;

/// A PID every 100 ms from one time to another.
void keep(Rig& rig, ts::Pid pid, std::int64_t from_ms, std::int64_t to_ms) {
    for (std::int64_t ms = from_ms; ms <= to_ms; ms += 100) rig.see(pid, ms);
}

/// A PAT and the PMT of program 1, so that all tables are known.
void know_tables(Rig& rig) {
    rig.send(section_of(0, 0x00), rig.time_ms);
    rig.set_programs({{.pid = 0x100, .program = 1}});
    rig.send(section_of(0x100, 0x02, 1), rig.time_ms);
}

TEST_CASE("a referenced video, audio or PCR PID absent for more than five seconds is one PID_error") {
    struct Row {
        ReferenceKind kind;
        const char* text;  ///< null: need not come
    };
    const Row rows[] = {
        {ReferenceKind::video, "video PID absent for more than 5 s"},
        {ReferenceKind::audio, "audio PID absent for more than 5 s"},
        {ReferenceKind::clock, "PCR PID absent for more than 5 s"},
        {ReferenceKind::sparse, nullptr},
        {ReferenceKind::table, nullptr},
    };
    for (const Row& row : rows) {
        Rig rig;
        rig.set_references({{.pid = 0x200, .program = 3, .kind = row.kind}});
        rig.see(0x200, 50);
        rig.run(100);
        rig.events.clear();
        rig.run(20'000);
        CHECK(rig.count(pid_error) == (row.text == nullptr ? 0 : 1));
        if (row.text == nullptr) continue;
        CHECK(rig.first(pid_error) == 5050);
        CHECK(rig.indicator(pid_error).pids == std::vector<IndicatorPid>{{0x200, 1}});
        CHECK(rig.state(pid_error) == IndicatorState::error);
        const auto event = std::find_if(rig.events.begin(), rig.events.end(),
                                        [](const Event& candidate) { return candidate.indicator == pid_error; });
        REQUIRE(event != rig.events.end());
        CHECK(event->text == row.text);
        CHECK(event->program == std::uint16_t{3});
    }
}

TEST_CASE("a referenced PID that comes exactly every five seconds raises nothing") {
    Rig rig;
    rig.set_references({{.pid = 0x200, .program = 1, .kind = ReferenceKind::audio}});
    for (int ms = 0; ms <= 30'000; ms += 5000) rig.see(0x200, ms);
    rig.run(30'000);
    CHECK(rig.count(pid_error) == 0);
    CHECK(rig.state(pid_error) == IndicatorState::ok);
}

TEST_CASE("a referenced PID that never comes is a PID_error from when it was referred to") {
    Rig rig;
    rig.run(1000);
    rig.set_references({{.pid = 0x200, .program = 1, .kind = ReferenceKind::clock}});
    rig.run(6000);
    CHECK(rig.count(pid_error) == 0);
    rig.run(6100);
    CHECK(rig.count(pid_error) == 1);
    CHECK(rig.first(pid_error) == 6000);
}

TEST_CASE("a PID that comes back ends its error, and gone again it is found again") {
    Rig rig;
    rig.set_references({{.pid = 0x200, .program = 1, .kind = ReferenceKind::video}});
    rig.run(8000);
    rig.see(0x200, 8050);
    rig.run(8100);
    CHECK(rig.state(pid_error) == IndicatorState::ok);
    rig.run(13'000);
    CHECK(rig.count(pid_error) == 1);
    rig.run(13'100);
    CHECK(rig.count(pid_error) == 2);
}

TEST_CASE("a PID that is not referred to any more is not missed any more") {
    Rig rig;
    rig.set_references({{.pid = 0x200, .program = 1, .kind = ReferenceKind::video}});
    rig.run(5100);
    CHECK(rig.state(pid_error) == IndicatorState::error);
    rig.set_references({{.pid = 0x201, .program = 1, .kind = ReferenceKind::sparse}});
    rig.run(6100);
    CHECK(rig.state(pid_error) == IndicatorState::ok);
    rig.run(60'000);
    CHECK(rig.count(pid_error) == 1);
}

TEST_CASE("a PID of several programs and uses is one absence") {
    Rig rig;
    rig.set_references({{0x200, 1, ReferenceKind::clock},
                        {0x200, 1, ReferenceKind::video},
                        {0x200, 2, ReferenceKind::sparse},
                        {0x1FFF, 2, ReferenceKind::clock}});
    rig.run(10'000);
    CHECK(rig.count(pid_error) == 1);
    CHECK(rig.indicator(pid_error).pids.size() == 1);
}

TEST_CASE("another time for referenced PIDs can be asked for") {
    AnalyzerOptions options;
    options.thresholds.pid = std::chrono::milliseconds(700);
    Rig rig(options);
    rig.set_references({{.pid = 0x200, .program = 1, .kind = ReferenceKind::video}});
    rig.run(700);
    CHECK(rig.count(pid_error) == 0);
    rig.run(800);
    CHECK(rig.count(pid_error) == 1);
}

TEST_CASE("an absence with a capture loss in it is counted apart, and runs anew") {
    Rig rig;
    rig.set_references({{.pid = 0x200, .program = 1, .kind = ReferenceKind::video}});
    rig.lose(2000);
    rig.run(9900);
    CHECK(rig.count(pid_error) == 0);
    CHECK(rig.shadowed(pid_error) == 1);
    rig.run(10'100);
    CHECK(rig.count(pid_error) == 1);
}

TEST_CASE("an unknown PID is unreferenced half a second after its first packet, once") {
    Rig rig;
    know_tables(rig);
    keep(rig, 0x300, 1050, 1550);
    rig.run(1550);
    CHECK(rig.count(unreferenced) == 0);
    keep(rig, 0x300, 1600, 5000);
    for (const IndicatorId id : {unreferenced, unreferenced_a}) {
        CHECK(rig.count(id) == 1);
        CHECK(rig.first(id) == 1550);
        CHECK(rig.state(id) == IndicatorState::error);
        CHECK(rig.indicator(id).pids == std::vector<IndicatorPid>{{0x300, 1}});
    }
}

TEST_CASE("referenced, reserved and PMT PIDs are never unreferenced") {
    Rig rig;
    know_tables(rig);
    rig.set_references(
        {{0x300, 1, ReferenceKind::sparse}, {0x301, 1, ReferenceKind::table}, {0x302, 1, ReferenceKind::video}});
    for (int ms = 0; ms <= 5000; ms += 100) {
        for (const ts::Pid pid : std::initializer_list<ts::Pid>{0x0000, 0x0001, 0x0010, 0x001F, 0x1FFF, 0x1FFB, 0x100,
                                                                0x300, 0x301, 0x302}) {
            rig.see(pid, ms);
        }
    }
    CHECK(rig.count(unreferenced) == 0);
    CHECK(rig.count(unreferenced_a) == 0);
    keep(rig, 0x0020, 5000, 6000);
    CHECK(rig.count(unreferenced_a) == 1);
}

TEST_CASE("a PID that a PMT refers to in time is not unreferenced, too late it ends the error") {
    for (const std::int64_t referred_ms : {400, 2000}) {
        Rig rig;
        know_tables(rig);
        keep(rig, 0x300, 0, referred_ms);
        rig.set_references({{0x300, 1, ReferenceKind::audio}});
        keep(rig, 0x300, referred_ms, 4000);
        CHECK(rig.count(unreferenced) == (referred_ms == 400 ? 0 : 1));
        CHECK(rig.state(unreferenced) == IndicatorState::ok);
    }
}

TEST_CASE("as long as PMTs have not had their time no PID is unreferenced") {
    Rig rig;
    rig.send(section_of(0, 0x00), 400);
    rig.set_programs({{.pid = 0x100, .program = 1}, {.pid = 0x101, .program = 2}});
    keep(rig, 0x300, 0, 800);
    rig.send(section_of(0x100, 0x02, 1), 850);
    keep(rig, 0x300, 900, 1000);
    CHECK(rig.count(unreferenced) == 0);
    SECTION("the last one comes and refers to it") {
        rig.send(section_of(0x101, 0x02, 2), 1000);
        rig.set_references({{0x300, 2, ReferenceKind::audio}});
        keep(rig, 0x300, 1100, 3000);
        CHECK(rig.count(unreferenced) == 0);
    }
    SECTION("the last one does not come") {
        keep(rig, 0x300, 1100, 3000);
        CHECK(rig.count(unreferenced) == 1);
        CHECK(rig.first(unreferenced) == 1000);
    }
}

TEST_CASE("a PID may be one of EMMs as long as a CAT is awaited") {
    Rig rig;
    know_tables(rig);
    for (int ms = 0; ms <= 1500; ms += 100) {
        rig.see(0x300, ms);
        rig.scramble(0x200, ms);
    }
    CHECK(rig.count(unreferenced) == 0);
    rig.send(section_of(1, 0x01), 1550);
    rig.run(1800);
    CHECK(rig.count(unreferenced) == 1);
}

TEST_CASE("a PID whose reference goes has half a second from then") {
    Rig rig;
    know_tables(rig);
    rig.set_references({{0x300, 1, ReferenceKind::audio}});
    keep(rig, 0x300, 0, 3000);
    rig.set_references({});
    keep(rig, 0x300, 3100, 3600);
    CHECK(rig.count(unreferenced) == 0);
    keep(rig, 0x300, 3700, 5000);
    CHECK(rig.count(unreferenced) == 1);
    CHECK(rig.first(unreferenced) == 3600);
}

TEST_CASE("an unreferenced PID that falls silent ends its error, and is found again when it comes back") {
    Rig rig;
    know_tables(rig);
    keep(rig, 0x300, 0, 2000);
    rig.run(8000);
    CHECK(rig.state(unreferenced) == IndicatorState::ok);
    CHECK(rig.count(unreferenced) == 1);
    keep(rig, 0x300, 10'000, 11'000);
    CHECK(rig.count(unreferenced) == 2);
}

TEST_CASE("an unreferenced PID whose PMT a capture loss may have taken is counted apart, and has its time anew") {
    Rig rig;
    know_tables(rig);
    keep(rig, 0x300, 1000, 1200);
    rig.lose(1250);
    keep(rig, 0x300, 1300, 1600);
    CHECK(rig.count(unreferenced) == 0);
    CHECK(rig.shadowed(unreferenced) == 1);
    CHECK(rig.shadowed(unreferenced_a) == 1);
    keep(rig, 0x300, 1700, 3000);
    CHECK(rig.count(unreferenced) == 1);
    CHECK(rig.shadowed(unreferenced) == 1);
}

TEST_CASE("another time for unreferenced PIDs can be asked for") {
    AnalyzerOptions options;
    options.thresholds.unreferenced = std::chrono::seconds(2);
    Rig rig(options);
    know_tables(rig);
    keep(rig, 0x300, 1000, 3000);
    CHECK(rig.count(unreferenced) == 0);
    keep(rig, 0x300, 3100, 3200);
    CHECK(rig.count(unreferenced) == 1);
}

TEST_CASE("all PIDs in use are found each, and 32 of them listed") {
    Rig rig;
    know_tables(rig);
    for (ts::Pid pid = 0; pid < ts::pid_count; ++pid) {
        rig.pids.push_back({.pid = pid, .first_seen = at(0), .last_seen = at(3000)});
    }
    rig.run(3000);
    CHECK(rig.count(unreferenced) == 8192 - 32 - 3);
    CHECK(rig.indicator(unreferenced).pids.size() == 32);
    CHECK(rig.indicator(unreferenced).more_pids);
}

}  // namespace
}  // namespace muxtap::test
