#include "analyzer/cli/analyze_config.h"

#include <catch2/catch.hpp>

#include "common/options/catalogue.h"

using namespace muxtap;
using namespace muxtap::analyze;
using namespace std::chrono_literals;

namespace {

Result<AnalyzeConfig> config_of(std::vector<const char*> arguments) {
    arguments.insert(arguments.begin(), {"muxtap-analyze", "--env-file=/dev/null"});
    const char* const environment[] = {nullptr};
    const auto options = app::load_options(options::analyze_program(), options::known_names(),
                                           static_cast<int>(arguments.size()), arguments.data(), environment);
    if (!options) return tl::unexpected<Error>(options.error());
    return read_config(*options);
}

}  // namespace

TEST_CASE("the defaults are those of the analyzer") {
    const auto config = config_of({"a.ts"});
    REQUIRE(config.has_value());
    const analyzer::Thresholds given = config->analyzer.thresholds;
    const analyzer::Thresholds expected;
    CHECK(given.pat == expected.pat);
    CHECK(given.pmt == expected.pmt);
    CHECK(given.pid == expected.pid);
    CHECK(given.pcr_repetition == expected.pcr_repetition);
    CHECK(given.pcr_discontinuity == expected.pcr_discontinuity);
    CHECK(given.pcr_accuracy == expected.pcr_accuracy);
    CHECK(given.pts == expected.pts);
    CHECK(given.nit_actual == expected.nit_actual);
    CHECK(given.nit_other == expected.nit_other);
    CHECK(given.sdt_actual == expected.sdt_actual);
    CHECK(given.sdt_other == expected.sdt_other);
    CHECK(given.eit_actual == expected.eit_actual);
    CHECK(given.eit_other == expected.eit_other);
    CHECK(given.tdt == expected.tdt);
    CHECK(given.section_gap == expected.section_gap);
    CHECK(given.unreferenced == expected.unreferenced);
    CHECK(config->fail_on == 0);
    CHECK(config->selection.all());
}

TEST_CASE("what is given is taken") {
    const auto config =
        config_of({"a.ts", "b.ts", "--pid", "0x101", "--pid=17", "--program", "7", "--fail-on", "p2", "--standard=dvb",
                   "--bitrate", "4M", "--pat-timeout", "300", "--pcr-accuracy", "1us", "--json", "--color=never"});
    REQUIRE(config.has_value());
    CHECK(config->inputs == std::vector<std::string>{"a.ts", "b.ts"});
    CHECK(config->selection.pids == std::vector<ts::Pid>{0x101, 17});
    CHECK(config->selection.programs == std::vector<std::uint16_t>{7});
    CHECK(config->fail_on == 2);
    CHECK(config->analyzer.standard == analyzer::Standard::dvb);
    CHECK(config->bitrate == 4'000'000);
    CHECK(config->analyzer.thresholds.pat == 300ms);
    CHECK(config->analyzer.thresholds.pcr_accuracy == 1us);
    CHECK(config->json);
    CHECK(config->colour == ColourChoice::never);
}

TEST_CASE("what cannot be is an error that names the option") {
    struct Row {
        std::vector<const char*> arguments;
        const char* expected;
    };
    for (const Row& row : std::vector<Row>{{{}, "no file to analyse"},
                                           {{"-", "-"}, "standard input"},
                                           {{"a.ts", "--pid", "8192"}, "--pid \"8192\""},
                                           {{"a.ts", "--pid", "video"}, "--pid \"video\""},
                                           {{"a.ts", "--pid", "0x"}, "--pid \"0x\""},
                                           {{"a.ts", "--program", "65536"}, "--program"},
                                           {{"a.ts", "--bitrate", "fast"}, "--bitrate"},
                                           {{"a.ts", "--fail-on", "p4"}, "fail-on"},
                                           {{"a.ts", "--jsn"}, "--json"}}) {
        const auto config = config_of(row.arguments);
        REQUIRE_FALSE(config.has_value());
        CHECK_THAT(config.error().message, Catch::Contains(row.expected));
    }
}

TEST_CASE("colours go to terminals that want them") {
    CHECK(wants_colour(ColourChoice::automatic, true, nullptr, "xterm"));
    CHECK(wants_colour(ColourChoice::automatic, true, "", "xterm"));
    CHECK_FALSE(wants_colour(ColourChoice::automatic, true, "1", "xterm"));
    CHECK_FALSE(wants_colour(ColourChoice::automatic, true, nullptr, "dumb"));
    CHECK_FALSE(wants_colour(ColourChoice::automatic, false, nullptr, "xterm"));
    CHECK(wants_colour(ColourChoice::always, false, "1", nullptr));
    CHECK_FALSE(wants_colour(ColourChoice::never, true, nullptr, nullptr));
}
