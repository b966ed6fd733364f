#include "client/frames/outputs/kafka_output.h"

#include <catch2/catch.hpp>

#include "tests/client/frames/outputs/sample_items.h"
#include "tests/client/kafka/mock_cluster.h"
#include "tests/support/temp_folder.h"

using namespace muxtap;
using namespace muxtap::frames;
using namespace std::chrono_literals;

namespace {

struct Rig {
    explicit Rig(FrameEncoding encoding) {
        for (const char* const topic : {"muxtap.frames", "muxtap.sound", "muxtap.events"}) cluster.create(topic);
        choice.kafka.outbox.brokers = cluster.brokers();
        choice.kafka.outbox.spool_path = folder / "spool";
        choice.kafka.events_topic = "muxtap.events";
        choice.kafka.timeout = 20s;
        choice.frames_topic = "muxtap.frames";
        choice.sound_topic = "muxtap.sound";
        choice.encoding = encoding;
    }

    std::vector<kafka::Message> read(const std::string& topic) {
        return muxtap::test::TopicReader(cluster.brokers(), topic).read();
    }

    muxtap::test::TempFolder folder;
    muxtap::test::MockCluster cluster;
    app::Log log{{.program = "test", .silent = true}};
    KafkaChoice choice;
};

std::string header(const kafka::Message& message, std::string_view name) {
    for (const kafka::MessageHeader& header : message.headers) {
        if (header.name == name) return header.value;
    }
    return "none";
}

}  // namespace

TEST_CASE("pictures, sound and events reach their topics, access units none") {
    Rig rig(FrameEncoding::binary);
    auto output = KafkaOutput::open(rig.choice, rig.log);
    REQUIRE(output);
    const std::vector<ItemPtr> items = {frames::test::picture(1), frames::test::access_unit(), frames::test::sound(),
                                        frames::test::event("black"), frames::test::picture(2)};
    (*output)->write(items);
    (*output)->finish(0ms);
    const delivery::SinkFigures figures = (*output)->figures();
    CHECK(figures.delivered == 4);
    CHECK(figures.dropped == 0);
    CHECK(figures.waiting == 0);
    const auto pictures = rig.read("muxtap.frames");
    REQUIRE(pictures.size() == 2);
    CHECK(header(pictures[0], "seq") == "1");
    CHECK(header(pictures[1], "seq") == "2");
    CHECK(pictures[0].payload == std::string("\xFF\xD8\0jp", 5));
    CHECK(header(pictures[0], "record") == items[0]->json());
    CHECK(rig.read("muxtap.sound").size() == 1);
    CHECK(rig.read("muxtap.events").size() == 1);
}

TEST_CASE("a picture over the broker's limit arrives without its image, the ones around it whole") {
    const auto encoding = GENERATE(FrameEncoding::binary, FrameEncoding::base64);
    Rig rig(encoding);
    rig.choice.kafka.outbox.config = {{"message.max.bytes", "100000"}};
    auto output = KafkaOutput::open(rig.choice, rig.log);
    REQUIRE(output);
    // Bytes that no compression makes smaller.
    std::uint32_t state = 1;
    auto noise = std::make_shared<Image>(300'000);
    for (std::uint8_t& byte : *noise) byte = static_cast<std::uint8_t>((state = state * 1664525 + 1013904223) >> 24);
    const std::vector<ItemPtr> items = {frames::test::picture(1), frames::test::picture(2, noise),
                                        frames::test::picture(3)};
    (*output)->write(items);
    (*output)->finish(0ms);
    CHECK((*output)->figures().delivered == 3);
    CHECK((*output)->figures().dropped == 0);
    const auto pictures = rig.read("muxtap.frames");
    REQUIRE(pictures.size() == 3);
    for (const kafka::Message& message : pictures) {
        const bool whole = header(message, "seq") != "2";
        const std::string record = encoding == FrameEncoding::binary ? header(message, "record") : message.payload;
        CHECK((record.find("\"trimmed\":[") == std::string::npos) == whole);
        if (encoding == FrameEncoding::binary) CHECK(message.payload.empty() != whole);
    }
}

TEST_CASE("what no broker takes stays in the spool") {
    Rig rig(FrameEncoding::binary);
    rig.cluster.down();
    rig.choice.kafka.timeout = 10ms;
    auto output = KafkaOutput::open(rig.choice, rig.log);
    REQUIRE(output);
    const std::vector<ItemPtr> items = {frames::test::picture(1), frames::test::picture(2)};
    (*output)->write(items);
    (*output)->finish(0ms);
    CHECK((*output)->figures().waiting == 2);
    CHECK((*output)->figures().dropped == 0);
    output->reset();
    rig.cluster.up();
    rig.choice.kafka.timeout = 20s;
    auto again = KafkaOutput::open(rig.choice, rig.log);
    REQUIRE(again);
    (*again)->finish(0ms);
    CHECK(rig.read("muxtap.frames").size() == 2);
}

TEST_CASE("a spool that cannot be is an error that names it") {
    Rig rig(FrameEncoding::binary);
    rig.choice.kafka.outbox.spool_path = rig.folder / "missing/spool";
    const auto output = KafkaOutput::open(rig.choice, rig.log);
    REQUIRE_FALSE(output);
    CHECK_THAT(output.error().message, Catch::Contains("missing/spool"));
}
