#include "client/frames/outputs/output_choice.h"

#include <utility>

namespace muxtap::frames {
namespace {

void read_files(const app::Options& options, OutputChoice& choice) {
    choice.images_max_bytes = options.bytes("images-max-bytes");
    choice.images_max_age = options.duration("images-max-age");
    choice.images_min_free = options.bytes("images-min-free");
    if (!options.boolean("save-images") || !options.boolean("extract-images")) return;
    choice.latest = options.text("latest");
    if (options.integer("filmstrip-length") > 0) choice.filmstrip = options.text("filmstrip");
    choice.images = options.text("images");
}

/// None where Kafka is not asked for.
Result<std::optional<KafkaChoice>> read_kafka(const app::Options& options) {
    if (kafka::wish_of(options) != kafka::Wish::wanted) return std::nullopt;
    KafkaChoice choice;
    auto settings = kafka::read_kafka_settings(options);
    if (!settings) return tl::unexpected<Error>(settings.error());
    choice.kafka = std::move(*settings);
    for (const char* const name : {"kafka-frames-topic", "kafka-sound-topic", "kafka-events-topic"}) {
        if (options.text(name).empty()) return fail("--" + std::string{name} + ": expected the name of a topic");
    }
    choice.frames_topic = options.text("kafka-frames-topic");
    choice.sound_topic = options.text("kafka-sound-topic");
    choice.encoding = options.text("frame-encoding") == "base64" ? FrameEncoding::base64 : FrameEncoding::binary;
    choice.filmstrip = options.boolean("kafka-filmstrip");
    if (auto checked = kafka::Outbox::check(choice.kafka.outbox); !checked) {
        return tl::unexpected<Error>(checked.error());
    }
    return choice;
}

}  // namespace

Result<OutputChoice> read_output_choice(const app::Options& options) {
    OutputChoice choice;
    read_files(options, choice);
    auto kafka = read_kafka(options);
    if (!kafka) return tl::unexpected<Error>(kafka.error());
    choice.kafka = std::move(*kafka);
    choice.ndjson = options.text("ndjson");
    choice.publish = options.text("publish");
    choice.publish_access_units = options.text("every") == "frame";
    if (choice.publish_access_units && choice.publish.empty()) {
        return fail("--every frame: needs --publish ENDPOINT, such as --publish 'tcp://*:5557'");
    }
    choice.publish_buffer_bytes = options.bytes("publish-buffer");
    if (choice.publish_buffer_bytes < std::uint64_t{1} << 20) return fail("--publish-buffer: expected at least 1M");
    return choice;
}

}  // namespace muxtap::frames
