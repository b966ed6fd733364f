#include "common/ts/timestamp.h"

#include <array>
#include <catch2/catch.hpp>

using muxtap::ts::Timestamp;

TEST_CASE("a time stamp's five bytes read as its ticks, and are written back the same") {
    struct Row {
        std::array<std::uint8_t, 5> bytes;
        std::uint64_t ticks;
    };
    const Row row = GENERATE(values<Row>({
        {{0x21, 0x00, 0x01, 0x00, 0x01}, 0},
        {{0x21, 0x00, 0x01, 0x00, 0x03}, 1},
        {{0x21, 0x00, 0x05, 0xBF, 0x21}, 90'000},
        {{0x31, 0x00, 0x07, 0xD8, 0x61}, 126'000},
        {{0x11, 0x00, 0x03, 0x00, 0x01}, 1U << 15},
        {{0x23, 0x00, 0x01, 0x00, 0x01}, std::uint64_t{1} << 30},
        {{0x2F, 0xFF, 0xFF, 0xFF, 0xFF}, Timestamp::modulus - 1},
    }));
    CHECK(Timestamp::decode(row.bytes).ticks() == row.ticks);

    std::array<std::uint8_t, 5> written{static_cast<std::uint8_t>(row.bytes[0] & 0xF0U)};
    Timestamp::from_ticks(row.ticks).encode(written);
    CHECK(written == row.bytes);
}

TEST_CASE("time stamps wrap after 2^33 ticks") {
    CHECK(Timestamp::from_ticks(Timestamp::modulus + 5) == Timestamp::from_ticks(5));
    const Timestamp before = Timestamp::from_ticks(Timestamp::modulus - 10);
    const Timestamp after = Timestamp::from_ticks(20);
    CHECK(after.ticks_since(before) == 30);
    CHECK(before.ticks_since(after) == -30);
}
