#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>

#include "common/base/bytes.h"

namespace muxtap::frames {

/// One teletext packet (EN 300 706, 7.1) behind its framing code, its bytes in the order of that standard: least
/// significant bit first sent.
struct TeletextPacket {
    static constexpr std::size_t size = 42;

    unsigned magazine = 0;  ///< 1 to 8
    unsigned number = 0;    ///< 0: page header, 1 to 25: rows, 26 to 31: for enhancement and services
    std::array<std::uint8_t, size> bytes{};

    [[nodiscard]] ByteView data() const noexcept { return ByteView(bytes).subspan(2); }
};

/// The teletext packets in the payload of a PES packet: data units of EBU teletext, with subtitles and without (EN 300
/// 472, 4.3). What is damaged beyond repair is left out.
void for_each_teletext_packet(ByteView pes_payload, const std::function<void(const TeletextPacket&)>& handle);

/// What a page header says (EN 300 706, 9.3.1).
struct TeletextHeader {
    unsigned page = 0;             ///< 100 to 899, or 0: none that a viewer can call, or with damaged control bits
    bool erase = false;            ///< C4
    bool subtitle = false;         ///< C6
    bool inhibit_display = false;  ///< C10
    bool serial = false;           ///< C11: any header ends the page before, not only one of its magazine
    unsigned national_option = 0;  ///< C12 to C14, as sent: C12 in bit 1

    /// Empty where it is damaged so much that it does not tell which page begins.
    [[nodiscard]] static std::optional<TeletextHeader> parse(const TeletextPacket& packet) noexcept;
};

}  // namespace muxtap::frames
