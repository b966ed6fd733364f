#include <array>

#include "common/options/analysis_options.h"
#include "common/options/catalogue.h"
#include "common/options/feed_options.h"

namespace muxtap::options {
namespace {

using enum app::OptionKind;
using app::OptionSpec;

constexpr std::string_view input = "Input";
constexpr std::string_view output = "Output";
constexpr std::string_view judging = "Judging";

// Environment names carry the program's name where a word alone would mean other things to other programs.
constexpr auto own_options = std::to_array<OptionSpec>({
    {.name = "input",
     .group = input,
     .kind = text,
     .value_name = "FILE",
     .default_value = {},
     .help = "transport stream (188-, 192- or 204-byte packets), .pcap or .pcapng file, - for standard input; several "
             "may be given, without the flag",
     .repeatable = true,
     .environment = "ANALYZE_INPUT"},
    {.name = "stream",
     .group = input,
     .kind = text,
     .value_name = "IP:PORT[@VLAN]",
     .default_value = {},
     .help = "only this stream of a capture; default: all, one by one",
     .repeatable = true,
     .environment = "ANALYZE_STREAM"},
    {.name = "bitrate",
     .group = input,
     .kind = text,
     .value_name = "BITS",
     .default_value = {},
     .help = "constant rate of a .ts file in bits per second, such as 4M: tells the time instead of its PCRs",
     .environment = "ANALYZE_BITRATE"},

    {.name = "json",
     .group = output,
     .kind = boolean,
     .value_name = {},
     .default_value = "false",
     .help = "one JSON object per line instead of tables: a report (muxtap.report/1) for each stream, with --events an "
             "event (muxtap.event/1) for each event",
     .environment = "ANALYZE_JSON"},
    {.name = "events",
     .group = output,
     .kind = boolean,
     .value_name = {},
     .default_value = "false",
     .help = "a line for each thing that began, ended or happened, as it comes, instead of the report",
     .environment = "ANALYZE_EVENTS"},
    {.name = "pid",
     .group = output,
     .kind = text,
     .value_name = "PID",
     .default_value = {},
     .help = "show only this PID in tables and events, 0x101 or 257",
     .repeatable = true,
     .environment = "ANALYZE_PID"},
    {.name = "program",
     .group = output,
     .kind = text,
     .value_name = "NUMBER",
     .default_value = {},
     .help = "show only this program and its PIDs in tables and events",
     .repeatable = true,
     .environment = "ANALYZE_PROGRAM"},
    {.name = "color",
     .group = output,
     .kind = choice,
     .value_name = {},
     .default_value = "auto",
     .help = "colours; auto: on a terminal, unless NO_COLOR is set",
     .choices = "auto|always|never",
     .environment = "ANALYZE_COLOR"},
    {.name = "plot",
     .group = output,
     .kind = text,
     .value_name = "FOLDER",
     .default_value = {},
     .help = "also write plots (SVG, by gnuplot) of bit rates, PCR intervals and jitter, and the time between "
             "datagrams into this folder, with their data",
     .environment = "ANALYZE_PLOT"},
    {.name = "no-progress",
     .group = output,
     .kind = boolean,
     .value_name = {},
     .default_value = "false",
     .help = "no progress line on a terminal"},
    {.name = "list-indicators",
     .group = output,
     .kind = boolean,
     .value_name = {},
     .default_value = "false",
     .help = "list the indicators with their numbers, priorities and JSON names, and end",
     .environment = "ANALYZE_LIST_INDICATORS"},

    {.name = "standard",
     .group = judging,
     .kind = choice,
     .value_name = {},
     .default_value = "auto",
     .help = "tables that must be there; auto: those of the standard that the stream's tables show",
     .choices = "auto|dvb|atsc|mpeg",
     .environment = "ANALYZE_STANDARD"},
    {.name = "fail-on",
     .group = judging,
     .kind = choice,
     .value_name = {},
     .default_value = "none",
     .help = "exit with 3 when an indicator of this priority or a higher one (p1 is the highest) found an error in any "
             "stream",
     .choices = "none|p1|p2|p3",
     .environment = "ANALYZE_FAIL_ON"},
});

constexpr auto table = join(own_options, limit_options);

constexpr std::string_view examples =
    "  muxtap-analyze film.ts\n"
    "  muxtap-analyze --fail-on p2 --standard dvb capture.pcapng && echo good\n"
    "  muxtap-analyze --json film.ts | jq '.report.tr101290.continuity_count_error'\n"
    "  muxtap-analyze --events --pid 0x101 film.ts\n"
    "  zcat film.ts.gz | muxtap-analyze -\n";

}  // namespace

const app::ProgramSpec& analyze_program() noexcept {
    static const app::ProgramSpec program{
        .name = "muxtap-analyze",
        .summary = "says what is in transport streams and what is wrong with them by TR 101 290",
        .usage = "FILE... [OPTIONS]",
        .examples = examples,
        .options = table,
        .positional = "input"};
    return program;
}

}  // namespace muxtap::options
