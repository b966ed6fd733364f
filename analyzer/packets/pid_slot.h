#pragma once

#include <array>
#include <cstdint>

#include "analyzer/packets/packet_header.h"

namespace muxtap::analyzer {

/// What the packet loop keeps of one PID: as much as fits into one cache line.
struct alignas(64) PidSlot {
    /// Reasons why each packet of the PID leaves the loop.
    static constexpr std::uint8_t not_seen = 1;       ///< no packet of it was counted yet
    static constexpr std::uint8_t wants_payload = 2;  ///< sections, or a PES head being collected

    /// Bits of `state` besides the continuity_counter of the last packet.
    static constexpr unsigned counter_mask = 0x0F;
    static constexpr unsigned had_payload = 0x10;
    static constexpr unsigned was_duplicate = 0x20;

    std::uint64_t packets = 0;  ///< without those with transport_error_indicator
    std::uint64_t payload_packets = 0;
    std::uint64_t payload_bytes = 0;
    std::uint64_t adaptation_fields = 0;
    std::uint64_t scrambled = 0;
    std::uint64_t last_position = 0;  ///< of the last packet, in packets from the start of the stream
    std::uint8_t state = 0;
    std::uint8_t attention = not_seen;
    std::uint8_t counter_check = counter_mask;  ///< 0 for the null PID, whose counter says nothing

    /// Counts an accepted packet. The counter of its continuity is taken as it is.
    void count(const PacketHeader& header, std::uint64_t position) noexcept {
        ++packets;
        payload_packets += header.has_payload();
        payload_bytes += header.payload_size();
        adaptation_fields += header.has_adaptation_field();
        scrambled += header.transport_scrambling_control() >> 1;
        last_position = position;
        state = static_cast<std::uint8_t>(header.continuity_counter() | header.has_payload() << 4);
    }
    /// Bits in which the continuity_counter differs from what it must be behind the last packet.
    [[nodiscard]] unsigned counter_difference(const PacketHeader& header) const noexcept {
        return (header.continuity_counter() ^ (state + header.has_payload())) & counter_check;
    }
};
static_assert(sizeof(PidSlot) == 64);

/// One slot for each PID.
class PidSlots {
public:
    PidSlots() noexcept { slots_[ts::null_pid].counter_check = 0; }

    [[nodiscard]] PidSlot& operator[](ts::Pid pid) noexcept { return slots_[pid & (ts::pid_count - 1)]; }
    [[nodiscard]] const PidSlot& operator[](ts::Pid pid) const noexcept { return slots_[pid & (ts::pid_count - 1)]; }

private:
    std::array<PidSlot, ts::pid_count> slots_{};
};

}  // namespace muxtap::analyzer
