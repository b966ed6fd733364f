#include <catch2/catch.hpp>

#include "tests/analyzer/tr101290/rig.h"

namespace muxtap::test {
namespace {

TEST_CASE("SI PIDs take their own tables and no others") {
    struct Row {
        ts::Pid pid;
        std::vector<std::uint8_t> allowed;
        std::vector<std::uint8_t> foreign;
        Names indicators;
    };
    const Row rows[] = {
        {0x10, {0x40, 0x41, 0x72}, {0x3F, 0x42, 0x4A, 0x73}, {"nit_error", "nit_actual_error"}},
        {0x11, {0x42, 0x46, 0x4A, 0x72}, {0x40, 0x41, 0x43, 0x4E}, {"sdt_error", "sdt_actual_error"}},
        {0x12, {0x4E, 0x4F, 0x50, 0x6F, 0x72}, {0x4D, 0x70, 0x42}, {"eit_error", "eit_actual_error"}},
        {0x13, {0x71, 0x72}, {0x70, 0x73, 0x00}, {"rst_error"}},
        {0x14, {0x70, 0x72, 0x73}, {0x71, 0x74, 0x4E}, {"tdt_error"}},
    };
    for (const Row& row : rows) {
        for (const std::uint8_t table_id : row.allowed) {
            INFO(unsigned{row.pid} << " takes " << unsigned{table_id});
            Rig rig;
            rig.send(section_of(row.pid, table_id), 50);
            CHECK(rig.found().empty());
        }
        for (const std::uint8_t table_id : row.foreign) {
            INFO(unsigned{row.pid} << " does not take " << unsigned{table_id});
            Rig rig;
            rig.send(section_of(row.pid, table_id), 50);
            CHECK(rig.found() == row.indicators);
            for (const Indicator& indicator : rig.rules.report()) {
                if (indicator.count == 0) continue;
                CHECK(indicator.count == 1);
                CHECK(indicator.first == at(50));
                CHECK(indicator.pids == std::vector<IndicatorPid>{{row.pid, 1}});
            }
        }
    }
}

TEST_CASE("a table on the PID of another starts no timer of its own") {
    Rig rig;
    rig.send(section_of(0x11, 0x4E), 50);
    rig.send(section_of(0x10, 0x46), 50);
    rig.send(section_of(0x14, 0x40), 50);
    for (int ms = 0; ms <= 20'000; ms += 1000) {
        rig.send(section_of(0x10, 0x40), ms);
        rig.send(section_of(0x11, 0x42), ms);
    }
    CHECK(rig.count(IndicatorId::si_repetition_error) == 0);
    CHECK(rig.state(IndicatorId::eit_actual_error) == IndicatorState::not_applicable);
}

/// The same table twice, the first byte of the second so long after the last byte of the first.
struct Pair {
    const char* name;
    SectionSeen first;
    SectionSeen second;
    std::int64_t gap_ms;
    Names found;
};

TEST_CASE("sections of one table closer than 25 ms are errors of the table, and of the repetition") {
    const Names nit{"nit_actual_error", "si_repetition_error"};
    const Names sdt{"si_repetition_error", "sdt_actual_error"};
    const Names eit{"si_repetition_error", "eit_actual_error"};
    const Pair pairs[] = {
        {"NIT 24", section_of(0x10, 0x40), section_of(0x10, 0x40), 24, nit},
        {"NIT 25", section_of(0x10, 0x40), section_of(0x10, 0x40), 25, {}},
        {"NIT, another section", section_of(0x10, 0x40, 1, 0, 1), section_of(0x10, 0x40, 1, 1, 1), 24, nit},
        {"NIT, another network", section_of(0x10, 0x40, 1), section_of(0x10, 0x40, 2), 1, {}},
        {"NIT other", section_of(0x10, 0x41), section_of(0x10, 0x41), 1, {}},
        {"NIT actual and other", section_of(0x10, 0x40), section_of(0x10, 0x41), 1, {}},
        {"SDT 24", section_of(0x11, 0x42), section_of(0x11, 0x42), 24, sdt},
        {"SDT 25", section_of(0x11, 0x42), section_of(0x11, 0x42), 25, {}},
        {"SDT other", section_of(0x11, 0x46), section_of(0x11, 0x46), 1, {}},
        {"BAT", section_of(0x11, 0x4A), section_of(0x11, 0x4A), 1, {}},
        {"EIT present twice", section_of(0x12, 0x4E, 7, 0), section_of(0x12, 0x4E, 7, 0), 24, eit},
        {"EIT 25", section_of(0x12, 0x4E, 7, 0), section_of(0x12, 0x4E, 7, 0), 25, {}},
        {"EIT present and following", section_of(0x12, 0x4E, 7, 0), section_of(0x12, 0x4E, 7, 1), 0, {}},
        {"EIT of two services", section_of(0x12, 0x4E, 7, 0), section_of(0x12, 0x4E, 8, 0), 0, {}},
        {"EIT schedule", section_of(0x12, 0x50, 7, 0), section_of(0x12, 0x50, 7, 0), 1, {}},
        {"RST 24", section_of(0x13, 0x71), section_of(0x13, 0x71), 24, {"si_repetition_error", "rst_error"}},
        {"RST 25", section_of(0x13, 0x71), section_of(0x13, 0x71), 25, {}},
        {"TDT 24", section_of(0x14, 0x70), section_of(0x14, 0x70), 24, {"si_repetition_error", "tdt_error"}},
        {"TDT 25", section_of(0x14, 0x70), section_of(0x14, 0x70), 25, {}},
        {"TDT and TOT", section_of(0x14, 0x70), section_of(0x14, 0x73), 0, {}},
    };
    for (const Pair& pair : pairs) {
        INFO(pair.name);
        Rig rig;
        for (SectionSeen section : {pair.first, pair.second}) {
            const std::int64_t begin = rig.packet == 0 ? 10 : 20 + pair.gap_ms;
            section.first_byte = at(begin);
            section.last_byte = at(begin + 10);
            section.packet = ++rig.packet;
            rig.rules.on_section(section);
        }
        CHECK(rig.found() == pair.found);
        for (const Indicator& indicator : rig.rules.report()) CHECK(indicator.count <= 1);
    }
}

TEST_CASE("another least distance between sections can be asked for") {
    AnalyzerOptions options;
    options.thresholds.section_gap = std::chrono::milliseconds(5);
    Rig rig(options);
    rig.send(section_of(0x13, 0x71), 10);
    rig.send(section_of(0x13, 0x71), 15);
    CHECK(rig.count(IndicatorId::rst_error) == 0);
    rig.send(section_of(0x13, 0x71), 19);
    CHECK(rig.count(IndicatorId::rst_error) == 1);
}

TEST_CASE("sections too close are counted apart in the shadow") {
    Rig rig;
    rig.send(section_of(0x13, 0x71), 10);
    rig.lose(12);
    rig.send(section_of(0x13, 0x71), 15);
    CHECK(rig.count(IndicatorId::rst_error) == 0);
    CHECK(rig.shadowed(IndicatorId::rst_error) == 1);
}

TEST_CASE("DVB indicators are not applicable until their PID or table is seen") {
    const Rig rig;
    const std::vector<std::pair<ts::Pid, std::vector<IndicatorId>>> groups = {
        {0x10, {IndicatorId::nit_error, IndicatorId::nit_actual_error, IndicatorId::si_repetition_error}},
        {0x11, {IndicatorId::sdt_error, IndicatorId::sdt_actual_error, IndicatorId::si_repetition_error}},
        {0x12, {IndicatorId::eit_error, IndicatorId::eit_actual_error, IndicatorId::si_repetition_error}},
        {0x13, {IndicatorId::rst_error, IndicatorId::si_repetition_error}},
        {0x14, {IndicatorId::tdt_error, IndicatorId::si_repetition_error}},
    };
    for (const auto& [pid, ids] : groups) {
        Rig fresh;
        for (const IndicatorId id : ids) CHECK(fresh.state(id) == IndicatorState::not_applicable);
        fresh.see(pid, 100);
        fresh.run(200);
        for (const IndicatorId id : ids) CHECK(fresh.state(id) == IndicatorState::ok);
        std::size_t applicable = 0;
        for (const Indicator& indicator : fresh.rules.report()) {
            if (priority_of(indicator.id) == 3 && indicator.state == IndicatorState::ok) ++applicable;
        }
        CHECK(applicable == ids.size() + 2);  // and both Unreferenced_PID
    }
}

TEST_CASE("a DVB PID without its table raises the table's indicators from its first packet on") {
    Rig rig;
    rig.run(500);
    rig.see(0x11, 550);
    rig.run(2600);
    CHECK(rig.found() == Names{"pat_error", "pat_error_2", "si_repetition_error", "sdt_error", "sdt_actual_error"});
    CHECK(rig.first(IndicatorId::sdt_error) == 2550);
}

TEST_CASE("indicators of other streams' tables become applicable with the first of these") {
    Rig rig;
    rig.send(section_of(0x10, 0x40), 10);
    rig.send(section_of(0x11, 0x42), 10);
    rig.send(section_of(0x12, 0x50), 10);
    for (const IndicatorId id : {IndicatorId::nit_other_error, IndicatorId::sdt_other_error,
                                 IndicatorId::eit_other_error, IndicatorId::eit_pf_error}) {
        CHECK(rig.state(id) == IndicatorState::not_applicable);
    }
    rig.send(section_of(0x10, 0x41), 50);
    rig.send(section_of(0x11, 0x46), 50);
    rig.send(section_of(0x12, 0x4F), 50);
    for (const IndicatorId id : {IndicatorId::nit_other_error, IndicatorId::sdt_other_error,
                                 IndicatorId::eit_other_error, IndicatorId::eit_pf_error}) {
        CHECK(rig.state(id) == IndicatorState::ok);
    }
}

TEST_CASE("in an ATSC or plain MPEG stream DVB indicators are never applicable") {
    for (const Standard standard : {Standard::atsc, Standard::mpeg}) {
        Rig rig(standard);
        rig.set_services({{.service_id = 1, .present_following = true}});
        for (const ts::Pid pid : std::initializer_list<ts::Pid>{0x10, 0x11, 0x12, 0x13, 0x14}) {
            rig.see(pid, 100);
            rig.send(section_of(pid, 0x99), 100);
            rig.send(section_of(pid, 0x4E), 110);
        }
        rig.run(60'000);
        CHECK(rig.found() == Names{"pat_error", "pat_error_2"});
        CHECK(rig.state(IndicatorId::rst_error) == IndicatorState::not_applicable);
        CHECK(rig.state(IndicatorId::si_repetition_error) == IndicatorState::not_applicable);
    }
}

TEST_CASE("asked for as DVB, all DVB indicators apply from the start") {
    Rig rig(Standard::dvb);
    for (const Indicator& indicator : rig.rules.report()) {
        CHECK(indicator.state != IndicatorState::not_applicable);
    }
    rig.run(31'000);
    CHECK(rig.found() == Names{"pat_error", "pat_error_2", "nit_error", "nit_actual_error", "si_repetition_error",
                               "sdt_error", "sdt_actual_error", "eit_error", "eit_actual_error", "tdt_error"});
    CHECK(rig.count(IndicatorId::si_repetition_error) == 4);
}

/// A table about other streams, or one without an indicator of its own.
struct Repeated {
    const char* name;
    SectionSeen section;
    std::int64_t limit_ms;
    Names found;
};

TEST_CASE("tables without a duty to come raise one finding when they stop") {
    const Repeated rows[] = {
        {"NIT other", section_of(0x10, 0x41), 10'000, {"nit_other_error", "si_repetition_error"}},
        {"SDT other", section_of(0x11, 0x46), 10'000, {"si_repetition_error", "sdt_other_error"}},
        {"EIT other", section_of(0x12, 0x4F), 10'000, {"si_repetition_error", "eit_other_error"}},
        {"BAT", section_of(0x11, 0x4A), 10'000, {"si_repetition_error"}},
        {"TOT", section_of(0x14, 0x73), 30'000, {"si_repetition_error"}},
    };
    // What the PID itself has to have is not the subject.
    const auto relevant = [](const Rig& rig) {
        Names names;
        for (const IndicatorId id : {IndicatorId::nit_other_error, IndicatorId::si_repetition_error,
                                     IndicatorId::sdt_other_error, IndicatorId::eit_other_error}) {
            if (rig.count(id) != 0) names.emplace_back(key_name(id));
        }
        return names;
    };
    AnalyzerOptions options;
    for (const auto threshold : {&Thresholds::nit_actual, &Thresholds::sdt_actual, &Thresholds::eit_actual,
                                 &Thresholds::tdt, &Thresholds::eit_actual}) {
        options.thresholds.*threshold = std::chrono::hours(1);
    }
    for (const Repeated& row : rows) {
        INFO(row.name);
        Rig rig(options);
        for (int i = 0; i < 3; ++i) rig.send(row.section, i * row.limit_ms);
        CHECK(relevant(rig).empty());
        rig.run(10 * row.limit_ms);
        CHECK(relevant(rig) == row.found);
        CHECK(rig.count(IndicatorId::si_repetition_error) == 1);
        CHECK(rig.first(IndicatorId::si_repetition_error) == 3 * row.limit_ms);
        CHECK(rig.state(IndicatorId::si_repetition_error) == IndicatorState::ok);
        rig.send(row.section, 10 * row.limit_ms + 1);
        CHECK(rig.count(IndicatorId::si_repetition_error) == 1);
        rig.send(row.section, 11 * row.limit_ms + 2);
        CHECK(rig.count(IndicatorId::si_repetition_error) == 2);
    }
}

TEST_CASE("each section of a table has to come, not just one of them") {
    Rig rig;
    for (int ms = 0; ms <= 9000; ms += 1000) {
        rig.send(section_of(0x11, 0x42, 1, 0, 1), ms);
        if (ms < 4000) rig.send(section_of(0x11, 0x42, 1, 1, 1), ms + 500);
    }
    CHECK(rig.count(IndicatorId::sdt_actual_error) == 0);
    CHECK(rig.count(IndicatorId::si_repetition_error) == 1);
    CHECK(rig.first(IndicatorId::si_repetition_error) == 5500);
}

TEST_CASE("the same section of another network does not stand in for it") {
    Rig rig;
    for (int ms = 0; ms <= 25'000; ms += 1000) {
        rig.send(section_of(0x10, 0x40, 9), ms);
        rig.send(section_of(0x10, 0x41, 1), ms + 100);
        if (ms < 10'000) rig.send(section_of(0x10, 0x41, 2), ms + 200);
    }
    CHECK(rig.count(IndicatorId::nit_other_error) == 1);
    CHECK(rig.first(IndicatorId::nit_other_error) == 19'200);
}

TEST_CASE("sections that a table has dropped are not missed") {
    Rig rig;
    for (int ms = 0; ms <= 30'000; ms += 1000) {
        const std::uint8_t last = ms < 5000 ? 2 : 0;
        for (std::uint8_t number = 0; number <= last; ++number) {
            rig.send(section_of(0x11, 0x42, 1, number, last), ms + number * 30);
            rig.send(section_of(0x11, 0x46, 1, number, last), ms + number * 30);
        }
    }
    CHECK(rig.count(IndicatorId::si_repetition_error) == 0);
    CHECK(rig.count(IndicatorId::sdt_other_error) == 0);
}

TEST_CASE("an EIT schedule is judged when it comes again, by how far ahead it is") {
    struct Row {
        std::uint8_t table_id;
        std::uint8_t section;
        std::int64_t limit_ms;
    };
    const Row rows[] = {{0x50, 0, 10'000}, {0x50, 64, 30'000},  {0x51, 0, 30'000},
                        {0x60, 0, 60'000}, {0x60, 64, 300'000}, {0x6F, 8, 300'000}};
    for (const Row& row : rows) {
        INFO(unsigned{row.table_id} << " " << unsigned{row.section});
        AnalyzerOptions options;
        options.thresholds.eit_actual = std::chrono::hours(1);
        Rig rig(options);
        SectionSeen section = section_of(0x12, row.table_id, 1, row.section, 200);
        rig.send(section, 0);
        rig.send(section, row.limit_ms);
        CHECK(rig.count(IndicatorId::si_repetition_error) == 0);
        rig.send(section, 2 * row.limit_ms + 1);
        CHECK(rig.count(IndicatorId::si_repetition_error) == 1);
        section.version = 1;
        rig.send(section, 4 * row.limit_ms);
        CHECK(rig.count(IndicatorId::si_repetition_error) == 1);
        rig.run(8 * row.limit_ms);
        CHECK(rig.count(IndicatorId::si_repetition_error) == 1);
    }
}

TEST_CASE("tables beyond the cap are left out and counted") {
    AnalyzerOptions options;
    options.caps.tables = 10;
    Rig rig(options);
    for (std::uint16_t i = 0; i < 1000; ++i) {
        rig.send(section_of(0x10, 0x41, i), 10);
        rig.send(section_of(0x12, 0x50, i), 10);
        rig.send(section_of(0x12, 0x4F, i), 10);
    }
    CHECK(rig.rules.left_out() >= 2900);
}

}  // namespace
}  // namespace muxtap::test
