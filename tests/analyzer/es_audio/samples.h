#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "common/base/bytes.h"

namespace muxtap::test {

/// Bytes from hexadecimal digits; anything else is skipped.
[[nodiscard]] inline std::vector<std::uint8_t> from_hex(std::string_view text) {
    std::vector<std::uint8_t> bytes;
    unsigned digits = 0;
    unsigned value = 0;
    for (const char c : text) {
        if (c == ' ') continue;
        value = value << 4 | static_cast<unsigned>(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
        if (++digits % 2 == 0) bytes.push_back(static_cast<std::uint8_t>(value));
        value &= 0xFU;
    }
    return bytes;
}

/// As many frames as asked for: each begins with `header` and is filled up with zeros.
[[nodiscard]] inline std::vector<std::uint8_t> frames_of(std::string_view header, std::size_t frame_bytes,
                                                         std::size_t count) {
    std::vector<std::uint8_t> bytes;
    for (std::size_t i = 0; i < count; ++i) {
        const auto start = bytes.size();
        const auto head = from_hex(header);
        bytes.insert(bytes.end(), head.begin(), head.end());
        bytes.resize(start + frame_bytes);
    }
    return bytes;
}

/// Writes bit fields front to back.
class BitWriter {
public:
    BitWriter& put(std::uint64_t value, unsigned count) {
        while (count > 0) {
            --count;
            if (bits_ % 8 == 0) bytes_.push_back(0);
            if ((value >> count & 1U) != 0)
                bytes_.back() = static_cast<std::uint8_t>(bytes_.back() | 0x80U >> (bits_ % 8));
            ++bits_;
        }
        return *this;
    }
    [[nodiscard]] std::vector<std::uint8_t> bytes() const { return bytes_; }
    [[nodiscard]] std::size_t bits() const { return bits_; }

private:
    std::vector<std::uint8_t> bytes_;
    std::size_t bits_ = 0;
};

}  // namespace muxtap::test
