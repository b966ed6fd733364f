#include "client/metrics/sink_factory.h"

#include "client/metrics/sinks/kafka_sink.h"

namespace muxtap::metrics {
namespace {

/// Records that wait for one sink.
constexpr std::size_t queue_bytes = std::size_t{64} << 20;

KafkaSink::Settings kafka_settings(const SinkChoice& choice, const SinkSettings& settings) {
    KafkaSink::Settings kafka;
    kafka.outbox.brokers = choice.target;
    kafka.outbox.config = settings.kafka_config;
    kafka.outbox.compression = settings.kafka_compression;
    kafka.outbox.create_topics = settings.kafka_create_topics;
    kafka.outbox.spool_path = settings.spool_path;
    kafka.outbox.spool_bytes = settings.spool_bytes;
    kafka.metrics_topic = settings.kafka_topic;
    kafka.events_topic = settings.kafka_events_topic;
    kafka.key = settings.kafka_key;
    return kafka;
}

Result<std::unique_ptr<Sink>> open_sink(const SinkChoice& choice, const MetricsConfig& config, app::Log& log,
                                        const WorkerHealth& health) {
    const SinkSettings& settings = config.sink_settings;
    switch (choice.kind) {
        case SinkKind::kafka: return KafkaSink::open(kafka_settings(choice, settings), log);
        default: break;
    }
    (void)health;
    return fail("not yet");
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
                                                           const WorkerHealth& health) {
    std::vector<std::unique_ptr<SinkQueue>> sinks;
    for (const SinkChoice& choice : config.sinks) {
        auto sink = open_sink(choice, config, log, health);
        if (!sink) return tl::unexpected<Error>(sink.error());
        sinks.push_back(std::make_unique<SinkQueue>(std::move(*sink), queue_bytes));
    }
    return sinks;
}

}  // namespace muxtap::metrics
