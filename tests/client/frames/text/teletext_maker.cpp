#include "tests/client/frames/text/teletext_maker.h"

#include <algorithm>
#include <bit>

namespace muxtap::test {
namespace {

constexpr std::size_t unit_header = 4;  // id, length, field and line, framing code

std::uint8_t reversed(std::uint8_t byte) {
    unsigned out = 0;
    for (unsigned bit = 0; bit < 8; ++bit) out |= (byte >> bit & 1U) << (7 - bit);
    return static_cast<std::uint8_t>(out);
}

/// Hamming 8/4 (EN 300 706, 8.2): P1 D1 P2 D2 P3 D3 P4 D4 from the least significant bit on.
std::uint8_t hamming_8_4(unsigned nibble) {
    const auto d = [&](unsigned number) { return nibble >> (number - 1) & 1U; };
    const unsigned p1 = 1U ^ d(1) ^ d(3) ^ d(4);
    const unsigned p2 = 1U ^ d(1) ^ d(2) ^ d(4);
    const unsigned p3 = 1U ^ d(1) ^ d(2) ^ d(3);
    const unsigned p4 = 1U ^ p1 ^ d(1) ^ p2 ^ d(2) ^ p3 ^ d(3) ^ d(4);
    return static_cast<std::uint8_t>(p1 | d(1) << 1 | p2 << 2 | d(2) << 3 | p3 << 4 | d(3) << 5 | p4 << 6 | d(4) << 7);
}

/// Hamming 24/18 (EN 300 706, 8.3): check bits at positions 1, 2, 4, 8, 16 and an overall one at 24, odd parity.
std::array<std::uint8_t, 3> hamming_24_18(std::uint32_t value) {
    std::uint32_t word = 0;
    unsigned from = 0;
    for (unsigned position = 1; position <= 23; ++position) {
        if (std::has_single_bit(position)) continue;
        word |= (value >> from++ & 1U) << (position - 1);
    }
    for (unsigned check = 1; check <= 16; check *= 2) {
        unsigned ones = 0;
        for (unsigned position = 1; position <= 23; ++position) {
            if ((position & check) != 0) ones += word >> (position - 1) & 1U;
        }
        if (ones % 2 == 0) word |= 1U << (check - 1);
    }
    if (std::popcount(word) % 2 == 0) word |= 1U << 23;
    return {static_cast<std::uint8_t>(word), static_cast<std::uint8_t>(word >> 8),
            static_cast<std::uint8_t>(word >> 16)};
}

std::uint8_t odd_parity(char code) {
    const unsigned seven = static_cast<unsigned>(code) & 0x7FU;
    return static_cast<std::uint8_t>(std::popcount(seven) % 2 == 1 ? seven : seven | 0x80U);
}

std::array<std::uint8_t, 40> spaces() {
    std::array<std::uint8_t, 40> data;
    data.fill(odd_parity(' '));
    return data;
}

}  // namespace

void TeletextMaker::add(unsigned magazine, unsigned number, const std::array<std::uint8_t, 40>& data) {
    Unit unit{0x03, 0x2C, 0xE8, 0xE4};
    unit[4] = reversed(hamming_8_4((magazine & 7U) | (number & 1U) << 3));
    unit[5] = reversed(hamming_8_4(number >> 1));
    std::transform(data.begin(), data.end(), unit.begin() + 6, reversed);
    units_.push_back(unit);
}

TeletextMaker& TeletextMaker::header(const PageHeader& header) {
    auto data = spaces();
    const unsigned c12_to_c14 = (header.national_option >> 2 & 1U) << 1 | (header.national_option >> 1 & 1U) << 2 |
                                (header.national_option & 1U) << 3;
    const unsigned nibbles[] = {header.page % 10,
                                header.page / 10 % 10,
                                header.subcode & 15U,
                                (header.subcode >> 4 & 7U) | (header.erase ? 8U : 0U),
                                header.subcode >> 8 & 15U,
                                (header.newsflash ? 4U : 0U) | (header.subtitle ? 8U : 0U),
                                header.inhibit_display ? 8U : 0U,
                                (header.serial ? 1U : 0U) | c12_to_c14};
    std::transform(std::begin(nibbles), std::end(nibbles), data.begin(), hamming_8_4);
    add(header.page / 100, 0, data);
    return *this;
}

TeletextMaker& TeletextMaker::no_page(unsigned magazine, bool serial) {
    auto data = spaces();
    const unsigned nibbles[] = {15, 15, 15, 7, 15, 3, 0, serial ? 1U : 0U};
    std::transform(std::begin(nibbles), std::end(nibbles), data.begin(), hamming_8_4);
    add(magazine, 0, data);
    return *this;
}

TeletextMaker& TeletextMaker::row(unsigned magazine, unsigned row, std::string_view text) {
    auto data = spaces();
    std::transform(text.begin(), text.end(), data.begin(), odd_parity);
    add(magazine, row, data);
    return *this;
}

void TeletextMaker::add_triplets(unsigned magazine, unsigned number, unsigned designation,
                                 const std::vector<std::uint32_t>& triplets) {
    std::array<std::uint8_t, 40> data{};
    data[0] = hamming_8_4(designation);
    for (std::size_t i = 0; i < 13; ++i) {
        const auto bytes = hamming_24_18(i < triplets.size() ? triplets[i] : triplets.back());
        std::copy(bytes.begin(), bytes.end(), data.begin() + static_cast<std::ptrdiff_t>(1 + 3 * i));
    }
    add(magazine, number, data);
}

TeletextMaker& TeletextMaker::enhance(unsigned magazine, unsigned row, unsigned column, unsigned mode,
                                      unsigned character) {
    const auto triplet = [](unsigned address, unsigned mode_bits, unsigned data) {
        return static_cast<std::uint32_t>(address | mode_bits << 6 | data << 11);
    };
    // Set Active Position, the character, Termination Marker.
    add_triplets(magazine, 26, 0,
                 {triplet(40 + row % 24, 0x04, 0), triplet(column, mode, character), triplet(0x3F, 0x1F, 0x07)});
    return *this;
}

TeletextMaker& TeletextMaker::character_set(unsigned magazine, unsigned packet, unsigned code) {
    // Page function 0 (basic level 1 page) and coding 0 in 7 bits, then the 7 bits of the code.
    add_triplets(magazine, packet, 0, {code << 7, 0});
    return *this;
}

TeletextMaker& TeletextMaker::flip(std::size_t byte, unsigned bit) {
    std::uint8_t& target = units_.back()[unit_header + byte];
    target = static_cast<std::uint8_t>(target ^ 0x80U >> bit);
    return *this;
}

TeletextMaker& TeletextMaker::last_unit(std::uint8_t id, std::uint8_t framing_code) {
    units_.back()[0] = id;
    units_.back()[3] = framing_code;
    return *this;
}

std::vector<std::uint8_t> TeletextMaker::payload() const {
    std::vector<std::uint8_t> bytes{0x10};
    for (const Unit& unit : units_) bytes.insert(bytes.end(), unit.begin(), unit.end());
    return bytes;
}

}  // namespace muxtap::test
