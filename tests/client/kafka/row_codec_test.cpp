#include "client/kafka/row_codec.h"

#include <catch2/catch.hpp>

#include "tests/client/kafka/messages.h"

using namespace muxtap;
using kafka::Message;
using kafka::RowCodec;
using kafka::StoredMessage;

namespace {

std::optional<Message> back(RowCodec& codec, const Message& message, const StoredMessage& stored) {
    return codec.unpack(message.topic, message.key, to_unix_ns(message.time), stored);
}

}  // namespace

TEST_CASE("a message comes back as it was packed") {
    RowCodec codec;
    std::vector<Message> messages{Message{}, test::numbered("t", "k", 1), test::numbered("t", "k", 2, 30'000)};
    messages.push_back({.topic = "t", .key = std::string("\0k", 2), .payload = test::noise(5000, 1)});
    messages.push_back(
        {.topic = "t", .payload = std::string(3, '\0'), .headers = {{"", ""}, {"a", test::noise(300, 2)}}});
    for (const Message& message : messages) {
        const StoredMessage stored = codec.pack(message);
        CHECK(back(codec, message, stored) == message);
    }
}

TEST_CASE("text is stored smaller, noise as it is") {
    RowCodec codec;
    const Message text = test::numbered("t", "k", 7, 30'000);
    CHECK(codec.pack(text).payload.size() < text.payload.size() / 3);
    const Message picture{.payload = test::noise(30'000, 1)};
    const StoredMessage stored = codec.pack(picture);
    CHECK(stored.unpacked_bytes == 0);
    CHECK(stored.payload.size() == picture.payload.size());
}

TEST_CASE("whatever single byte of a stored message changes, it is told") {
    RowCodec codec;
    for (const Message& message : {test::numbered("t", "k", 7, 600), Message{.topic = "t", .payload = "raw"}}) {
        const StoredMessage packed = codec.pack(message);
        const std::string payload(packed.payload);
        for (std::size_t at = 0; at < payload.size(); ++at) {
            std::string damaged = payload;
            damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
            StoredMessage stored = packed;
            stored.payload = damaged;
            CHECK_FALSE(back(codec, message, stored));
        }
        StoredMessage stored = packed;
        stored.payload = payload;
        REQUIRE(back(codec, message, stored));
        ++stored.unpacked_bytes;
        CHECK_FALSE(back(codec, message, stored));
        stored = packed;
        stored.headers += "x";
        CHECK_FALSE(back(codec, message, stored));
        CHECK_FALSE(codec.unpack("u", message.key, to_unix_ns(message.time), packed));
        CHECK_FALSE(codec.unpack(message.topic, "other", to_unix_ns(message.time), packed));
        CHECK_FALSE(codec.unpack(message.topic, message.key, 1, packed));
    }
}
