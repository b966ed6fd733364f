#include "analyzer/es/user_data.h"

#include "common/base/bit_reader.h"

namespace muxtap::es {
namespace {

constexpr std::uint32_t ga94 = 0x47413934;
constexpr std::uint32_t dtg1 = 0x44544731;

/// ATSC_user_data() from its user_data_identifier on.
void read_atsc_user_data(ByteView bytes, PictureNotes& notes) noexcept {
    if (bytes.size() < 5) return;
    const std::uint32_t identifier = read_u32(bytes, 0);
    if (identifier == ga94 && bytes[4] == 0x03) {  // user_data_type_code: cc_data
        notes.captions.cc_data(bytes.subspan(5));
    } else if (identifier == dtg1 && (bytes[4] & 0x40U) != 0 && bytes.size() > 5) {  // active_format_flag
        notes.facts.active_format = static_cast<std::uint8_t>(bytes[5] & 0x0FU);
    }
}

std::uint8_t reversed_bits(unsigned byte) noexcept {
    unsigned reversed = 0;
    for (unsigned bit = 0; bit < 8; ++bit) reversed |= (byte >> bit & 1U) << (7 - bit);
    return static_cast<std::uint8_t>(reversed);
}

/// SCTE 20, from behind user_data_type_code: line 21 bytes, each with its first sent bit first.
void read_scte20(ByteView bytes, PictureNotes& notes) noexcept {
    BitReader reader(bytes);
    if (reader.u(7) != 0x40) return;  // reserved: another kind of user data that begins with 03
    const bool vbi_data = reader.flag();
    if (!vbi_data) return;
    const unsigned count = reader.u(5);
    for (unsigned i = 0; i < count; ++i) {
        reader.skip(2);                      // cc_priority
        const unsigned field = reader.u(2);  // 1, 2; 3 is the first field shown again
        reader.skip(5);                      // line_offset
        const unsigned first = reader.u(8);
        const unsigned second = reader.u(8);
        if (!reader.flag() || reader.exhausted()) return;  // marker_bit
        if (field == 0) continue;
        notes.captions.line_21_pair(field == 2 ? 2 : 1, reversed_bits(first), reversed_bits(second));
    }
}

}  // namespace

void read_itu_t_t35(ByteView payload, PictureNotes& notes) noexcept {
    constexpr std::uint8_t united_states = 0xB5;
    constexpr std::uint16_t atsc = 0x0031;
    if (payload.size() < 3 || payload[0] != united_states || read_u16(payload, 1) != atsc) return;
    read_atsc_user_data(payload.subspan(3), notes);
}

void read_mpeg2_user_data(ByteView bytes, PictureNotes& notes) noexcept {
    if (bytes.empty()) return;
    if (bytes[0] == 0x03) {
        read_scte20(bytes.subspan(1), notes);
    } else {
        read_atsc_user_data(bytes, notes);
    }
}

}  // namespace muxtap::es
