#include "proto/feed_header.h"

#include <array>

namespace muxtap::proto {

std::string_view name_of(Encapsulation encapsulation) noexcept {
    constexpr std::array<std::string_view, 3> names = {"udp", "rtp", "file"};
    return names[static_cast<std::size_t>(encapsulation)];
}

std::string_view name_of(StreamState state) noexcept {
    constexpr std::array<std::string_view, 4> names = {"waiting", "live", "silent", "ended"};
    return names[static_cast<std::size_t>(state)];
}

}  // namespace muxtap::proto
