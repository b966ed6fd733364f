#include "client/metrics/metrics_config.h"

#include <catch2/catch.hpp>

#include "common/options/catalogue.h"

namespace muxtap::metrics {
namespace {

using namespace std::chrono_literals;

Result<MetricsConfig> config_of(std::vector<const char*> arguments, std::vector<const char*> environment = {},
                                bool terminal = false) {
    arguments.insert(arguments.begin(), "muxtap-metrics");
    environment.push_back(nullptr);
    const auto options = app::load_options(options::metrics_program(), options::known_names(),
                                           static_cast<int>(arguments.size()), arguments.data(), environment.data());
    if (!options) return tl::unexpected<Error>(options.error());
    return read_config(*options, terminal);
}

std::string sinks_of(const Result<MetricsConfig>& config) {
    REQUIRE(config);
    std::string text;
    for (const SinkChoice& sink : config->sinks) {
        text += (text.empty() ? "" : " ") + sink.name() + (sink.kind == SinkKind::kafka ? "@" + sink.target : "");
    }
    return text;
}

}  // namespace

TEST_CASE("Without options there is a table on a terminal and NDJSON on a pipe") {
    CHECK(sinks_of(config_of({}, {}, true)) == "table");
    CHECK(sinks_of(config_of({}, {}, false)) == "ndjson:-");
    CHECK(config_of({})->interval == 1s);
}

TEST_CASE("Kafka is where a broker is named, unless it is refused") {
    struct Row {
        std::vector<const char*> arguments;
        std::vector<const char*> environment;
        const char* sinks;
    };
    const auto row = GENERATE(values<Row>({
        {{"--kafka-broker", "k1:9092,k2:9092"}, {}, "kafka@k1:9092,k2:9092"},
        {{}, {"KAFKA_BROKER=k1:9092"}, "kafka@k1:9092"},
        {{}, {"KAFKA_BROKER="}, "ndjson:-"},
        {{}, {"KAFKA_BROKER=k1:9092", "SEND_TO_KAFKA=false"}, "ndjson:-"},
        {{}, {"SEND_TO_KAFKA=true"}, "kafka@localhost:9092"},
        {{"--to", "kafka"}, {}, "kafka@localhost:9092"},
        {{"--to", "kafka:k3:1"}, {"KAFKA_BROKER=k1:9092"}, "kafka@k3:1"},
        {{"--to", "sqlite:m.db", "--to", "prometheus:9100"}, {}, "sqlite:m.db prometheus:0.0.0.0:9100"},
        {{"--to", "prometheus:[::1]:9100", "--kafka-broker", "k:1"}, {}, "kafka@k:1 prometheus:[::1]:9100"},
    }));
    CHECK(sinks_of(config_of(row.arguments, row.environment)) == row.sinks);
}

TEST_CASE("Names that existing set-ups use are understood") {
    const auto config = config_of({}, {"KAFKA_INTERVAL=250", "KAFKA_TIMEOUT=1500", "KAFKA_TOPIC=old", "KAFKA_KEY=k",
                                       "WATCH_FILE=/var/log/a,/var/log/b"});
    REQUIRE(config);
    CHECK(config->interval == 250ms);
    CHECK(config->sink_settings.kafka.timeout == 1500ms);
    CHECK(config->sink_settings.kafka_topic == "old");
    CHECK(config->sink_settings.kafka.key == "k");
    CHECK(config->watch_files == std::vector<std::string>{"/var/log/a", "/var/log/b"});
}

TEST_CASE("What cannot be is refused by name") {
    struct Row {
        std::vector<const char*> arguments;
        const char* names;
    };
    const auto row = GENERATE(values<Row>({
        {{"--to", "influx:db"}, "no such sink"},
        {{"--to", "sqlite"}, "sqlite:FILE"},
        {{"--to", "sqlite:"}, "sqlite:FILE"},
        {{"--to", "table:x"}, "table"},
        {{"--to", "prometheus:http"}, "[ADDRESS:]PORT"},
        {{"--to", "prometheus:70000"}, "[ADDRESS:]PORT"},
        {{"--to", "prometheus::9100"}, "[ADDRESS:]PORT"},
        {{"--to", "prometheus:127.0.0.1:"}, "[ADDRESS:]PORT"},
        {{"--to", "table", "--to", "ndjson:-"}, "standard output"},
        {{"--to", "sqlite:a", "--to", "sqlite:a"}, "given twice"},
        {{"--to", "kafka", "--send-to-kafka=false"}, "--send-to-kafka"},
        {{"--kafka-config", "acks"}, "NAME=VALUE"},
        {{"--spool-bytes", "1K"}, "--spool-bytes"},
        {{"--interval", "1ms"}, "--interval"},
    }));
    const auto config = config_of(row.arguments);
    REQUIRE_FALSE(config);
    CHECK_THAT(config.error().message, Catch::Contains(row.names));
}

}  // namespace muxtap::metrics
