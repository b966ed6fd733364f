#pragma once

#include <cstdint>
#include <cstring>

#include "common/ts/packet_view.h"

namespace muxtap::analyzer {

/// The four header bytes of a transport packet as one word in memory order, and the two bytes behind them, which are
/// adaptation_field_length and the flags of the adaptation field where there is one (ISO/IEC 13818-1, 2.4.3.2
/// and 2.4.3.4).
struct PacketHeader {
    static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the first byte is the lowest of the word");

    std::uint32_t word = 0;
    std::uint8_t adaptation_field_length = 0;
    std::uint8_t flags_byte = 0;

    [[nodiscard]] static PacketHeader load(const std::uint8_t* packet) noexcept {
        PacketHeader header;
        std::memcpy(&header.word, packet, sizeof(header.word));
        header.adaptation_field_length = packet[4];
        header.flags_byte = packet[5];
        return header;
    }

    static constexpr std::uint32_t transport_error_bit = 1U << 15;
    static constexpr std::uint32_t unit_start_bit = 1U << 14;
    static constexpr unsigned discontinuity_flag = 0x80;
    static constexpr unsigned random_access_flag = 0x40;
    static constexpr unsigned pcr_flag = 0x10;

    [[nodiscard]] ts::Pid pid() const noexcept { return static_cast<ts::Pid>((word & 0x1F00U) | (word >> 16 & 0xFFU)); }
    [[nodiscard]] bool transport_error_indicator() const noexcept { return (word & transport_error_bit) != 0; }
    [[nodiscard]] bool payload_unit_start_indicator() const noexcept { return (word & unit_start_bit) != 0; }
    [[nodiscard]] unsigned continuity_counter() const noexcept { return word >> 24 & 15U; }
    [[nodiscard]] unsigned has_payload() const noexcept { return word >> 28 & 1U; }
    [[nodiscard]] unsigned has_adaptation_field() const noexcept { return word >> 29 & 1U; }
    [[nodiscard]] unsigned transport_scrambling_control() const noexcept { return word >> 30; }

    /// Flags of the adaptation field; 0 when there is none or it is empty.
    [[nodiscard]] unsigned adaptation_flags() const noexcept {
        const bool present = has_adaptation_field() != 0 && adaptation_field_length != 0;
        return present ? flags_byte : 0U;
    }

    /// Bytes of payload, of an accepted packet.
    [[nodiscard]] unsigned payload_size() const noexcept {
        const unsigned field = has_adaptation_field() * (1U + adaptation_field_length);
        return has_payload() * (184U - field);
    }

    /// Whether `ts::check_packet` accepts the packet, without branches.
    [[nodiscard]] bool valid() const noexcept {
        const unsigned longest = has_payload() != 0 ? 182 : 183;
        const unsigned bad = static_cast<unsigned>((word & 0xFFU) != ts::sync_byte) |
                             static_cast<unsigned>((word & 0x30000000U) == 0) |
                             (has_adaptation_field() & static_cast<unsigned>(adaptation_field_length > longest));
        return bad == 0;
    }
};

}  // namespace muxtap::analyzer
