#include "client/frames/frames_config.h"

#include <catch2/catch.hpp>

#include "common/options/catalogue.h"

using namespace muxtap;
using namespace muxtap::frames;
using namespace std::chrono_literals;

namespace {

Result<FramesConfig> config_of(std::vector<const char*> arguments, std::vector<const char*> environment = {}) {
    arguments.insert(arguments.begin(), "muxtap-frames");
    environment.push_back(nullptr);
    const auto options = app::load_options(options::frames_program(), options::known_names(),
                                           static_cast<int>(arguments.size()), arguments.data(), environment.data());
    if (!options) return tl::unexpected<Error>(options.error());
    return read_config(*options);
}

}  // namespace

TEST_CASE("without options pictures, sound and captions are taken of everything, and files written") {
    const auto config = config_of({});
    REQUIRE(config);
    CHECK(config->decoding.programs.empty());
    CHECK(config->decoding.mode == DecodeMode::automatic);
    CHECK(config->decoding.rate == PictureRate{1, 1});
    CHECK(config->decoding.height == 96);
    CHECK((config->decoding.hardware && config->decoding.pictures && config->decoding.sound &&
           config->decoding.captions));
    CHECK(config->filmstrip_length == 8);
    CHECK(config->outputs.latest == "images/{stream}/latest.jpg");
    CHECK(config->outputs.filmstrip == "images/{stream}/filmstrip.jpg");
    CHECK(config->outputs.images.empty());
    CHECK_FALSE(config->outputs.kafka);
    CHECK(config->outputs.ndjson.empty());
    CHECK(config->outputs.publish.empty());
    CHECK_FALSE(config->duration);
    CHECK_FALSE(config->worker.empty());
}

TEST_CASE("a picture rate is a number or a ratio") {
    struct Row {
        const char* text;
        PictureRate rate;
    };
    const auto row = GENERATE(values<Row>({{"1/1", {1, 1}},
                                           {"25", {25, 1}},
                                           {"30000/1001", {30'000, 1001}},
                                           {"1/10", {1, 10}},
                                           {"0", {0, 1}},
                                           {"0/7", {0, 1}}}));
    const auto rate = parse_picture_rate(row.text);
    REQUIRE(rate);
    CHECK(*rate == row.rate);
}

TEST_CASE("what is no picture rate is refused, with what would be one") {
    const auto text =
        GENERATE("", "/", "1/", "/1", "1/0", "-1", "25.0", "1/2/3", "fast", "1 /2", "99999999999999999999");
    const auto rate = parse_picture_rate(text);
    REQUIRE_FALSE(rate);
    CHECK_THAT(rate.error().message, Catch::Contains("30000/1001"));
}

TEST_CASE("options reach the part that they are about") {
    const auto config = config_of({"--program",
                                   "101",
                                   "--program",
                                   "102",
                                   "--decode",
                                   "keyframes",
                                   "--decoder",
                                   "software",
                                   "--decode-threads",
                                   "3",
                                   "--decode-buffer",
                                   "2M",
                                   "--sound=false",
                                   "--image-format",
                                   "png",
                                   "--black-hold",
                                   "3",
                                   "--sound-silence-level",
                                   "-55.5",
                                   "--phase-limit",
                                   "-0.25",
                                   "--loudness-time",
                                   "1h",
                                   "--captions-missing",
                                   "0",
                                   "--exit-on-end",
                                   "--duration",
                                   "5",
                                   "--worker-id",
                                   "w",
                                   "--images",
                                   "a/%H.png",
                                   "--images-max-bytes",
                                   "1G",
                                   "--publish",
                                   "tcp://*:5557",
                                   "--every",
                                   "frame"});
    INFO((config ? "" : config.error().message));
    REQUIRE(config);
    CHECK(config->decoding.programs == std::vector<std::uint16_t>{101, 102});
    CHECK(config->decoding.mode == DecodeMode::key_frames);
    CHECK_FALSE(config->decoding.hardware);
    CHECK(config->decoding.threads == 3);
    CHECK(config->decoding.most_waiting_bytes == 2U << 20);
    CHECK_FALSE(config->decoding.sound);
    CHECK(config->format == ImageFormat::png);
    CHECK(config->picture_limits.black_hold == 3s);
    CHECK(config->sound_limits.silence_dbfs == -55.5);
    CHECK(config->sound_limits.phase_limit == -0.25);
    CHECK(config->sound_limits.integration == 1h);
    CHECK(config->captions_missing == 0s);
    CHECK(config->exit_on_end);
    CHECK(config->duration == 5s);
    CHECK(config->worker == "w");
    CHECK(config->outputs.images == "a/%H.png");
    CHECK(config->outputs.images_max_bytes == 1U << 30);
    CHECK(config->outputs.publish_access_units);
}

TEST_CASE("names that existing set-ups use are understood") {
    const auto config =
        config_of({}, {"IMAGE_FRAMERATE=1/5", "IMAGE_HEIGHT=288", "JPEG_QUALITY=60", "FILMSTRIP_LENGTH=4",
                       "KAFKA_BROKER=k1:9092", "KAFKA_TIMEOUT=1500", "KAFKA_KEY=k", "SHOW_TR101290=true"});
    REQUIRE(config);
    CHECK(config->decoding.rate == PictureRate{1, 5});
    CHECK(config->decoding.height == 288);
    CHECK(config->quality == 60);
    CHECK(config->filmstrip_length == 4);
    REQUIRE(config->outputs.kafka);
    CHECK(config->outputs.kafka->kafka.outbox.brokers == "k1:9092");
    CHECK(config->outputs.kafka->kafka.timeout == 1500ms);
    CHECK(config->outputs.kafka->kafka.key == "k");
    CHECK(config->outputs.kafka->kafka.outbox.spool_path == "muxtap-frames.spool");
    CHECK(config->outputs.kafka->frames_topic == "muxtap.frames");
    CHECK(config->outputs.kafka->sound_topic == "muxtap.sound");
    CHECK(config->outputs.kafka->kafka.events_topic == "muxtap.events");
    CHECK(config->outputs.kafka->encoding == FrameEncoding::binary);
}

TEST_CASE("names of the metrics worker alone mean nothing here") {
    const auto config = config_of({"--send-to-kafka"}, {"SPOOL=metrics.spool", "KAFKA_TOPIC=metrics"});
    REQUIRE(config);
    REQUIRE(config->outputs.kafka);
    CHECK(config->outputs.kafka->kafka.outbox.spool_path == "muxtap-frames.spool");
    CHECK(config->outputs.kafka->kafka.outbox.brokers == "localhost:9092");
    CHECK(config->outputs.kafka->frames_topic == "muxtap.frames");
}

TEST_CASE("Kafka may be refused although a broker is named") {
    const auto config = config_of({}, {"KAFKA_BROKER=k1:9092", "SEND_TO_KAFKA=false"});
    REQUIRE(config);
    CHECK_FALSE(config->outputs.kafka);
}

TEST_CASE("no files are written where none are wanted") {
    const auto argument = GENERATE("--save-images=false", "--extract-images=false");
    const auto config = config_of({argument, "--images", "x.jpg"});
    REQUIRE(config);
    CHECK(config->outputs.latest.empty());
    CHECK(config->outputs.filmstrip.empty());
    CHECK(config->outputs.images.empty());
}

TEST_CASE("without a filmstrip there is no file of it") {
    const auto config = config_of({"--filmstrip-length", "0"});
    REQUIRE(config);
    CHECK(config->outputs.filmstrip.empty());
    CHECK_FALSE(config->outputs.latest.empty());
}

TEST_CASE("a filmstrip that nobody takes is not made") {
    const auto for_nobody = config_of({"--filmstrip", "", "--ndjson", "-"});
    REQUIRE(for_nobody);
    CHECK(for_nobody->filmstrip_length == 0);
    const auto for_a_file = config_of({"--filmstrip", "strip.jpg"});
    REQUIRE(for_a_file);
    CHECK(for_a_file->filmstrip_length == 8);
    const auto for_kafka = config_of({"--filmstrip", "", "--send-to-kafka", "--kafka-filmstrip"});
    REQUIRE(for_kafka);
    CHECK(for_kafka->filmstrip_length == 8);
}

TEST_CASE("what cannot be is refused by name") {
    struct Row {
        std::vector<const char*> arguments;
        const char* names;
    };
    const auto row = GENERATE(values<Row>({
        {{"--image-framerate", "fast"}, "--image-framerate: \"fast\""},
        {{"--every", "frame"}, "--publish"},
        {{"--publish-buffer", "10K"}, "--publish-buffer"},
        {{"--decode-buffer", "10K"}, "--decode-buffer"},
        {{"--decode-buffer", "5G"}, "--decode-buffer"},
        {{"--stream", "a b"}, "--stream"},
        {{"--extract-images=false", "--sound=false", "--captions=false"}, "nothing is left to do"},
        {{"--send-to-kafka", "--kafka-config", "acks"}, "NAME=VALUE"},
        {{"--send-to-kafka", "--kafka-config", "no.such.setting=1"}, "no.such.setting"},
        {{"--send-to-kafka", "--kafka-frames-topic", ""}, "--kafka-frames-topic"},
        {{"--send-to-kafka", "--spool-bytes", "1K"}, "--spool-bytes"},
        {{"--program", "0"}, "--program"},
        {{"--frame-encoding", "hex"}, "--frame-encoding"},
    }));
    const auto config = config_of(row.arguments);
    REQUIRE_FALSE(config);
    CHECK_THAT(config.error().message, Catch::Contains(row.names));
}
