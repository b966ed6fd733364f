#include "analyzer/cli/text/event_line.h"

#include <catch2/catch.hpp>

#include "tests/analyzer/json/sample_reports.h"

using namespace muxtap;
using namespace muxtap::analyze;

TEST_CASE("an event is one line: when, where, what") {
    const Painter plain(false);
    const analyzer::Event event = analyzer::full_event();
    CHECK(event_line(event, {}, analyzer::ClockSource::pcr, plain) ==
          "0:00:03.000  splice              0x0104  splice_insert 1001: out of network in 4.000 s for 30.000 s");
    analyzer::Event silence;
    silence.kind = analyzer::EventKind::silence_began;
    silence.time = from_unix_ns(1'700'000'000'123'000'000);
    silence.text = "no packet\nfor 1 s";
    CHECK(event_line(silence, "239.1.1.1:5000", analyzer::ClockSource::arrival, plain) ==
          "22:13:20.123  239.1.1.1:5000  silence_began               no packet?for 1 s");
}

TEST_CASE("the list of indicators has all of them") {
    const std::string list = indicator_list(Painter(false));
    CHECK_THAT(list, Catch::Contains("1.3.a  ") && Catch::Contains("PAT_error_2") && Catch::Contains("pat_error_2"));
    CHECK(std::count(list.begin(), list.end(), '\n') == 1 + static_cast<std::ptrdiff_t>(analyzer::indicator_count));
}
