#pragma once

#include <cstdint>
#include <optional>

#include "common/base/bytes.h"
#include "common/base/result.h"
#include "common/ts/timestamp.h"

namespace muxtap::ts {

/// Why no PES header was read.
enum class PesVerdict : std::uint8_t {
    not_pes,     ///< no start code, or a header that contradicts itself
    incomplete,  ///< as far as it goes it is one: more bytes are needed
};

/// The start of a PES packet (ISO/IEC 13818-1, 2.4.3.6), up to its time stamps.
struct PesHeader {
    /// So many bytes from the start of the PES packet always suffice for `parse`.
    static constexpr std::size_t longest = 19;
    static constexpr std::size_t pts_offset = 9;
    static constexpr std::size_t dts_offset = 14;

    std::uint8_t stream_id = 0;
    std::uint16_t packet_length = 0;  ///< PES_packet_length; 0: not bounded
    std::optional<Timestamp> pts;     ///< lies at `pts_offset`
    std::optional<Timestamp> dts;     ///< lies at `dts_offset`

    /// Reads the header at the start of `bytes`, the payload of a packet with payload_unit_start_indicator and, where
    /// that is short, of those behind it.
    [[nodiscard]] static Result<PesHeader, PesVerdict> parse(ByteView bytes) noexcept;
};

/// Whether PES packets of this stream_id have the optional header, where time stamps are (2.4.3.7).
[[nodiscard]] constexpr bool has_optional_pes_header(std::uint8_t stream_id) noexcept {
    switch (stream_id) {
        case 0xBC:  // program_stream_map
        case 0xBE:  // padding_stream
        case 0xBF:  // private_stream_2
        case 0xF0:  // ECM
        case 0xF1:  // EMM
        case 0xF2:  // DSMCC
        case 0xF8:  // ITU-T H.222.1 type E
        case 0xFF:  // program_stream_directory
            return false;
        default: return stream_id > 0xBB;
    }
}

inline Result<PesHeader, PesVerdict> PesHeader::parse(ByteView bytes) noexcept {
    const auto stop = [](PesVerdict verdict) { return tl::unexpected<PesVerdict>(verdict); };
    constexpr std::uint8_t start_code[] = {0, 0, 1};
    for (std::size_t i = 0; i < 3; ++i) {
        if (i == bytes.size()) return stop(PesVerdict::incomplete);
        if (bytes[i] != start_code[i]) return stop(PesVerdict::not_pes);
    }
    if (bytes.size() < 6) return stop(PesVerdict::incomplete);
    PesHeader header;
    header.stream_id = bytes[3];
    header.packet_length = read_u16(bytes, 4);
    if (header.stream_id < 0xBC) return stop(PesVerdict::not_pes);
    if (!has_optional_pes_header(header.stream_id)) return header;
    if (bytes.size() < pts_offset) return stop(PesVerdict::incomplete);
    if ((bytes[6] & 0xC0U) != 0x80U) return stop(PesVerdict::not_pes);
    const unsigned flags = bytes[7] >> 6;  // PTS_DTS_flags
    const std::size_t needed = flags == 3 ? 2 * Timestamp::encoded_size : flags == 2 ? Timestamp::encoded_size : 0;
    if (flags == 1 || bytes[8] < needed) return stop(PesVerdict::not_pes);
    if (bytes.size() < pts_offset + needed) return stop(PesVerdict::incomplete);
    if ((flags & 2U) != 0) header.pts = Timestamp::decode(bytes.subspan<pts_offset, Timestamp::encoded_size>());
    if (flags == 3) header.dts = Timestamp::decode(bytes.subspan<dts_offset, Timestamp::encoded_size>());
    return header;
}

}  // namespace muxtap::ts
