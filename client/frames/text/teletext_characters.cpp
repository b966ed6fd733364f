#include "client/frames/text/teletext_characters.h"

#include <libzvbi.h>

#include <algorithm>
#include <array>
#include <new>

#include "client/frames/text/caption_text.h"

namespace muxtap::frames {
namespace {

// Every page goes to libzvbi under the same number, so that it keeps one page for each magazine and no more, and sees
// none of the numbers to which it gives a meaning.
constexpr unsigned stand_in_page = 0x88;
constexpr unsigned no_page = 0xFF;

constexpr int last_row = 23;

std::uint8_t hamming(unsigned nibble) noexcept {
    return static_cast<std::uint8_t>(vbi_ham8(nibble & 0x0FU));
}

/// The header of an erased subtitle page, the first 8 bytes of its data and spaces.
TeletextPacket header(unsigned magazine, unsigned page, unsigned national_option) {
    constexpr unsigned c4_erase = 8;
    constexpr unsigned c6_subtitle = 8;
    constexpr unsigned c7_suppress_header = 1;
    TeletextPacket packet{.magazine = magazine, .number = 0, .bytes = {}};
    packet.bytes.fill(' ');
    const unsigned nibbles[] = {magazine & 7U, 0, page & 0x0FU, page >> 4,          0,
                                c4_erase,      0, c6_subtitle,  c7_suppress_header, national_option};
    std::transform(std::begin(nibbles), std::end(nibbles), packet.bytes.begin(), hamming);
    return packet;
}

/// X/28 with what M/29 says: libzvbi heeds character sets of pages only.
TeletextPacket as_page_packet(TeletextPacket packet) {
    constexpr unsigned number = 28;
    packet.number = number;
    packet.bytes[0] = hamming((packet.magazine & 7U) | (number & 1U) << 3);
    packet.bytes[1] = hamming(number >> 1);
    return packet;
}

/// libzvbi decodes pages only for somebody who wants to hear of them.
void on_page(vbi_event* /*event*/, void* /*user*/) {}

}  // namespace

int teletext_region(std::string_view language) noexcept {
    struct Region {
        std::string_view language;
        int region;
    };
    static constexpr Region regions[] = {
        {"pol", 8},  {"tur", 16}, {"hrv", 24}, {"scr", 24}, {"slv", 24}, {"bos", 24}, {"ron", 24}, {"rum", 24},
        {"srp", 32}, {"scc", 32}, {"mkd", 32}, {"mac", 32}, {"rus", 32}, {"bul", 32}, {"ukr", 32}, {"bel", 32},
        {"est", 32}, {"lav", 32}, {"lit", 32}, {"gre", 48}, {"ell", 48}, {"ara", 64}, {"heb", 80},
    };
    const auto* const found = std::find_if(std::begin(regions), std::end(regions),
                                           [&](const Region& region) { return region.language == language; });
    return found == std::end(regions) ? 0 : found->region;
}

void TeletextCharacters::Deleter::operator()(vbi_decoder* decoder) const noexcept {
    vbi_decoder_delete(decoder);
}

TeletextCharacters::TeletextCharacters(int region) : decoder_(vbi_decoder_new()) {
    if (!decoder_) throw std::bad_alloc();
    vbi_event_handler_register(decoder_.get(), VBI_EVENT_TTX_PAGE, on_page, nullptr);
    vbi_teletext_set_default_region(decoder_.get(), region);
}

void TeletextCharacters::decode(const TeletextPacket& packet) {
    vbi_sliced sliced{};
    sliced.id = VBI_SLICED_TELETEXT_B;
    sliced.line = 7;
    std::copy(packet.bytes.begin(), packet.bytes.end(), sliced.data);
    // At time 0 libzvbi does not look for gaps between frames.
    vbi_decode(decoder_.get(), &sliced, 1, 0);
}

std::string TeletextCharacters::text(const TeletextPageContent& content, unsigned magazine, unsigned national_option,
                                     const TeletextPageContent::Packets& magazine_packets) {
    const auto decode_all = [this](const auto& packets) {
        for (const auto& packet : packets) {
            if (packet) decode(*packet);
        }
    };
    decode(header(magazine, stand_in_page, national_option));
    for (std::size_t i = 0; i < magazine_packets.size(); ++i) {
        if (magazine_packets[i] && !content.designation_packets()[i]) decode(as_page_packet(*magazine_packets[i]));
    }
    decode_all(content.designation_packets());
    decode_all(content.enhancements());
    decode_all(content.row_packets());
    decode(header(magazine, no_page, 0));

    vbi_page page{};
    const auto number = static_cast<vbi_pgno>(magazine << 8 | stand_in_page);
    std::string text;
    if (!vbi_fetch_vt_page(decoder_.get(), &page, number, VBI_ANY_SUBNO, VBI_WST_LEVEL_1p5, last_row + 1, FALSE)) {
        return text;
    }
    std::u32string line;
    for (int row = 1; row < std::min(page.rows, last_row + 1); ++row) {
        line.clear();
        for (int column = 0; column < page.columns; ++column) {
            const vbi_char& cell = page.text[row * page.columns + column];
            if (cell.size > VBI_DOUBLE_SIZE) continue;  // the right or lower part of a large character
            const char32_t character = cell.unicode;
            const bool graphic = character >= 0xE000 && character <= 0xF8FF;
            line.push_back(graphic || cell.conceal != 0 || character < U' ' ? U' ' : character);
        }
        append_line(text, line);
    }
    vbi_unref_page(&page);
    return text;
}

}  // namespace muxtap::frames
