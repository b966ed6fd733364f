#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "analyzer/cli/text/sections.h"
#include "analyzer/cli/text/units.h"
#include "tests/analyzer/json/sample_reports.h"

using namespace muxtap;
using namespace muxtap::analyze;

namespace {

/// The text of golden/NAME.txt. MUXTAP_WRITE_GOLDEN=1 writes it anew, to be looked at before it is committed.
std::string golden(const std::string& name, const std::string& actual) {
    const std::string path = std::string{MUXTAP_GOLDEN} + "/" + name + ".txt";
    if (std::getenv("MUXTAP_WRITE_GOLDEN") != nullptr) std::ofstream(path) << actual;
    std::ifstream file(path);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

void check_width(const std::string& text) {
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        INFO(line);
        CHECK(text_width(line) <= page_width);
        CHECK((line.empty() || line.back() != ' '));
    }
}

std::string report_of(InputResult input, bool coloured = false) {
    const Painter painter(coloured);
    return text_report({.input = input, .stream = input.streams.at(0), .painter = painter});
}

InputResult captured(analyzer::Report report) {
    return {.path = "captures/evening.pcapng",
            .bytes = 5'300'000,
            .is_capture = true,
            .streams = {{.name = "239.1.1.1:5000@12", .report = std::move(report), .stride = 188, .over_rtp = true}},
            .remarks = {"no transport stream: 2 UDP flows, 120 datagrams"}};
}

InputResult from_file(analyzer::Report report) {
    return {.path = "film.ts",
            .bytes = 5'038'400,
            .is_capture = false,
            .streams = {{.name = {}, .report = std::move(report), .stride = 188, .over_rtp = false}},
            .remarks = {}};
}

}  // namespace

TEST_CASE("a report with everything in it") {
    const std::string text = report_of(captured(analyzer::full_report()));
    CHECK(text == golden("full", text));
    check_width(text);
}

TEST_CASE("a report of a stream of which nothing is known") {
    const std::string text = report_of(from_file(analyzer::empty_report()));
    CHECK(text == golden("empty", text));
    check_width(text);
}

TEST_CASE("colours change nothing but colours") {
    std::string coloured = report_of(captured(analyzer::full_report()), true);
    CHECK_THAT(coloured, Catch::Contains("\033[31m● error\033[0m"));
    for (std::size_t at = coloured.find('\033'); at != std::string::npos; at = coloured.find('\033')) {
        coloured.erase(at, coloured.find('m', at) - at + 1);
    }
    // What was coloured at the end of a line keeps the spaces that were before it.
    CHECK(coloured == report_of(captured(analyzer::full_report())));
}

TEST_CASE("two hundred PIDs and names without end stay on the page") {
    analyzer::Report report = analyzer::full_report();
    const std::string endless(500, 'x');
    report.programs[0].info.service_name = endless;
    report.programs[0].info.provider_name = endless;
    report.programs[0].info.present->name = endless;
    report.programs[0].info.streams[0].language = endless;
    report.network.network_name = "\033[2J" + endless;
    report.limits[0].what = endless;
    const analyzer::PidReport like = report.pids[2];
    for (int i = 0; i < 200; ++i) {
        report.pids.push_back(like);
        analyzer::PidReport& pid = report.pids.back();
        pid.pid = static_cast<ts::Pid>(0x1000 + i);
        pid.programs = {65535, 65534, 65533, 65532};
        pid.counters.packets = 18'446'744'073'709'551'615U;
        pid.counters.continuity_errors = 123'456'789;
        pid.counters.lost_packets = 123'456'789'012;
        pid.rate.average_bps = 999'999'999'999;
        pid.stream->video->profile = endless;
        pid.pcr->interval_ms = {.count = 5, .min = -1e15, .mean = 1e15, .max = 1e15};
        pid.pcr->accuracy_ns = pid.pcr->interval_ms;
        pid.pcr->overall_jitter_us = pid.pcr->interval_ms;
        pid.timestamps->decode_margin_ms = pid.pcr->interval_ms;
        pid.timestamps->presentation_margin_ms = pid.pcr->interval_ms;
        report.missing_pids.push_back(pid.pid);
    }
    InputResult input = captured(std::move(report));
    input.path = "/a/very/long/" + endless;
    input.streams[0].name = "[fd00:1234:5678:9abc:def0:1234:5678:9abc]:65535@4094.4094";
    const std::string text = report_of(std::move(input));
    check_width(text);
    CHECK(text.find('\033') == std::string::npos);
}
