#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "common/ts/packet_view.h"

namespace muxtap::ts {

/// What a run of packets holds.
struct RunTally {
    std::size_t valid = 0;   ///< packets from the start that may enter the feed; the next one may not
    std::uint64_t tei = 0;   ///< of these, with transport_error_indicator
    std::uint64_t null = 0;  ///< of these, with PID 0x1FFF
};

/// Checks up to `count` packets that stand at `stride` bytes from each other, the first at `bytes`, and stops before
/// the first that `check_packet` would reject. The hot loop of the probe: it reads the headers of 16 packets before it
/// looks at them, so that the memory answers them together.
[[nodiscard]] inline RunTally tally_run(const std::uint8_t* bytes, std::size_t count,
                                        std::size_t stride = packet_size) noexcept {
    constexpr std::size_t group = 16;
    RunTally tally;
    std::uint32_t headers[group];
    std::uint8_t lengths[group];
    while (tally.valid < count) {
        const std::size_t in_group = count - tally.valid < group ? count - tally.valid : group;
        const std::uint8_t* at = bytes + tally.valid * stride;
        for (std::size_t i = 0; i < in_group; ++i) {
            std::memcpy(&headers[i], at + i * stride, sizeof(headers[i]));
            lengths[i] = at[i * stride + 4];
        }
        unsigned bad = 0;
        std::uint64_t tei = 0;
        std::uint64_t null = 0;
        for (std::size_t i = 0; i < in_group; ++i) {
            // Little-endian: byte 0, the sync byte, is the lowest.
            const std::uint32_t header = headers[i];
            const unsigned control = header >> 28 & 3U;
            const unsigned longest = control == 3 ? 182 : 183;
            bad |= static_cast<unsigned>((header & 0xFFU) != sync_byte) | static_cast<unsigned>(control == 0) |
                   (static_cast<unsigned>((control & 2U) != 0) & static_cast<unsigned>(lengths[i] > longest));
            tei += header >> 15 & 1U;
            null += static_cast<std::uint64_t>((header & 0x00FF1F00U) == 0x00FF1F00U);
        }
        if (bad == 0) {
            tally.valid += in_group;
            tally.tei += tei;
            tally.null += null;
            continue;
        }
        // One of them is bad: the slow way up to it.
        for (std::size_t i = 0; i < in_group; ++i) {
            if (check_packet(at + i * stride) != RejectReason::accepted) return tally;
            ++tally.valid;
            tally.tei += headers[i] >> 15 & 1U;
            tally.null += static_cast<std::uint64_t>((headers[i] & 0x00FF1F00U) == 0x00FF1F00U);
        }
    }
    return tally;
}

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "tally_run reads headers as little-endian words");

}  // namespace muxtap::ts
