#include "client/metrics/sink_factory.h"

#include <unistd.h>

#include <algorithm>

#include "client/metrics/sinks/kafka_sink.h"
#include "client/metrics/sinks/ndjson_sink.h"
#include "client/metrics/sinks/prometheus_sink.h"
#include "client/metrics/sinks/sqlite_sink.h"
#include "client/metrics/sinks/table_sink.h"

namespace muxtap::metrics {
namespace {

/// Records that wait for one sink.
constexpr std::size_t queue_bytes = std::size_t{64} << 20;
/// Records that wait in a sink whose disk cannot be written.
constexpr std::size_t most_waiting = 1000;

KafkaSink::Settings kafka_settings(const SinkChoice& choice, const SinkSettings& settings) {
    KafkaSink::Settings kafka;
    kafka.outbox = settings.kafka.outbox;
    kafka.outbox.brokers = choice.target;
    kafka.metrics_topic = settings.kafka_topic;
    kafka.events_topic = settings.kafka.events_topic;
    kafka.key = settings.kafka.key;
    return kafka;
}

PrometheusSink::Settings prometheus_settings(const SinkChoice& choice, const MetricsConfig& config,
                                             const service::Health& health) {
    PrometheusSink::Settings settings;
    settings.name = choice.name();
    settings.address = choice.target;
    settings.pids = config.sink_settings.prometheus_pids;
    settings.alive = [&health] { return health.hanging(steady_now()).empty(); };
    settings.ready = [&health]() -> PrometheusSink::Readiness {
        std::string reason = health.not_ready_because(steady_now());
        const bool ready = reason.empty();
        return {.ready = ready, .text = std::move(reason)};
    };
    return settings;
}

/// A sink of its own kind as any sink.
template <typename Kind>
Result<std::unique_ptr<Sink>> as_sink(Result<std::unique_ptr<Kind>> sink) {
    if (!sink) return tl::unexpected<Error>(sink.error());
    return std::unique_ptr<Sink>(std::move(*sink));
}

Result<std::unique_ptr<Sink>> open_sink(const SinkChoice& choice, const MetricsConfig& config, app::Log& log,
                                        const service::Health& health) {
    const SinkSettings& settings = config.sink_settings;
    switch (choice.kind) {
        case SinkKind::kafka: return KafkaSink::open(kafka_settings(choice, settings), log);
        case SinkKind::sqlite: {
            SqliteSink::Settings sqlite;
            sqlite.path = choice.target;
            sqlite.retention = settings.sqlite_retention;
            sqlite.most_waiting = most_waiting;
            return as_sink(SqliteSink::open(std::move(sqlite), log));
        }
        case SinkKind::ndjson: {
            NdjsonSink::Settings ndjson;
            ndjson.path = choice.target;
            ndjson.bytes = settings.ndjson_bytes;
            ndjson.files = settings.ndjson_files;
            ndjson.most_waiting = most_waiting;
            return as_sink(NdjsonSink::open(std::move(ndjson), log));
        }
        case SinkKind::prometheus: return as_sink(PrometheusSink::open(prometheus_settings(choice, config, health)));
        case SinkKind::table: break;
    }
    return std::unique_ptr<Sink>(std::make_unique<TableSink>(TableSink::settings_for(STDOUT_FILENO)));
}

}  // namespace

Result<void> check_sinks(const MetricsConfig& config) {
    for (const SinkChoice& choice : config.sinks) {
        if (choice.kind != SinkKind::kafka) continue;
        auto checked = kafka::Outbox::check(kafka_settings(choice, config.sink_settings).outbox);
        if (!checked) return checked;
    }
    return {};
}

Result<std::vector<std::unique_ptr<SinkQueue>>> open_sinks(const MetricsConfig& config, app::Log& log,
                                                           const service::Health& health) {
    std::vector<std::unique_ptr<SinkQueue>> sinks;
    for (const SinkChoice& choice : config.sinks) {
        auto sink = open_sink(choice, config, log, health);
        if (!sink) return tl::unexpected<Error>(sink.error());
        sinks.push_back(std::make_unique<SinkQueue>(std::move(*sink), queue_bytes));
    }
    return sinks;
}

}  // namespace muxtap::metrics
