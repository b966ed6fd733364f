#pragma once

#include <cstdint>
#include <deque>
#include <random>
#include <string>
#include <vector>

#include "client/kafka/entry.h"
#include "client/kafka/message.h"

namespace muxtap::test {

/// A message that says its topic, key and number, with a payload of about `bytes`.
inline kafka::Message numbered(const std::string& topic, const std::string& key, std::uint64_t number,
                               std::size_t bytes = 100) {
    std::string payload = key + "#" + std::to_string(number) + "#";
    for (std::uint64_t at = 0; payload.size() < bytes; ++at)
        payload += "{\"pid\":" + std::to_string((number * 31 + at * 7) % 8192) +
                   ",\"packets\":" + std::to_string(at * number) + "},";
    return {.topic = topic,
            .key = key,
            .payload = std::move(payload),
            .headers = {{"schema", "test/1"}, {"number", std::to_string(number)}},
            .time = from_unix_ns(1'700'000'000'000'000'000 + static_cast<std::int64_t>(number) * 1'000'000)};
}

/// Bytes that no compression makes smaller.
inline std::string noise(std::size_t bytes, std::uint32_t seed) {
    std::mt19937 random(seed);
    std::string text(bytes, '\0');
    for (char& byte : text) byte = static_cast<char>(random());
    return text;
}

inline std::deque<kafka::Entry> entries(std::uint64_t first, std::uint64_t count, std::size_t bytes = 100,
                                        const std::string& topic = "t") {
    std::deque<kafka::Entry> made;
    for (std::uint64_t id = first; id < first + count; ++id)
        made.push_back({.id = id, .message = numbered(topic, "k", id, bytes)});
    return made;
}

}  // namespace muxtap::test
