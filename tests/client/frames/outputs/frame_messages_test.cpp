#include "client/frames/outputs/frame_messages.h"

#include <map>

#include "tests/client/frames/outputs/sample_items.h"
#include "tests/support/parsed_json.h"

using namespace muxtap;
using namespace muxtap::frames;
using muxtap::test::parsed;
using muxtap::test::text;

namespace {

KafkaChoice choice(FrameEncoding encoding, bool filmstrip = false) {
    KafkaChoice chosen;
    chosen.frames_topic = "muxtap.frames";
    chosen.sound_topic = "muxtap.sound";
    chosen.kafka.events_topic = "muxtap.events";
    chosen.encoding = encoding;
    chosen.filmstrip = filmstrip;
    return chosen;
}

std::vector<kafka::Message> messages(const ItemPtr& item, const KafkaChoice& chosen) {
    std::vector<kafka::Message> made;
    make_messages(*item, chosen, [&](kafka::Message message) { made.push_back(std::move(message)); });
    return made;
}

std::map<std::string, std::string> headers(const kafka::Message& message) {
    std::map<std::string, std::string> named;
    for (const kafka::MessageHeader& header : message.headers) CHECK(named.emplace(header.name, header.value).second);
    return named;
}

}  // namespace

TEST_CASE("a binary message is the image, its record and identity are headers") {
    const ItemPtr item = frames::test::picture();
    const auto made = messages(item, choice(FrameEncoding::binary));
    REQUIRE(made.size() == 1);
    CHECK(made[0].topic == "muxtap.frames");
    CHECK(made[0].key == "239.1.1.1:5000");
    CHECK(made[0].payload == std::string("\xFF\xD8\0jp", 5));
    CHECK(made[0].time == item->time());
    CHECK(headers(made[0]) == std::map<std::string, std::string>{{"schema", "muxtap.frame/1"},
                                                                 {"probe", "cap-a"},
                                                                 {"stream", "239.1.1.1:5000"},
                                                                 {"epoch", "1763600000123456789"},
                                                                 {"seq", "7"},
                                                                 {"program", "101"},
                                                                 {"pts", "8589000000"},
                                                                 {"content", "picture"},
                                                                 {"content-type", "image/jpeg"},
                                                                 {"record", item->json()}});
}

TEST_CASE("with base64 a message is the record, with the image as data URI") {
    const auto made = messages(frames::test::picture(), choice(FrameEncoding::base64));
    REQUIRE(made.size() == 1);
    auto named = headers(made[0]);
    CHECK(named["content-type"] == "application/json");
    CHECK(named["program"] == "101");
    CHECK(named.count("record") == 0);
    const auto record = parsed(made[0].payload);
    CHECK(text(record["record"]) == "muxtap.frame/1");
    CHECK(text(record["base64_image"]) == "data:image/jpeg;base64,/9gAanA=");
}

TEST_CASE("a filmstrip is sent only where it is asked for, after its picture") {
    const auto encoding = GENERATE(FrameEncoding::binary, FrameEncoding::base64);
    CHECK(messages(frames::test::picture(), choice(encoding)).size() == 1);
    const auto made = messages(frames::test::picture(), choice(encoding, true));
    REQUIRE(made.size() == 2);
    CHECK(headers(made[0])["content"] == "picture");
    CHECK(headers(made[1])["content"] == "filmstrip");
    const bool binary = encoding == FrameEncoding::binary;
    CHECK((binary ? made[1].payload : text(parsed(made[1].payload)["base64_image"])) ==
          (binary ? "strip!" : "data:image/jpeg;base64,c3RyaXAh"));
}

TEST_CASE("sound and events go as JSON to topics of their own, access units do not go") {
    const auto of_sound = messages(frames::test::sound(), choice(FrameEncoding::binary));
    REQUIRE(of_sound.size() == 1);
    CHECK(of_sound[0].topic == "muxtap.sound");
    CHECK(headers(of_sound[0])["schema"] == "muxtap.sound/1");
    const ItemPtr event = frames::test::event("pictures are black");
    const auto of_event = messages(event, choice(FrameEncoding::binary));
    REQUIRE(of_event.size() == 1);
    CHECK(of_event[0].topic == "muxtap.events");
    CHECK(of_event[0].payload == event->json());
    CHECK(messages(frames::test::access_unit(), choice(FrameEncoding::binary)).empty());
}

TEST_CASE("the key is the stream, the probe of what is about no stream, or what was asked for") {
    KafkaChoice chosen = choice(FrameEncoding::binary);
    CHECK(messages(frames::test::event("", ""), chosen)[0].key == "cap-a");
    chosen.kafka.key = "one";
    CHECK(messages(frames::test::event("", ""), chosen)[0].key == "one");
    CHECK(messages(frames::test::picture(), chosen)[0].key == "one");
}

TEST_CASE("a picture without time stamp has no such header") {
    PictureItem item{.record = frames::test::full_frame(), .image = frames::test::bytes_of("x"), .filmstrip = nullptr};
    item.record.time.pts.reset();
    const auto made = messages(std::make_shared<const Item>(item), choice(FrameEncoding::binary, true));
    REQUIRE(made.size() == 1);
    CHECK(headers(made[0]).count("pts") == 0);
}

TEST_CASE("a picture over the limit goes without its image, and its record says so") {
    const auto encoding = GENERATE(FrameEncoding::binary, FrameEncoding::base64);
    const auto image = std::make_shared<const Image>(200'000);
    kafka::Message message = messages(frames::test::picture(7, image), choice(encoding))[0];
    REQUIRE(message.size() > 200'000);
    REQUIRE(trim_message(message, 10'000));
    CHECK(message.size() <= 10'000);
    const bool binary = encoding == FrameEncoding::binary;
    const std::string json = binary ? headers(message)["record"] : message.payload;
    if (binary) CHECK(message.payload.empty());
    const auto record = parsed(json);
    CHECK_FALSE(record.HasMember("base64_image"));
    REQUIRE(record["trimmed"].Size() == 1);
    CHECK(text(record["trimmed"][0]) == (binary ? "image" : "base64_image"));
    CHECK(record["image"]["bytes"].GetInt() == 200'000);
    CHECK(headers(message)["seq"] == "7");

    SECTION("but only once") {
        const kafka::Message before = message;
        CHECK_FALSE(trim_message(message, 10));
        CHECK(message == before);
    }
}

TEST_CASE("what is too large without image stays as it is") {
    const auto item =
        GENERATE(frames::test::picture(), frames::test::event(std::string(5000, 'x')), frames::test::sound());
    kafka::Message message = messages(item, choice(FrameEncoding::base64))[0];
    const kafka::Message before = message;
    CHECK_FALSE(trim_message(message, 100));
    CHECK(message == before);
}

TEST_CASE("a name that looks like the image is not taken for it") {
    PictureItem item{.record = frames::test::full_frame(), .image = frames::test::bytes_of("x"), .filmstrip = nullptr};
    item.record.identity.probe = "a\",\"base64_image\":\"b";
    kafka::Message message = messages(std::make_shared<const Item>(item), choice(FrameEncoding::base64))[0];
    REQUIRE(trim_message(message, 100'000));
    const auto record = parsed(message.payload);
    CHECK(text(record["probe"]) == item.record.identity.probe);
    CHECK_FALSE(record.HasMember("base64_image"));
}
