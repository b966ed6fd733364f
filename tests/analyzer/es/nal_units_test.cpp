#include "analyzer/es/nal_units.h"

#include <catch2/catch.hpp>

#include "analyzer/es/sei.h"
#include "tests/analyzer/es/access_units.h"

namespace muxtap::test {
namespace {

/// The obvious way.
std::size_t slow_start_code(ByteView bytes, std::size_t from) {
    for (std::size_t at = from; at + 2 < bytes.size(); ++at) {
        if (bytes[at] == 0 && bytes[at + 1] == 0 && bytes[at + 2] == 1) return at;
    }
    return bytes.size();
}

TEST_CASE("start codes are found where the obvious search finds them") {
    // Every string of nine bytes of 0, 1 and 2, from each place.
    for (unsigned number = 0; number < 19683; ++number) {
        Bytes bytes;
        for (unsigned digits = number; bytes.size() < 9; digits /= 3)
            bytes.push_back(static_cast<std::uint8_t>(digits % 3));
        for (std::size_t from = 0; from <= bytes.size(); ++from) {
            if (es::find_start_code(bytes, from) != slow_start_code(bytes, from)) {
                FAIL(number << " from " << from);
            }
        }
    }
    CHECK(es::find_start_code({}, 0) == 0);
}

TEST_CASE("emulation prevention is taken out, and nothing else") {
    struct Row {
        const char* escaped;
        const char* plain;
    };
    for (const Row& row : {Row{"", ""}, Row{"000003", "0000"}, Row{"00000301", "000001"},
                           Row{"0000030000030000", "000000000000"}, Row{"010203000103", "010203000103"},
                           Row{"00000303", "000003"}, Row{"ff000003", "ff0000"}, Row{"0003000003", "00030000"}}) {
        const Bytes input = from_hex(row.escaped);
        Bytes buffer(16);
        const ByteView plain = es::unescaped(input, buffer);
        CHECK(Bytes(plain.begin(), plain.end()) == from_hex(row.plain));
    }
}

TEST_CASE("what was escaped comes out as it was, and is cut off where the buffer is full") {
    for (unsigned number = 0; number < 16384; ++number) {
        Bytes plain;
        for (unsigned digits = number; plain.size() < 7; digits /= 4)
            plain.push_back(static_cast<std::uint8_t>(digits % 4));
        const Bytes input = escaped(plain);
        Bytes buffer(8);
        const ByteView output = es::unescaped(input, buffer);
        if (!std::equal(output.begin(), output.end(), plain.begin(), plain.end())) FAIL(number);
        if (input.size() == plain.size()) continue;
        const ByteView cut = es::unescaped(input, std::span(buffer).first(3));
        if (cut.size() != 3 || !std::equal(cut.begin(), cut.end(), plain.begin())) FAIL(number << " cut");
    }
}

TEST_CASE("SEI messages are told apart, the last that runs over the end is left out") {
    Bytes rbsp = from_hex("01 02 aabb ff05 00 06 01 cc 04 09 0102");
    std::vector<std::pair<unsigned, std::size_t>> messages;
    es::for_each_sei_message(rbsp,
                             [&](unsigned type, ByteView payload) { messages.emplace_back(type, payload.size()); });
    CHECK(messages == std::vector<std::pair<unsigned, std::size_t>>{{1, 2}, {260, 0}, {6, 1}});
    const Bytes endless(300, 0xFF);
    es::for_each_sei_message(endless, [&](unsigned, ByteView) { FAIL("nothing is there"); });
}

TEST_CASE("trailing zeros do not belong to a unit") {
    const Bytes bytes = from_hex("65 00 88 000000");
    CHECK(es::without_trailing_zeros(bytes).size() == 3);
    CHECK(es::without_trailing_zeros(from_hex("0000")).empty());
}

}  // namespace
}  // namespace muxtap::test
