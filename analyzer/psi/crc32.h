#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "common/base/bytes.h"

namespace muxtap::psi {

namespace detail {

/// `tables[k][b]` is what the byte `b`, followed by `k` zero bytes, leaves in the register.
using Crc32Tables = std::array<std::array<std::uint32_t, 256>, 16>;

[[nodiscard]] constexpr Crc32Tables make_crc32_tables() noexcept {
    constexpr std::uint32_t polynomial = 0x04C11DB7;
    Crc32Tables tables{};
    for (std::uint32_t byte = 0; byte < 256; ++byte) {
        std::uint32_t value = byte << 24;
        for (int bit = 0; bit < 8; ++bit) value = value << 1 ^ ((value & 0x80000000U) != 0 ? polynomial : 0U);
        tables[0][byte] = value;
    }
    for (std::size_t k = 1; k < tables.size(); ++k)
        for (std::size_t byte = 0; byte < 256; ++byte) {
            const std::uint32_t before = tables[k - 1][byte];
            tables[k][byte] = before << 8 ^ tables[0][before >> 24];
        }
    return tables;
}

inline constexpr Crc32Tables crc32_tables = make_crc32_tables();

/// What the four bytes of `word`, followed by `after` zero bytes, leave in the register.
[[nodiscard]] constexpr std::uint32_t crc32_word(std::uint32_t word, std::size_t after) noexcept {
    const auto& t = crc32_tables;
    return t[after + 3][word >> 24] ^ t[after + 2][word >> 16 & 0xFFU] ^ t[after + 1][word >> 8 & 0xFFU] ^
           t[after][word & 0xFFU];
}

}  // namespace detail

/// CRC-32 of ISO/IEC 13818-1, annex A: polynomial 0x04C11DB7, most significant bit first, register all ones at the
/// start, not inverted at the end. Over a whole section, CRC_32 included, it is 0 when the section is undamaged.
[[nodiscard]] inline std::uint32_t crc32(ByteView bytes) noexcept {
    static_assert(std::endian::native == std::endian::little);
    std::uint32_t crc = 0xFFFFFFFF;
    std::size_t at = 0;
    // Sixteen bytes at a time, whose tables are looked up independently of each other.
    for (; at + 16 <= bytes.size(); at += 16) {
        const auto word = [&](std::size_t i) { return swap_bytes(load<std::uint32_t>(bytes, at + 4 * i)); };
        crc = detail::crc32_word(crc ^ word(0), 12) ^ detail::crc32_word(word(1), 8) ^ detail::crc32_word(word(2), 4) ^
              detail::crc32_word(word(3), 0);
    }
    for (; at < bytes.size(); ++at) crc = crc << 8 ^ detail::crc32_tables[0][crc >> 24 ^ bytes[at]];
    return crc;
}

}  // namespace muxtap::psi
