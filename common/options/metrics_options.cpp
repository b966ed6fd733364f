#include <array>

#include "common/options/analysis_options.h"
#include "common/options/catalogue.h"
#include "common/options/feed_options.h"
#include "common/options/kafka_options.h"
#include "common/options/worker_options.h"

namespace muxtap::options {
namespace {

using enum app::OptionKind;
using app::OptionSpec;

constexpr std::string_view records = "Records";
constexpr std::string_view sinks = "Where they go";
constexpr std::string_view output = worker_group;

constexpr auto own_options = std::to_array<OptionSpec>({
    {.name = "interval",
     .group = records,
     .kind = duration,
     .value_name = "TIME",
     .default_value = "1000ms",
     .help = "time between two records of a stream, at multiples of it since 1970; a bare number is in ms",
     .environment = "KAFKA_INTERVAL",
     .alias = "kafka-interval"},
    {.name = "format",
     .group = records,
     .kind = choice,
     .value_name = {},
     .default_value = "muxtap",
     .help = "muxtap.metrics/1, or the flat record that consumers of an earlier probe read; events are "
             "muxtap.event/1 in both",
     .choices = "muxtap|rsprobe",
     .environment = "METRICS_FORMAT"},
    {.name = "worker-id",
     .group = records,
     .kind = text,
     .value_name = "NAME",
     .default_value = {},
     .help = "name of this worker in its records; default: the host name"},
    {.name = "watch-file",
     .group = records,
     .kind = text,
     .value_name = "FILE",
     .default_value = {},
     .help = "log file to follow, over rotations too: each new line is sent as an event",
     .repeatable = true},
    {.name = "standard",
     .group = records,
     .kind = choice,
     .value_name = {},
     .default_value = "auto",
     .help = "tables that must be there; auto: those of the standard that a stream's tables show",
     .choices = "auto|dvb|atsc|mpeg",
     .environment = "METRICS_STANDARD"},

    {.name = "to",
     .group = sinks,
     .kind = text,
     .value_name = "SINK",
     .default_value = {},
     .help = "where records go, may be given several times: kafka, sqlite:FILE, ndjson:FILE (- for standard output), "
             "prometheus:[ADDRESS:]PORT, table; default: kafka if a broker is named, else a table on a terminal and "
             "NDJSON on a pipe",
     .repeatable = true,
     .environment = "METRICS_TO"},
    {.name = "sqlite-retention",
     .group = sinks,
     .kind = duration,
     .value_name = "TIME",
     .default_value = "7d",
     .help = "delete what is older from the database, 0: never; a bare number is in seconds",
     .bare_unit = "s"},
    {.name = "ndjson-bytes",
     .group = sinks,
     .kind = bytes,
     .value_name = "BYTES",
     .default_value = "100M",
     .help = "begin a new NDJSON file at this size: FILE becomes FILE.1, FILE.1 becomes FILE.2 ..."},
    {.name = "ndjson-files",
     .group = sinks,
     .kind = integer,
     .value_name = "COUNT",
     .default_value = "5",
     .help = "NDJSON files to keep besides the newest",
     .minimum = 0,
     .maximum = 10000},
    {.name = "prometheus-pids",
     .group = sinks,
     .kind = integer,
     .value_name = "COUNT",
     .default_value = "64",
     .help = "most PIDs of a stream that have time series of their own; those beyond are counted in "
             "muxtap_stream_pids_left_out",
     .minimum = 0,
     .maximum = 8192},
});

constexpr auto kafka_part =
    kafka_options({.send_help = "as --to kafka; false: no Kafka even if a broker is named",
                   .broker_help = "brokers to begin with, separated by commas; default of --to kafka: localhost:9092",
                   .spool_default = "muxtap-metrics.spool",
                   .spool_environment = {}},
                  std::array{kafka_topic_option("kafka-topic", "muxtap.metrics", "topic of the records of intervals")});

constexpr auto last_options = std::to_array<OptionSpec>({
    {.name = "duration",
     .group = output,
     .kind = duration,
     .value_name = "TIME",
     .default_value = {},
     .help = "end this long after the start; a bare number is in seconds",
     .bare_unit = "s",
     .environment = "METRICS_DURATION"},
});

constexpr auto table =
    join(join(feed_options("stream to watch, a trailing * makes it a prefix: several workers share the streams of a "
                           "probe by prefixes; default: all",
                           "METRICS_STREAM", "what is received ahead while this program is busy"),
              join(join(own_options, kafka_part), join(last_options, worker_options))),
         limit_options);

constexpr std::string_view examples =
    "  muxtap-metrics --target-ip 10.0.0.5\n"
    "  muxtap-metrics --kafka-broker kafka1:9092,kafka2:9092 --spool /var/lib/muxtap/metrics.spool\n"
    "  muxtap-metrics --stream '239.1.*' --to sqlite:metrics.db --to prometheus:9100\n"
    "  muxtap-metrics | jq .report.rate.arrival.window_bps\n";

}  // namespace

const app::ProgramSpec& metrics_program() noexcept {
    static const app::ProgramSpec program{
        .name = "muxtap-metrics",
        .summary = "analyses the streams of a muxtap feed: records to Kafka, SQLite, NDJSON, Prometheus",
        .usage = "[OPTIONS]",
        .examples = examples,
        .options = table};
    return program;
}

}  // namespace muxtap::options
