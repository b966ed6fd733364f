#include <catch2/catch.hpp>

#include "tests/analyzer/tr101290/rig.h"

namespace muxtap::test {
namespace {

SectionSeen present(std::uint16_t service, std::uint8_t table_id = 0x4E) {
    return section_of(0x12, table_id, service, 0, 1);
}
SectionSeen following(std::uint16_t service, std::uint8_t table_id = 0x4E) {
    return section_of(0x12, table_id, service, 1, 1);
}

TEST_CASE("present and following of each service have to come, each by itself") {
    Rig rig;
    for (int ms = 0; ms <= 8000; ms += 1000) {
        rig.send(present(1), ms);
        rig.send(following(1), ms);
        rig.send(present(2), ms);
        if (ms < 3000) rig.send(following(2), ms);
    }
    CHECK(rig.count(IndicatorId::eit_error) == 0);
    CHECK(rig.count(IndicatorId::eit_actual_error) == 1);
    CHECK(rig.first(IndicatorId::eit_actual_error) == 4000);
    for (const Event& event : rig.events) {
        if (event.indicator == IndicatorId::eit_actual_error) CHECK(event.program == std::uint16_t{2});
    }
    CHECK(rig.count(IndicatorId::eit_pf_error) == 1);
}

TEST_CASE("a service whose flag says so has to have present and following, others not") {
    Rig rig;
    rig.send(section_of(0x11, 0x42), 0);
    rig.set_services({{.service_id = 1, .present_following = true}, {.service_id = 2, .present_following = false}});
    for (int ms = 0; ms <= 4000; ms += 1000) rig.send(section_of(0x11, 0x42), ms + 50);
    CHECK(rig.count(IndicatorId::eit_error) == 1);
    CHECK(rig.count(IndicatorId::eit_actual_error) == 2);
    CHECK(rig.first(IndicatorId::eit_actual_error) == 2000);
    for (const Event& event : rig.events) {
        if (event.indicator == IndicatorId::eit_actual_error) CHECK(event.program == std::uint16_t{1});
    }
}

TEST_CASE("where no service has present and following nothing is missed") {
    for (const Standard standard : {Standard::automatic, Standard::dvb}) {
        Rig rig(standard);
        rig.see(0x12, 50);
        rig.run(100);
        rig.set_services({{.service_id = 1, .present_following = false}});
        rig.run(10'000);
        CHECK(rig.count(IndicatorId::eit_error) == 0);
        CHECK(rig.count(IndicatorId::eit_actual_error) == 0);
    }
}

TEST_CASE("services of an SDT that came before the clock are missed from its start") {
    std::vector<Event> events;
    Rules rules({}, events);
    rules.set_eit_services(std::vector<EitService>{{1, true}}, UnixTime{});
    rules.tick(at(0), 0, {});
    rules.tick(at(2000), 0, {});
    CHECK(rules.report()[static_cast<std::size_t>(IndicatorId::eit_actual_error)].count == 0);
    rules.tick(at(2100), 0, {});
    CHECK(rules.report()[static_cast<std::size_t>(IndicatorId::eit_actual_error)].count == 2);
}

TEST_CASE("a service that leaves the SDT is not missed any more") {
    Rig rig;
    rig.set_services({{.service_id = 1, .present_following = true}, {.service_id = 2, .present_following = true}});
    rig.run(3000);
    CHECK(rig.count(IndicatorId::eit_actual_error) == 4);
    rig.set_services({{.service_id = 1, .present_following = true}});
    rig.send(present(1), 3050);
    rig.send(following(1), 3050);
    rig.run(3200);
    CHECK(rig.state(IndicatorId::eit_actual_error) == IndicatorState::ok);
    CHECK(rig.count(IndicatorId::eit_actual_error) == 4);
}

TEST_CASE("present without following, or the other way round, is an EIT_PF_error") {
    struct Row {
        const char* name;
        std::uint8_t table_id;
        bool present_comes;
        bool following_comes;
        std::int64_t every_ms;
        std::int64_t first_ms;  ///< -1: silent
    };
    const Row rows[] = {
        {"both", 0x4E, true, true, 1000, -1},
        {"present alone", 0x4E, true, false, 1000, 3000},
        {"following alone", 0x4E, false, true, 1000, 3000},
        {"both of another stream", 0x4F, true, true, 5000, -1},
        {"present alone of another stream", 0x4F, true, false, 5000, 15'000},
        {"following alone of another stream", 0x4F, false, true, 5000, 15'000},
        {"schedules have neither", 0x50, true, false, 1000, -1},
    };
    for (const Row& row : rows) {
        INFO(row.name);
        Rig rig;
        for (int i = 0; i <= 8; ++i) {
            if (row.present_comes) rig.send(present(5, row.table_id), i * row.every_ms);
            if (row.following_comes) rig.send(following(5, row.table_id), i * row.every_ms);
        }
        CHECK(rig.count(IndicatorId::eit_pf_error) == (row.first_ms < 0 ? 0 : 1));
        CHECK(rig.first(IndicatorId::eit_pf_error) == row.first_ms);
    }
}

TEST_CASE("EIT_PF_error ends when the other section comes, and is found again") {
    Rig rig;
    for (int ms = 0; ms <= 4000; ms += 500) rig.send(present(5), ms);
    CHECK(rig.state(IndicatorId::eit_pf_error) == IndicatorState::error);
    rig.send(following(5), 4100);
    rig.run(4200);
    CHECK(rig.state(IndicatorId::eit_pf_error) == IndicatorState::ok);
    for (int ms = 4500; ms <= 8000; ms += 500) rig.send(present(5), ms);
    CHECK(rig.count(IndicatorId::eit_pf_error) == 2);
}

TEST_CASE("a table that ends, or pauses, as a whole is no EIT_PF_error") {
    Rig rig;
    for (int ms = 0; ms <= 3000; ms += 1000) {
        rig.send(present(5), ms);
        rig.send(following(5), ms + 400);
    }
    rig.send(present(5), 6000);
    rig.send(following(5), 6400);
    rig.run(20'000);
    rig.send(present(5), 20'000);
    rig.send(following(5), 20'400);
    CHECK(rig.count(IndicatorId::eit_pf_error) == 0);
}

TEST_CASE("an EIT_PF_error of a table that ends is over") {
    Rig rig;
    for (int ms = 0; ms <= 4000; ms += 500) rig.send(present(5), ms);
    rig.run(10'000);
    CHECK(rig.state(IndicatorId::eit_pf_error) == IndicatorState::ok);
    CHECK(rig.count(IndicatorId::eit_pf_error) == 1);
}

TEST_CASE("a following that a capture loss may have taken is counted apart") {
    Rig rig;
    rig.send(present(5), 0);
    rig.send(following(5), 0);
    rig.send(present(5), 1000);
    rig.lose(1500);
    rig.send(present(5), 2000);
    rig.send(present(5), 2500);
    CHECK(rig.count(IndicatorId::eit_pf_error) == 0);
    CHECK(rig.shadowed(IndicatorId::eit_pf_error) == 1);
}

}  // namespace
}  // namespace muxtap::test
