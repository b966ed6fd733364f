#include "client/frames/text/teletext_page_content.h"

#include <libzvbi.h>

namespace muxtap::frames {

std::optional<std::size_t> designation_code(const TeletextPacket& packet) noexcept {
    const int code = vbi_unham8(packet.bytes[2]);
    if (code < 0) return std::nullopt;
    return static_cast<std::size_t>(code);
}

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
    const auto designation = designation_code(packet);
    if (!designation) return;
    Packets& packets = packet.number == 26 ? enhancements_ : designations_;
    packets[*designation] = packet;
}

}  // namespace muxtap::frames
