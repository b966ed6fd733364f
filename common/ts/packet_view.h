#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "common/base/bytes.h"
#include "common/base/result.h"
#include "common/ts/pcr.h"
#include "common/ts/reject_reason.h"

namespace muxtap::ts {

/// Size of a transport packet in bytes and its first byte (ISO/IEC 13818-1, 2.4.3.2).
inline constexpr std::size_t packet_size = 188;
inline constexpr std::uint8_t sync_byte = 0x47;

/// 13-bit packet identifier (ISO/IEC 13818-1, 2.4.3.3).
using Pid = std::uint16_t;
inline constexpr Pid null_pid = 0x1FFF;
inline constexpr std::size_t pid_count = 8192;

/// Why a 188-byte packet may not enter the feed, or `accepted`. Checks the sync byte, that
/// adaptation_field_control is not the reserved 00, and that adaptation_field_length stays inside the packet
/// (ISO/IEC 13818-1, 2.4.3.3 and 2.4.3.5). A set transport_error_indicator is legal.
[[nodiscard]] inline RejectReason check_packet(const std::uint8_t* packet) noexcept {
    if (packet[0] != sync_byte) return RejectReason::sync_byte;
    const unsigned control = packet[3] >> 4 & 3U;
    if (control == 0) return RejectReason::reserved_afc;
    // Bit 1 of the control says that there is an adaptation field; with a payload behind it, it must leave one byte.
    const unsigned longest = control == 3 ? 182 : 183;
    if ((control & 2U) != 0 && packet[4] > longest) return RejectReason::adaptation_length;
    return RejectReason::accepted;
}

/// Borrowed view of one 188-byte transport packet (ISO/IEC 13818-1, 2.4.3.2).
/// Valid only while the buffer behind it is neither reused nor freed.
class PacketView {
public:
    using Bytes = std::span<const std::uint8_t, packet_size>;

    /// The only way in, so every view keeps its fields inside the packet.
    [[nodiscard]] static Result<PacketView, RejectReason> parse(Bytes bytes) noexcept {
        const RejectReason verdict = check_packet(bytes.data());
        if (verdict != RejectReason::accepted) return tl::unexpected<RejectReason>(verdict);
        return PacketView(bytes);
    }

    [[nodiscard]] Bytes bytes() const noexcept { return bytes_; }
    [[nodiscard]] bool transport_error_indicator() const noexcept { return (bytes_[1] & 0x80U) != 0; }
    [[nodiscard]] bool payload_unit_start_indicator() const noexcept { return (bytes_[1] & 0x40U) != 0; }
    [[nodiscard]] Pid pid() const noexcept { return static_cast<Pid>((bytes_[1] & 0x1FU) << 8 | bytes_[2]); }
    /// 0 is clear; 1 is reserved; 2 and 3 are the even and the odd key.
    [[nodiscard]] unsigned transport_scrambling_control() const noexcept { return bytes_[3] >> 6; }
    [[nodiscard]] bool has_adaptation_field() const noexcept { return (bytes_[3] & 0x20U) != 0; }
    [[nodiscard]] bool has_payload() const noexcept { return (bytes_[3] & 0x10U) != 0; }
    [[nodiscard]] unsigned continuity_counter() const noexcept { return bytes_[3] & 0x0FU; }

    /// The adaptation field behind its length byte; empty when there is none or it has length 0.
    [[nodiscard]] ByteView adaptation_field() const noexcept {
        if (!has_adaptation_field()) return {};
        return ByteView(bytes_).subspan(5, bytes_[4]);
    }
    [[nodiscard]] bool discontinuity_indicator() const noexcept { return (adaptation_flags() & 0x80U) != 0; }
    [[nodiscard]] bool random_access_indicator() const noexcept { return (adaptation_flags() & 0x40U) != 0; }

    /// program_clock_reference, when the adaptation field carries one whole (2.4.3.5).
    [[nodiscard]] std::optional<Pcr> pcr() const noexcept {
        const ByteView field = adaptation_field();
        if (field.size() < 7 || (field[0] & 0x10U) == 0) return std::nullopt;
        return Pcr::decode(field.subspan<1, 6>());
    }

    /// Empty when the packet has none.
    [[nodiscard]] ByteView payload() const noexcept {
        if (!has_payload()) return {};
        return ByteView(bytes_).subspan(has_adaptation_field() ? 5U + bytes_[4] : 4U);
    }

private:
    explicit PacketView(Bytes bytes) noexcept : bytes_(bytes) {}
    [[nodiscard]] unsigned adaptation_flags() const noexcept {
        const ByteView field = adaptation_field();
        return field.empty() ? 0U : field[0];
    }

    Bytes bytes_;
};

}  // namespace muxtap::ts
