#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "common/base/bytes.h"

namespace muxtap::test {

[[nodiscard]] inline std::vector<std::uint8_t> from_base64(std::string_view text) {
    std::vector<std::uint8_t> bytes;
    std::uint32_t group = 0;
    unsigned bits = 0;
    for (const char c : text) {
        int digit = -1;
        if (c >= 'A' && c <= 'Z') digit = c - 'A';
        if (c >= 'a' && c <= 'z') digit = c - 'a' + 26;
        if (c >= '0' && c <= '9') digit = c - '0' + 52;
        if (c == '+') digit = 62;
        if (c == '/') digit = 63;
        if (digit < 0) continue;
        group = group << 6 | static_cast<std::uint32_t>(digit);
        bits += 6;
        if (bits < 8) continue;
        bits -= 8;
        bytes.push_back(static_cast<std::uint8_t>(group >> bits & 0xFFU));
    }
    return bytes;
}

/// A splice_info_section around a command and descriptors, CRC left 0.
struct SectionShape {
    std::uint8_t command_type = 0;
    std::vector<std::uint8_t> command;
    std::vector<std::uint8_t> descriptors;
    std::uint64_t pts_adjustment = 0;
    bool encrypted = false;
    int command_length = -1;  ///< -1: that of `command`
    std::size_t stuffing = 0;
};

[[nodiscard]] inline std::vector<std::uint8_t> section_of(const SectionShape& shape) {
    const std::size_t length = 11 + shape.command.size() + 2 + shape.descriptors.size() + shape.stuffing + 4;
    const unsigned command_length = shape.command_length < 0 ? static_cast<unsigned>(shape.command.size())
                                                             : static_cast<unsigned>(shape.command_length);
    const std::uint64_t adjustment = shape.pts_adjustment;
    std::vector<std::uint8_t> bytes = {
        0xFC,
        static_cast<std::uint8_t>(0x30U | length >> 8),
        static_cast<std::uint8_t>(length),
        0,
        static_cast<std::uint8_t>((shape.encrypted ? 0x80U : 0U) | (adjustment >> 32 & 1U)),
        static_cast<std::uint8_t>(adjustment >> 24),
        static_cast<std::uint8_t>(adjustment >> 16),
        static_cast<std::uint8_t>(adjustment >> 8),
        static_cast<std::uint8_t>(adjustment),
        0,
        0xFF,
        static_cast<std::uint8_t>(0xF0U | command_length >> 8),
        static_cast<std::uint8_t>(command_length),
        shape.command_type,
    };
    bytes.insert(bytes.end(), shape.command.begin(), shape.command.end());
    bytes.push_back(static_cast<std::uint8_t>(shape.descriptors.size() >> 8));
    bytes.push_back(static_cast<std::uint8_t>(shape.descriptors.size()));
    bytes.insert(bytes.end(), shape.descriptors.begin(), shape.descriptors.end());
    bytes.resize(bytes.size() + shape.stuffing + 4);
    return bytes;
}

}  // namespace muxtap::test
