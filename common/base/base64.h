#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/bytes.h"

namespace muxtap {

/// Appends the bytes in Base 64 with padding (RFC 4648, clause 4).
inline void append_base64(std::string& text, ByteView bytes) {
    constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    text.reserve(text.size() + (bytes.size() + 2) / 3 * 4);
    for (std::size_t at = 0; at < bytes.size(); at += 3) {
        const std::size_t there = bytes.size() - at;
        const std::uint32_t group = std::uint32_t{bytes[at]} << 16 |
                                    (there > 1 ? std::uint32_t{bytes[at + 1]} << 8 : 0U) |
                                    (there > 2 ? std::uint32_t{bytes[at + 2]} : 0U);
        text += digits[group >> 18];
        text += digits[group >> 12 & 63U];
        text += there > 1 ? digits[group >> 6 & 63U] : '=';
        text += there > 2 ? digits[group & 63U] : '=';
    }
}

/// The bytes in Base 64 with padding: how splice_info_sections are passed around outside transport streams.
[[nodiscard]] inline std::string to_base64(ByteView bytes) {
    std::string text;
    append_base64(text, bytes);
    return text;
}

}  // namespace muxtap
