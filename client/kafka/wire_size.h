#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "client/kafka/message.h"

namespace muxtap::kafka {

/// What a message takes on the wire before compression, in bytes, as a broker counts it against its limit; rather too
/// much than too little.
[[nodiscard]] inline std::size_t wire_size(const Message& message) noexcept {
    // Besides its own bytes, per message and per header.
    constexpr std::size_t record_overhead = 128;
    constexpr std::size_t header_overhead = 16;
    return message.size() - message.topic.size() + record_overhead + header_overhead * message.headers.size();
}

/// Behind a line that is not said each time: how often it could have been.
[[nodiscard]] inline std::string times(std::uint64_t count) {
    return count > 1 ? " (" + std::to_string(count) + " since it was last said)" : std::string();
}

}  // namespace muxtap::kafka
