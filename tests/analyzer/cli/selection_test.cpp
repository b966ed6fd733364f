#include "analyzer/cli/selection.h"

#include <catch2/catch.hpp>

#include "tests/analyzer/json/sample_reports.h"

using namespace muxtap;
using namespace muxtap::analyze;

namespace {

std::vector<ts::Pid> pids_of(const Selection& selection) {
    analyzer::Report report = analyzer::full_report();
    select(report, selection);
    std::vector<ts::Pid> pids;
    for (const analyzer::PidReport& pid : report.pids) pids.push_back(pid.pid);
    return pids;
}

}  // namespace

TEST_CASE("only what was asked for stays in the tables") {
    CHECK(pids_of({}).size() == 6);
    CHECK(pids_of({.pids = {0x102, 0}, .programs = {}}) == std::vector<ts::Pid>{0, 0x102});
    CHECK(pids_of({.pids = {}, .programs = {101}}) == std::vector<ts::Pid>{0x100, 0x101, 0x102, 0x103});
    CHECK(pids_of({.pids = {}, .programs = {9}}).empty());
}

TEST_CASE("counts stay when tables get shorter") {
    analyzer::Report report = analyzer::full_report();
    select(report, {.pids = {0}, .programs = {}});
    CHECK(report.totals.packets == 26'800);
    CHECK(report.programs.empty());
    CHECK(report.missing_pids.empty());
    const auto& continuity = report.indicators[static_cast<std::size_t>(analyzer::IndicatorId::continuity_count_error)];
    CHECK(continuity.count == 2);
    CHECK(continuity.pids.empty());
}

TEST_CASE("events are chosen by PID and program") {
    const analyzer::Event event = analyzer::full_event();
    CHECK(is_selected(event, {}));
    CHECK(is_selected(event, {.pids = {0x104}, .programs = {}}));
    CHECK(is_selected(event, {.pids = {}, .programs = {101}}));
    CHECK_FALSE(is_selected(event, {.pids = {0x105}, .programs = {102}}));
    CHECK_FALSE(is_selected({}, {.pids = {0}, .programs = {0}}));
}

TEST_CASE("a finding fails its own priority and the lower ones") {
    analyzer::Report report = analyzer::empty_report();
    CHECK_FALSE(fails(report, 3));
    report.indicators[static_cast<std::size_t>(analyzer::IndicatorId::crc_error)].count = 1;
    CHECK_FALSE(fails(report, 0));
    CHECK_FALSE(fails(report, 1));
    CHECK(fails(report, 2));
    CHECK(fails(report, 3));
    report.indicators[static_cast<std::size_t>(analyzer::IndicatorId::crc_error)].count = 0;
    report.indicators[static_cast<std::size_t>(analyzer::IndicatorId::crc_error)].capture_loss = 5;
    CHECK_FALSE(fails(report, 3));
}
