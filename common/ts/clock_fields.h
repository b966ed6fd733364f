#pragma once

#include <cstdint>
#include <optional>

#include "common/ts/packet_view.h"
#include "common/ts/pcr.h"

namespace muxtap::ts {

/// Where the clock references of a packet lie, as offsets from its sync byte (ISO/IEC 13818-1, 2.4.3.4). Each is six
/// bytes for `Pcr::decode` and `Pcr::encode`.
struct ClockFields {
    static constexpr std::size_t size = 6;
    std::optional<std::size_t> pcr;
    std::optional<std::size_t> opcr;

    /// Only fields that lie whole in the adaptation field are found.
    [[nodiscard]] static ClockFields find(const PacketView& packet) noexcept {
        const ByteView field = packet.adaptation_field();
        ClockFields found;
        if (field.empty()) return found;
        constexpr std::size_t field_start = 5;
        std::size_t at = 1;  // behind the flags
        if ((field[0] & 0x10U) != 0) {
            if (at + size > field.size()) return found;
            found.pcr = field_start + at;
            at += size;
        }
        if ((field[0] & 0x08U) != 0 && at + size <= field.size()) found.opcr = field_start + at;
        return found;
    }
};

/// Adds ticks of 27 MHz, which may be negative, to the clock reference at `offset` of a packet.
inline void shift_clock(std::span<std::uint8_t, packet_size> packet, std::size_t offset, PcrTicks shift) noexcept {
    const auto bytes = std::span<std::uint8_t, ClockFields::size>(packet.data() + offset, ClockFields::size);
    const auto modulus = static_cast<std::int64_t>(Pcr::modulus);
    const std::int64_t forward = (shift.count() % modulus + modulus) % modulus;
    Pcr::from_ticks(Pcr::decode(bytes).ticks() + static_cast<std::uint64_t>(forward)).encode(bytes);
}

}  // namespace muxtap::ts
