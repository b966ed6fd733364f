#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "common/base/bytes.h"

namespace muxtap::psi {

namespace detail {

/// `tables[k][b]` is what the byte `b`, followed by `k` zero bytes, leaves in the register.
using Crc32Tables = std::array<std::array<std::uint32_t, 256>, 8>;

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

}  // namespace detail

/// CRC-32 of ISO/IEC 13818-1, annex A: polynomial 0x04C11DB7, most significant bit first, register all ones at the
/// start, not inverted at the end. Over a whole section, CRC_32 included, it is 0 when the section is undamaged.
[[nodiscard]] constexpr std::uint32_t crc32(ByteView bytes) noexcept {
    const auto& t = detail::crc32_tables;
    std::uint32_t crc = 0xFFFFFFFF;
    const std::uint8_t* at = bytes.data();
    std::size_t left = bytes.size();
    for (; left >= 8; left -= 8, at += 8) {
        crc ^= std::uint32_t{at[0]} << 24 | std::uint32_t{at[1]} << 16 | std::uint32_t{at[2]} << 8 | at[3];
        crc = t[7][crc >> 24] ^ t[6][crc >> 16 & 0xFFU] ^ t[5][crc >> 8 & 0xFFU] ^ t[4][crc & 0xFFU] ^ t[3][at[4]] ^
              t[2][at[5]] ^ t[1][at[6]] ^ t[0][at[7]];
    }
    for (; left > 0; --left, ++at) crc = crc << 8 ^ t[0][crc >> 24 ^ *at];
    return crc;
}

}  // namespace muxtap::psi
