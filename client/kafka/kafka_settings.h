#pragma once

#include <chrono>
#include <string>

#include "client/kafka/outbox.h"
#include "common/app/options.h"
#include "common/base/result.h"

namespace muxtap::kafka {

/// What `--send-to-kafka` and `--kafka-broker` say.
enum class Wish : std::uint8_t { unsaid, wanted, refused };
[[nodiscard]] Wish wish_of(const app::Options& options);

/// The brokers that are named, or localhost:9092.
[[nodiscard]] std::string brokers_of(const app::Options& options);

/// The options of common/options/kafka_options.h that every worker has, checked.
struct KafkaSettings {
    Outbox::Settings outbox;  ///< without `trim`
    std::string events_topic;
    std::string key;  ///< of every message; empty: the stream's name
    std::chrono::milliseconds timeout{5000};
};

/// The error names the option and what it expects.
[[nodiscard]] Result<KafkaSettings> read_kafka_settings(const app::Options& options);

}  // namespace muxtap::kafka
