#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "common/base/clock.h"

namespace muxtap::kafka {

struct MessageHeader {
    std::string name;
    std::string value;

    [[nodiscard]] bool operator==(const MessageHeader&) const = default;
};

/// One message for a topic. The payload may be any bytes.
struct Message {
    std::string topic{};
    std::string key{};
    std::string payload{};
    std::vector<MessageHeader> headers{};
    UnixTime time{};  ///< becomes the message's timestamp

    /// About what it takes in memory, in bytes.
    [[nodiscard]] std::size_t size() const noexcept {
        std::size_t bytes = topic.size() + key.size() + payload.size();
        for (const MessageHeader& header : headers) bytes += header.name.size() + header.value.size();
        return bytes;
    }
    [[nodiscard]] bool operator==(const Message&) const = default;
};

}  // namespace muxtap::kafka
