#include "client/frames/text/teletext_page_content.h"

#include <libzvbi.h>

namespace muxtap::frames {

void TeletextPageContent::add(const TeletextPacket& packet) {
    if (packet.number >= 1 && packet.number < rows) {
        std::optional<TeletextPacket>& row = rows_[packet.number];
        TeletextPacket repaired = packet;
        for (std::size_t i = 2; i < TeletextPacket::size; ++i) {
            if (vbi_unpar8(packet.bytes[i]) < 0) repaired.bytes[i] = row ? row->bytes[i] : std::uint8_t{' '};
        }
        row = repaired;
        return;
    }
    if (packet.number != 26 && packet.number != 28) return;
    const int designation = vbi_unham8(packet.bytes[2]);
    if (designation < 0) return;
    Packets& packets = packet.number == 26 ? enhancements_ : designations_;
    packets[static_cast<std::size_t>(designation)] = packet;
}

}  // namespace muxtap::frames
