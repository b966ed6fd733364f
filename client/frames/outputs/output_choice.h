#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "client/kafka/kafka_settings.h"
#include "common/app/options.h"
#include "common/base/result.h"

namespace muxtap::frames {

enum class FrameEncoding : std::uint8_t {
    binary,  ///< a message is the image, its record a header
    base64,  ///< a message is the record, with the image inside
};

/// The options of the group "Kafka", checked.
struct KafkaChoice {
    kafka::KafkaSettings kafka;
    std::string frames_topic;
    std::string sound_topic;
    FrameEncoding encoding = FrameEncoding::binary;
    bool filmstrip = false;
};

/// Where pictures and records go: the options of the groups "Files", "Kafka", "ZeroMQ" and "NDJSON", checked.
struct OutputChoice {
    // Files. Patterns with {stream}, {probe}, {program}, {{, }} and strftime conversions in UTC; empty: none.
    std::string latest;                  ///< the newest picture, replaced atomically
    std::string filmstrip;               ///< likewise
    std::string images;                  ///< every picture, by time
    std::uint64_t images_max_bytes = 0;  ///< the oldest are deleted beyond this; 0: no limit
    std::chrono::nanoseconds images_max_age{};
    std::uint64_t images_min_free = 0;

    std::optional<KafkaChoice> kafka;

    /// File for records, `-` for standard output; empty: none.
    std::string ndjson;

    /// ZeroMQ endpoint to bind; empty: none.
    std::string publish;
    bool publish_access_units = false;
    std::uint64_t publish_buffer_bytes = std::uint64_t{64} << 20;  ///< for each subscriber that does not keep up
};

/// The error names the option and what it expects.
[[nodiscard]] Result<OutputChoice> read_output_choice(const app::Options& options);

}  // namespace muxtap::frames
