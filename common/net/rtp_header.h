#pragma once

#include <cstdint>
#include <optional>

#include "common/base/bytes.h"

namespace muxtap::net {

/// The fixed header of an RTP packet and the place of its payload (RFC 3550, 5.1).
struct RtpHeader {
    std::uint16_t sequence_number = 0;
    std::uint32_t timestamp = 0;
    std::uint32_t ssrc = 0;
    std::uint8_t payload_type = 0;
    std::size_t header_size = 0;  ///< with CSRC list and extension
    ByteView payload;             ///< without padding; borrowed

    /// Empty when the bytes are not RTP version 2 or the header says more than there is. `cut_off`: the end of the
    /// datagram was not captured, so that its padding count is not there to be read.
    [[nodiscard]] static std::optional<RtpHeader> parse(ByteView datagram, bool cut_off = false) noexcept {
        constexpr std::size_t fixed_size = 12;
        if (datagram.size() < fixed_size || datagram[0] >> 6 != 2) return std::nullopt;
        std::size_t size = fixed_size + std::size_t{datagram[0] & 0x0FU} * 4;
        if ((datagram[0] & 0x10U) != 0) {
            if (datagram.size() < size + 4) return std::nullopt;
            size += 4 + std::size_t{read_u16(datagram, size + 2)} * 4;
        }
        const bool padded = (datagram[0] & 0x20U) != 0 && !cut_off;
        const std::size_t padding = padded ? datagram.back() : 0;
        if (datagram.size() < size + padding || (padded && padding == 0)) return std::nullopt;
        RtpHeader header;
        header.payload_type = datagram[1] & 0x7F;
        header.sequence_number = read_u16(datagram, 2);
        header.timestamp = read_u32(datagram, 4);
        header.ssrc = read_u32(datagram, 8);
        header.header_size = size;
        header.payload = datagram.subspan(size, datagram.size() - size - padding);
        return header;
    }
};

}  // namespace muxtap::net
