#pragma once

#include <array>

#include "common/app/option_spec.h"

namespace muxtap::options {

inline constexpr std::string_view kafka_group = "Kafka";

/// What differs between the workers that send to Kafka.
struct KafkaTexts {
    std::string_view send_help;
    std::string_view broker_help;
    std::string_view spool_default;      ///< one worker each: every program has a spool of its own
    std::string_view spool_environment;  ///< empty: SPOOL
};

/// The option of a topic.
[[nodiscard]] constexpr app::OptionSpec kafka_topic_option(std::string_view name, std::string_view default_value,
                                                           std::string_view help) {
    return {.name = name,
            .group = kafka_group,
            .kind = app::OptionKind::text,
            .value_name = "TOPIC",
            .default_value = default_value,
            .help = help};
}

/// The options by which a worker finds its brokers and topics: `own` are its topics and what else only it has.
template <std::size_t own_count>
[[nodiscard]] constexpr std::array<app::OptionSpec, own_count + 10> kafka_options(
    const KafkaTexts& texts, const std::array<app::OptionSpec, own_count>& own) {
    using enum app::OptionKind;
    const std::array<app::OptionSpec, 2> first = {{
        {.name = "send-to-kafka",
         .group = kafka_group,
         .kind = boolean,
         .value_name = {},
         .default_value = {},
         .help = texts.send_help},
        {.name = "kafka-broker",
         .group = kafka_group,
         .kind = text,
         .value_name = "HOST:PORT",
         .default_value = {},
         .help = texts.broker_help},
    }};
    const std::array<app::OptionSpec, 8> last = {{
        kafka_topic_option("kafka-events-topic", "muxtap.events", "topic of events"),
        {.name = "kafka-key",
         .group = kafka_group,
         .kind = text,
         .value_name = "KEY",
         .default_value = {},
         .help = "key of every message; default: the stream's name, so that a stream stays in order"},
        {.name = "kafka-timeout",
         .group = kafka_group,
         .kind = duration,
         .value_name = "TIME",
         .default_value = "5000ms",
         .help = "longest time at exit to deliver what waits; what is not delivered by then stays in the spool; a bare "
                 "number is in ms"},
        {.name = "kafka-compression",
         .group = kafka_group,
         .kind = choice,
         .value_name = {},
         .default_value = "lz4",
         .help = "compression of messages",
         .choices = "none|gzip|snappy|lz4|zstd"},
        {.name = "kafka-create-topics",
         .group = kafka_group,
         .kind = boolean,
         .value_name = {},
         .default_value = "false",
         .help = "create topics that are not there, with the broker's defaults"},
        {.name = "kafka-config",
         .group = kafka_group,
         .kind = text,
         .value_name = "NAME=VALUE",
         .default_value = {},
         .help = "any setting of librdkafka, such as security.protocol=ssl; may be given several times",
         .repeatable = true},
        {.name = "spool",
         .group = kafka_group,
         .kind = text,
         .value_name = "FILE",
         .default_value = texts.spool_default,
         .help = "file in which records wait for the broker; one worker each",
         .environment = texts.spool_environment},
        {.name = "spool-bytes",
         .group = kafka_group,
         .kind = bytes,
         .value_name = "BYTES",
         .default_value = "1G",
         .help =
             "most the spool may take on the disk; beyond it the oldest are kept and new ones are dropped and counted"},
    }};
    std::array<app::OptionSpec, own_count + 10> all{};
    std::size_t at = 0;
    for (const app::OptionSpec& spec : first) all[at++] = spec;
    for (const app::OptionSpec& spec : own) all[at++] = spec;
    for (const app::OptionSpec& spec : last) all[at++] = spec;
    return all;
}

}  // namespace muxtap::options
