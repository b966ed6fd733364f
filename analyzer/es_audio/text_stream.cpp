#include "analyzer/es_audio/text_stream.h"

namespace muxtap::es {

void TextStream::look(ByteView bytes) noexcept {
    ++counters_.pes_packets;
    bool content = false;
    if (codec_ == analyzer::Codec::teletext) content = look_at_teletext(bytes);
    if (codec_ == analyzer::Codec::dvb_subtitle) content = look_at_subtitles(bytes);
    if (content) ++counters_.with_content;
}

bool TextStream::look_at_teletext(ByteView bytes) noexcept {
    constexpr std::uint8_t unit_teletext = 0x02;
    constexpr std::uint8_t unit_subtitle = 0x03;
    if (bytes.empty() || bytes[0] < 0x10 || bytes[0] > 0x1F) {
        ++counters_.foreign;
        return false;
    }
    bool content = false;
    std::size_t at = 1;
    while (at + 2 <= bytes.size()) {
        const std::size_t length = bytes[at + 1];
        const std::uint8_t unit = bytes[at];
        if (unit == unit_teletext) ++counters_.teletext_units;
        if (unit == unit_subtitle) ++counters_.subtitle_units;
        if (unit == unit_teletext || unit == unit_subtitle) content = true;
        at += 2 + length;
    }
    return content;
}

bool TextStream::look_at_subtitles(ByteView bytes) noexcept {
    constexpr std::uint8_t data_identifier = 0x20;
    constexpr std::uint8_t sync_byte = 0x0F;
    constexpr std::uint8_t stuffing = 0xFF;
    constexpr std::uint8_t end_of_display_set = 0x80;
    if (bytes.size() < 2 || bytes[0] != data_identifier || bytes[1] != 0) {
        ++counters_.foreign;
        return false;
    }
    bool content = false;
    std::size_t at = 2;
    while (at + 6 <= bytes.size() && bytes[at] == sync_byte) {
        const std::uint8_t type = bytes[at + 1];
        if (type != stuffing) {
            ++counters_.subtitle_segments;
            // An end of display set alone shows nothing.
            if (type != end_of_display_set) content = true;
        }
        at += 6U + read_u16(bytes, at + 4);
    }
    return content;
}

}  // namespace muxtap::es
