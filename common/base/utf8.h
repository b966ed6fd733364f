#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace muxtap {

/// One character of a text.
struct Utf8Character {
    char32_t code_point = 0;
    std::size_t size = 0;  ///< bytes it takes up; 0: the text does not begin with a character
};

/// The character that `text` begins with, by RFC 3629: shortest form, no surrogates, at most U+10FFFF.
[[nodiscard]] constexpr Utf8Character first_character(std::string_view text) noexcept {
    if (text.empty()) return {};
    const auto byte = [&](std::size_t at) { return static_cast<std::uint32_t>(static_cast<std::uint8_t>(text[at])); };
    const std::uint32_t lead = byte(0);
    if (lead < 0x80) return {static_cast<char32_t>(lead), 1};
    const std::size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || text.size() < size) return {};
    std::uint32_t value = lead & (0x7FU >> size);
    for (std::size_t i = 1; i < size; ++i) {
        if ((byte(i) & 0xC0U) != 0x80) return {};
        value = value << 6 | (byte(i) & 0x3FU);
    }
    const bool too_long = (size == 3 && value < 0x800) || (size == 4 && value < 0x10000);
    const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
    if (too_long || surrogate || value > 0x10FFFF) return {};
    return {static_cast<char32_t>(value), size};
}

/// Whether the whole text is UTF-8.
[[nodiscard]] constexpr bool is_utf8(std::string_view text) noexcept {
    while (!text.empty()) {
        const std::size_t size = first_character(text).size;
        if (size == 0) return false;
        text.remove_prefix(size);
    }
    return true;
}

/// `text` with a question mark for every byte that is not part of a UTF-8 character.
[[nodiscard]] inline std::string cleaned_utf8(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const std::size_t size = first_character(text).size;
        if (size == 0) {
            out.push_back('?');
        } else {
            out.append(text.substr(0, size));
        }
        text.remove_prefix(size == 0 ? 1 : size);
    }
    return out;
}

}  // namespace muxtap
