#include "analyzer/psi/dvb_text.h"

#include <algorithm>
#include <array>
#include <utility>

#include "analyzer/psi/iso_6937.h"
#include "analyzer/psi/iso_8859.h"
#include "analyzer/psi/text_conversion.h"

namespace muxtap::psi {

namespace {

constexpr char32_t replacement = 0xFFFD;

/// Appends a character, or what its control code means: 0x8A is CR/LF, everything else among them is left out (EN 300
/// 468, table A.1). In two-byte tables and UTF-8 the same codes lie at U+E080..U+E09F (table A.2).
void append_character(std::string& text, char32_t character) {
    if (character >= 0xE080 && character <= 0xE09F) character -= 0xE000;
    if (character == 0x8A) {
        text += '\n';
        return;
    }
    if (character < 0x20 || (character >= 0x7F && character < 0xA0)) return;
    append_utf8(text, character);
}

/// The code point of a letter and the diacritic before it; 0 where there is none in one piece.
char32_t composed(std::uint8_t letter, char16_t mark) noexcept {
    const auto& all = detail::composed_letters;
    const auto found = std::find_if(all.begin(), all.end(), [&](const detail::Composed& one) {
        return one.mark == mark && one.letter == static_cast<char>(letter);
    });
    return found == all.end() ? char32_t{0} : char32_t{found->whole};
}

char32_t iso_6937_character(std::uint8_t byte) noexcept {
    if (byte < 0xA0) return byte;
    const char32_t character = detail::iso_6937[byte - std::size_t{0xA0}];
    return character == 0 ? replacement : character;
}

std::string iso_6937_text(ByteView bytes) {
    std::string text;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const std::uint8_t byte = bytes[i];
        if ((byte & 0xF0U) != 0xC0U) {
            append_character(text, iso_6937_character(byte));
            continue;
        }
        const char16_t mark = detail::iso_6937_diacritics[byte & 0x0FU];
        // The diacritic comes before its letter; one that stands alone says nothing.
        const bool has_letter = i + 1 < bytes.size() && bytes[i + 1] >= 0x20 && bytes[i + 1] < 0x7F;
        if (mark == 0 || !has_letter) {
            append_character(text, replacement);
            continue;
        }
        const std::uint8_t letter = bytes[++i];
        if (const char32_t whole = composed(letter, mark); whole != 0) {
            append_character(text, whole);
        } else {
            append_character(text, letter);
            append_character(text, mark);
        }
    }
    return text;
}

/// Null for part 1, which is its own code point, and for parts that are not there.
const detail::UpperHalf* upper_half(unsigned part) noexcept {
    switch (part) {
        case 2: return &detail::iso_8859_2;
        case 3: return &detail::iso_8859_3;
        case 4: return &detail::iso_8859_4;
        case 5: return &detail::iso_8859_5;
        case 6: return &detail::iso_8859_6;
        case 7: return &detail::iso_8859_7;
        case 8: return &detail::iso_8859_8;
        case 9: return &detail::iso_8859_9;
        case 10: return &detail::iso_8859_10;
        case 11: return &detail::iso_8859_11;
        case 13: return &detail::iso_8859_13;
        case 14: return &detail::iso_8859_14;
        case 15: return &detail::iso_8859_15;
        default: return nullptr;
    }
}

/// A part that is not there leaves only ASCII readable.
std::string iso_8859_text(unsigned part, ByteView bytes) {
    const detail::UpperHalf* const upper = upper_half(part);
    std::string text;
    for (const std::uint8_t byte : bytes) {
        char32_t character = byte;
        if (byte >= 0xA0 && part != 1) {
            const char16_t mapped = upper == nullptr ? u'\0' : (*upper)[byte - std::size_t{0xA0}];
            character = mapped == 0 ? replacement : char32_t{mapped};
        }
        append_character(text, character);
    }
    return text;
}

/// Two bytes a character; pairs of surrogates are taken, as many broadcasters send them.
std::string two_byte_text(ByteView bytes, bool ends_at_zero) {
    std::string text;
    for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) {
        char32_t character = read_u16(bytes, i);
        if (character == 0 && ends_at_zero) break;
        if (character >= 0xD800 && character < 0xDC00 && i + 3 < bytes.size()) {
            const char32_t low = read_u16(bytes, i + 2);
            if (low >= 0xDC00 && low < 0xE000) {
                character = 0x10000 + ((character - 0xD800) << 10) + (low - 0xDC00);
                i += 2;
            }
        }
        append_character(text, character);
    }
    if (bytes.size() % 2 != 0) append_character(text, replacement);
    return text;
}

/// One character of UTF-8 at the start of `bytes`, and how many bytes it takes: U+FFFD and 1 where there is none.
std::pair<char32_t, std::size_t> utf8_character(ByteView bytes) noexcept {
    const std::uint8_t first = bytes[0];
    if (first < 0x80) return {first, 1};
    const std::size_t size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || size > bytes.size()) return {replacement, 1};
    char32_t character = first & (0xFFU >> (size + 1));
    for (std::size_t i = 1; i < size; ++i) {
        if ((bytes[i] & 0xC0U) != 0x80U) return {replacement, 1};
        character = character << 6 | (bytes[i] & 0x3FU);
    }
    constexpr std::array<char32_t, 5> least = {0, 0, 0x80, 0x800, 0x10000};
    const bool surrogate = character >= 0xD800 && character < 0xE000;
    if (character < least[size] || character > 0x10FFFF || surrogate) return {replacement, 1};
    return {character, size};
}

std::string utf8_text(ByteView bytes) {
    std::string text;
    while (!bytes.empty()) {
        const auto [character, size] = utf8_character(bytes);
        append_character(text, character);
        bytes = bytes.subspan(size);
    }
    return text;
}

/// Two bytes a character, both above 0xA0, among ASCII and the one-byte control codes, which the conversion does not
/// know.
std::string east_asian_text(const char* charset, ByteView bytes) {
    const auto is_control = [](std::uint8_t byte) { return byte >= 0x80 && byte < 0xA0; };
    std::string text;
    while (!bytes.empty()) {
        if (is_control(bytes[0])) {
            append_character(text, bytes[0]);
            bytes = bytes.subspan(1);
            continue;
        }
        const auto end = std::find_if(bytes.begin(), bytes.end(), is_control);
        const auto size = static_cast<std::size_t>(end - bytes.begin());
        text += utf8_text(as_bytes(multibyte_text(charset, bytes.first(size))));
        bytes = bytes.subspan(size);
    }
    return text;
}

}  // namespace

std::string dvb_text(ByteView bytes) {
    if (bytes.empty()) return {};
    const std::uint8_t first = bytes[0];
    if (first >= 0x20) return iso_6937_text(bytes);
    const ByteView rest = bytes.subspan(1);
    if (first >= 0x01 && first <= 0x0B) return iso_8859_text(first + 4U, rest);
    switch (first) {
        case 0x10: return rest.size() < 2 ? std::string{} : iso_8859_text(read_u16(rest, 0), rest.subspan(2));
        case 0x11:
        case 0x14: return two_byte_text(rest, false);
        case 0x12: return east_asian_text("EUC-KR", rest);
        case 0x13: return east_asian_text("GB2312", rest);
        case 0x15: return utf8_text(rest);
        case 0x1F: return {};  // encoding_type_id follows: a compression that only its owner can undo
        default: return iso_8859_text(0, rest);
    }
}

std::string utf16_text(ByteView bytes) {
    return two_byte_text(bytes, true);
}

std::string language_text(ByteView bytes) {
    std::string text;
    bool said = false;
    for (const std::uint8_t byte : bytes.first(std::min<std::size_t>(bytes.size(), 3))) {
        text += byte > 0x20 && byte < 0x7F ? static_cast<char>(byte) : '?';
        said = said || byte != 0;
    }
    return said ? text : std::string{};
}

}  // namespace muxtap::psi
