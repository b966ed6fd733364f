#include "client/frames/text/teletext_packet.h"

#include <libzvbi.h>

#include <algorithm>

namespace muxtap::frames {
namespace {

constexpr std::size_t unit_header_size = 2;
constexpr std::size_t unit_size = 0x2C;
constexpr std::uint8_t framing_code = 0xE4;

bool is_teletext(ByteView unit_header) noexcept {
    const bool known = unit_header[0] == 0x02 || unit_header[0] == 0x03;  // non-subtitle and subtitle data
    return known && unit_header[1] == unit_size;
}

}  // namespace

void for_each_teletext_packet(ByteView pes_payload, const std::function<void(const TeletextPacket&)>& handle) {
    if (pes_payload.empty() || pes_payload[0] < 0x10 || pes_payload[0] > 0x1F) return;  // data_identifier
    ByteView rest = pes_payload.subspan(1);
    while (rest.size() >= unit_header_size && rest.size() - unit_header_size >= rest[1]) {
        const ByteView unit = rest.subspan(unit_header_size, rest[1]);
        const bool teletext = is_teletext(rest) && unit[1] == framing_code;
        rest = rest.subspan(unit_header_size + unit.size());
        if (!teletext) continue;
        TeletextPacket packet;
        std::transform(unit.begin() + 2, unit.end(), packet.bytes.begin(),
                       [](std::uint8_t byte) { return static_cast<std::uint8_t>(vbi_rev8(byte)); });
        const int address = vbi_unham16p(packet.bytes.data());
        if (address < 0) continue;
        packet.magazine = (address & 7) == 0 ? 8U : static_cast<unsigned>(address & 7);
        packet.number = static_cast<unsigned>(address >> 3);
        handle(packet);
    }
}

std::optional<TeletextHeader> TeletextHeader::parse(const TeletextPacket& packet) noexcept {
    const ByteView data = packet.data();
    const int page = vbi_unham16p(&data[0]);
    const int subcode_and_c4 = vbi_unham16p(&data[2]);
    const int subcode_and_c6 = vbi_unham16p(&data[4]);
    const int control = vbi_unham16p(&data[6]);
    if (page < 0) return std::nullopt;
    TeletextHeader header;
    if (subcode_and_c4 < 0 || subcode_and_c6 < 0 || control < 0) return header;
    const bool decimal = (page & 0x0F) <= 9 && page >> 4 <= 9;
    if (decimal) header.page = packet.magazine * 100 + static_cast<unsigned>((page >> 4) * 10 + (page & 0x0F));
    header.erase = (subcode_and_c4 & 0x80) != 0;
    header.subtitle = (subcode_and_c6 & 0x80) != 0;
    header.inhibit_display = (control & 0x08) != 0;
    header.serial = (control & 0x10) != 0;
    header.national_option = static_cast<unsigned>(control >> 4 & 0x0E);
    return header;
}

}  // namespace muxtap::frames
