#include "analyzer/psi/crc32.h"

#include <catch2/catch.hpp>
#include <random>

#include "tests/support/temp_folder.h"

namespace muxtap::psi {
namespace {

using muxtap::test::ByteVector;

/// Bit by bit, as ISO/IEC 13818-1, annex A draws it.
std::uint32_t slow_crc32(ByteView bytes) {
    std::uint32_t crc = 0xFFFFFFFF;
    for (const std::uint8_t byte : bytes)
        for (unsigned bit = 8; bit > 0; --bit) {
            const bool feedback = ((crc >> 31) ^ (byte >> (bit - 1) & 1U)) != 0;
            crc = crc << 1 ^ (feedback ? 0x04C11DB7U : 0U);
        }
    return crc;
}

TEST_CASE("CRC-32/MPEG-2 has its published check value") {
    CHECK(crc32(as_bytes("123456789")) == 0x0376E6E7);
    CHECK(crc32({}) == 0xFFFFFFFF);
    const ByteVector pat = {0x00, 0xB0, 0x0D, 0x00, 0x01, 0xC1, 0x00, 0x00,
                            0x00, 0x01, 0xF0, 0x00, 0x2A, 0xB1, 0x04, 0xB2};
    CHECK(crc32(pat) == 0);
}

TEST_CASE("the fast CRC is the slow one at every length and alignment") {
    std::mt19937 random(1);
    ByteVector bytes(4200);
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random());
    for (std::size_t offset = 0; offset < 8; ++offset)
        for (std::size_t size = 0; size < 64; ++size) {
            const ByteView part = ByteView(bytes).subspan(offset, size);
            REQUIRE(crc32(part) == slow_crc32(part));
        }
    CHECK(crc32(bytes) == slow_crc32(bytes));
}

}  // namespace
}  // namespace muxtap::psi
