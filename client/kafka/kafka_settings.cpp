#include "client/kafka/kafka_settings.h"

namespace muxtap::kafka {

Wish wish_of(const app::Options& options) {
    if (options.is_set("send-to-kafka")) return options.boolean("send-to-kafka") ? Wish::wanted : Wish::refused;
    return options.text("kafka-broker").empty() ? Wish::unsaid : Wish::wanted;
}

std::string brokers_of(const app::Options& options) {
    return options.text("kafka-broker").empty() ? "localhost:9092" : options.text("kafka-broker");
}

Result<KafkaSettings> read_kafka_settings(const app::Options& options) {
    KafkaSettings settings;
    settings.outbox.brokers = brokers_of(options);
    settings.outbox.compression = options.text("kafka-compression");
    settings.outbox.create_topics = options.boolean("kafka-create-topics");
    for (const std::string& text : options.list("kafka-config")) {
        const std::size_t equals = text.find('=');
        if (equals == std::string::npos || equals == 0) {
            return fail("--kafka-config \"" + text + "\": expected NAME=VALUE, such as security.protocol=ssl");
        }
        settings.outbox.config.emplace_back(text.substr(0, equals), text.substr(equals + 1));
    }
    settings.outbox.spool_path = options.text("spool");
    settings.outbox.spool_bytes = options.bytes("spool-bytes");
    if (settings.outbox.spool_bytes < std::uint64_t{1} << 20) return fail("--spool-bytes: expected at least 1M");
    settings.events_topic = options.text("kafka-events-topic");
    settings.key = options.text("kafka-key");
    settings.timeout = std::chrono::ceil<std::chrono::milliseconds>(options.duration("kafka-timeout"));
    return settings;
}

}  // namespace muxtap::kafka
