#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "client/kafka/kafka_settings.h"
#include "client/metrics/records/record.h"
#include "common/app/options.h"
#include "common/base/result.h"

namespace muxtap::metrics {

enum class SinkKind : std::uint8_t { kafka, sqlite, ndjson, prometheus, table };

/// One `--to`.
struct SinkChoice {
    SinkKind kind = SinkKind::table;
    std::string target;  ///< brokers, file or address; empty where the kind needs none

    /// "sqlite:metrics.db", as in `--to`.
    [[nodiscard]] std::string name() const;
    [[nodiscard]] bool operator==(const SinkChoice&) const = default;
};

/// Settings of all kinds of sinks.
struct SinkSettings {
    kafka::KafkaSettings kafka;  ///< brokers: by the sink's target
    std::string kafka_topic;     ///< of the records of intervals
    std::chrono::nanoseconds sqlite_retention{};
    std::uint64_t ndjson_bytes = 0;
    unsigned ndjson_files = 0;
    std::size_t prometheus_pids = 0;
};

/// "sqlite:FILE", "prometheus:9100" and so on; the error lists what there is.
[[nodiscard]] Result<SinkChoice> parse_sink(std::string_view text);

/// Where records go by `--to`, `--send-to-kafka` and `--kafka-broker`; never empty.
[[nodiscard]] Result<std::vector<SinkChoice>> read_sink_choices(const app::Options& options, bool stdout_is_terminal);

[[nodiscard]] Result<SinkSettings> read_sink_settings(const app::Options& options);

}  // namespace muxtap::metrics
