#include "analyzer/cli/analyze_config.h"

#include <algorithm>
#include <charconv>

#include "analyzer/settings/analyzer_settings.h"
#include "common/app/value_parsers.h"

namespace muxtap::analyze {
namespace {

/// A whole number in decimal, or in hexadecimal with 0x before it.
Result<std::uint16_t> parse_number(std::string_view option, const std::string& text, unsigned largest) {
    const bool hexadecimal = text.starts_with("0x") || text.starts_with("0X");
    const char* const begin = text.data() + (hexadecimal ? 2 : 0);
    const char* const end = text.data() + text.size();
    unsigned number = 0;
    const auto [rest, error] = std::from_chars(begin, end, number, hexadecimal ? 16 : 10);
    if (error == std::errc{} && rest == end && number <= largest) return static_cast<std::uint16_t>(number);
    return fail("--" + std::string{option} + " \"" + text + "\": expected a number from 0 to " +
                std::to_string(largest) + ", or in hexadecimal with 0x before it");
}

Result<std::vector<std::uint16_t>> parse_numbers(const app::Options& options, std::string_view option,
                                                 unsigned largest) {
    std::vector<std::uint16_t> numbers;
    for (const std::string& text : options.list(option)) {
        const auto number = parse_number(option, text, largest);
        if (!number) return tl::unexpected<Error>(number.error());
        numbers.push_back(*number);
    }
    return numbers;
}

ColourChoice colour_choice(std::string_view name) {
    if (name == "always") return ColourChoice::always;
    return name == "never" ? ColourChoice::never : ColourChoice::automatic;
}

}  // namespace

Result<AnalyzeConfig> read_config(const app::Options& options) {
    AnalyzeConfig config;
    config.inputs = options.list("input");
    if (config.inputs.empty()) return fail("no file to analyse: name one, or - for standard input");
    if (std::count(config.inputs.begin(), config.inputs.end(), "-") > 1) {
        return fail("standard input (-) can be read once only");
    }
    config.streams = options.list("stream");
    if (options.is_set("bitrate")) {
        const auto bitrate = app::parse_bit_rate(options.text("bitrate"));
        if (!bitrate) return fail("--bitrate: " + bitrate.error().message);
        config.bitrate = *bitrate;
    }
    config.json = options.boolean("json");
    config.events = options.boolean("events");
    auto pids = parse_numbers(options, "pid", ts::pid_count - 1);
    if (!pids) return tl::unexpected<Error>(pids.error());
    auto programs = parse_numbers(options, "program", 65535);
    if (!programs) return tl::unexpected<Error>(programs.error());
    config.selection = {.pids = std::move(*pids), .programs = std::move(*programs)};
    config.colour = colour_choice(options.text("color"));
    config.plot_folder = options.text("plot");
    config.progress = !options.boolean("no-progress");
    const std::string& fail_on = options.text("fail-on");
    if (fail_on != "none") config.fail_on = static_cast<unsigned>(fail_on.back() - '0');
    config.analyzer = analyzer::read_analyzer_options(options);
    return config;
}

bool wants_colour(ColourChoice choice, bool is_terminal, const char* no_color, const char* term) noexcept {
    if (choice != ColourChoice::automatic) return choice == ColourChoice::always;
    const bool refused = no_color != nullptr && *no_color != '\0';
    const bool dumb = term != nullptr && std::string_view{term} == "dumb";
    return is_terminal && !refused && !dumb;
}

}  // namespace muxtap::analyze
