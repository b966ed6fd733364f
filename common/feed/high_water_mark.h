#pragma once

#include <cstddef>
#include <cstdint>

#include "common/ts/packet_view.h"

namespace muxtap::feed {

/// ZeroMQ's high-water mark counts messages; a subscriber's budget is in bytes. The number of full batches of
/// `full_packets` packets that the budget holds, at least 2. It is set before anybody connects and never changed:
/// libzmq 4.3 can stop a pipe for ever when its mark changes, up or down (docs/decisions/0005).
[[nodiscard]] constexpr int high_water_mark(std::uint64_t budget_bytes, std::size_t full_packets) noexcept {
    constexpr std::uint64_t most = 100'000;
    const std::uint64_t count = budget_bytes / (full_packets * ts::packet_size);
    return count < 2 ? 2 : static_cast<int>(count > most ? most : count);
}

}  // namespace muxtap::feed
