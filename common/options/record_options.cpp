#include <array>

#include "common/options/catalogue.h"
#include "common/options/feed_options.h"

namespace muxtap::options {
namespace {

using enum app::OptionKind;
using app::OptionSpec;

constexpr std::string_view files = "Files";
constexpr std::string_view retention = "Retention";
constexpr std::string_view output = "Output and limits";

constexpr auto own_options = std::to_array<OptionSpec>({
    {.name = "output",
     .group = files,
     .kind = text,
     .value_name = "FILE",
     .default_value = "capture.ts",
     .help = "file to write, - for standard output; may hold {stream}, {probe} and strftime conversions such as "
             "{stream}/%Y-%m-%d/%H/%Y%m%dT%H%M%SZ.ts (UTC, capture time of the first packet); streams that it does not "
             "tell apart get -STREAM or -PROBE before the extension, only the first does not",
     .environment = "OUTPUT_FILE",
     .alias = "output-file"},
    {.name = "segment",
     .group = files,
     .kind = duration,
     .value_name = "TIME",
     .default_value = {},
     .help = "start a new file at each multiple of this time (UTC), at the next random access point; a bare number "
             "is in seconds; names that are taken get -1, -2 ... before the extension",
     .bare_unit = "s"},
    {.name = "segment-wait",
     .group = files,
     .kind = duration,
     .value_name = "TIME",
     .default_value = "2s",
     .help = "longest wait for a random access point before a segment is cut at a packet boundary",
     .bare_unit = "s"},
    {.name = "existing",
     .group = files,
     .kind = choice,
     .value_name = {},
     .default_value = "append",
     .help = "what to do at the start with a file that is there already: append to the last of capture.ts, "
             "capture-1.ts ..., overwrite it, begin the next number, or fail",
     .choices = "append|overwrite|next|fail"},
    {.name = "sidecar",
     .group = files,
     .kind = boolean,
     .value_name = {},
     .default_value = "true",
     .help = "write FILE.json with times, packets, sequence range, gaps and end reason beside each file"},
    {.name = "flush",
     .group = files,
     .kind = duration,
     .value_name = "TIME",
     .default_value = "1s",
     .help = "longest time received packets stay in memory; a bare number is in ms"},
    {.name = "fsync",
     .group = files,
     .kind = choice,
     .value_name = {},
     .default_value = "close",
     .help = "when to wait until a file is on the disk: a power cut costs what is not",
     .choices = "never|close|flush"},

    {.name = "max-bytes",
     .group = retention,
     .kind = bytes,
     .value_name = "BYTES",
     .default_value = {},
     .help =
         "delete the oldest recorded files beyond this sum; only files of the same --output with a sidecar, never one "
         "that is being written"},
    {.name = "max-age",
     .group = retention,
     .kind = duration,
     .value_name = "TIME",
     .default_value = {},
     .help = "delete recorded files older than this; a bare number is in seconds",
     .bare_unit = "s"},
    {.name = "min-free",
     .group = retention,
     .kind = bytes,
     .value_name = "BYTES",
     .default_value = {},
     .help = "delete the oldest recorded files while the disk has less free than this"},
    {.name = "disk-retry",
     .group = retention,
     .kind = duration,
     .value_name = "TIME",
     .default_value = "1s",
     .help = "time between two attempts to write to a full disk; a bare number is in ms"},

    {.name = "duration",
     .group = output,
     .kind = duration,
     .value_name = "TIME",
     .default_value = {},
     .help = "end this long after the start; a bare number is in seconds",
     .bare_unit = "s",
     .environment = "RECORD_DURATION"},
    {.name = "packet-count",
     .group = output,
     .kind = integer,
     .value_name = "COUNT",
     .default_value = "0",
     .help = "end after so many packets over all streams, 0: never"},
    {.name = "exit-on-end",
     .group = output,
     .kind = boolean,
     .value_name = {},
     .default_value = "false",
     .help = "end when the probe says that every recorded stream has ended"},
    {.name = "silent",
     .group = output,
     .kind = boolean,
     .value_name = {},
     .default_value = "false",
     .help = "print only warnings and errors"},
    {.name = "no-progress",
     .group = output,
     .kind = boolean,
     .value_name = {},
     .default_value = "false",
     .help = "no status line on a terminal"},
    {.name = "log-format",
     .group = output,
     .kind = choice,
     .value_name = {},
     .default_value = "text",
     .help = "log lines for people or one JSON object per line; json also logs the status of every stream",
     .choices = "text|json"},
    {.name = "log-interval",
     .group = output,
     .kind = duration,
     .value_name = "TIME",
     .default_value = "1s",
     .help = "time between two status lines; a bare number is in ms"},
    {.name = "debug", .group = output, .kind = boolean, .value_name = {}, .default_value = "false", .help = "log more"},
});

constexpr auto table =
    join(feed_options("stream to record, a trailing * makes it a prefix; default: all", "RECORD_STREAM",
                      "about what is kept of each probe's messages while this program is busy, and "
                      "of all packets while the disk is full"),
         own_options);

constexpr std::string_view examples =
    "  muxtap-record --target-ip 10.0.0.5\n"
    "  muxtap-record --stream news --segment 60s --output '{stream}/%Y-%m-%d/%H/%Y%m%dT%H%M%SZ.ts' --max-age 7d\n"
    "  muxtap-record --output - | ffplay -\n";

}  // namespace

const app::ProgramSpec& record_program() noexcept {
    static const app::ProgramSpec program{.name = "muxtap-record",
                                          .summary = "writes the streams of a muxtap feed to files, byte for byte",
                                          .usage = "[OPTIONS]",
                                          .examples = examples,
                                          .options = table};
    return program;
}

}  // namespace muxtap::options
