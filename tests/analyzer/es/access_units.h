#pragma once

#include <initializer_list>
#include <string_view>
#include <vector>

#include "tests/analyzer/es/bit_writer.h"

namespace muxtap::test {

using Bytes = std::vector<std::uint8_t>;

/// Units one behind the other, each with a start code of four bytes in front.
[[nodiscard]] inline Bytes stream_of(std::initializer_list<Bytes> units) {
    Bytes bytes;
    for (const Bytes& unit : units) {
        bytes.insert(bytes.end(), {0, 0, 0, 1});
        bytes.insert(bytes.end(), unit.begin(), unit.end());
    }
    return bytes;
}

[[nodiscard]] inline Bytes joined(std::initializer_list<Bytes> parts) {
    Bytes bytes;
    for (const Bytes& part : parts) bytes.insert(bytes.end(), part.begin(), part.end());
    return bytes;
}

/// An SEI NAL unit behind `header`, with one message.
[[nodiscard]] inline Bytes sei_unit(const Bytes& header, unsigned type, const Bytes& payload) {
    Bytes rbsp{static_cast<std::uint8_t>(type)};
    std::size_t size = payload.size();
    for (; size >= 255; size -= 255) rbsp.push_back(255);
    rbsp.push_back(static_cast<std::uint8_t>(size));
    rbsp.insert(rbsp.end(), payload.begin(), payload.end());
    rbsp.push_back(0x80);
    return joined({header, escaped(rbsp)});
}

/// One construct of cc_data.
struct CaptionTriple {
    bool valid = true;
    unsigned type = 0;
    std::uint8_t first = 0x80;
    std::uint8_t second = 0x80;
};

/// cc_data() with its marker byte.
[[nodiscard]] inline Bytes cc_data(const std::vector<CaptionTriple>& triples) {
    Bytes bytes{static_cast<std::uint8_t>(0xC0 | triples.size()), 0xFF};
    for (const CaptionTriple& triple : triples) {
        bytes.push_back(static_cast<std::uint8_t>(0xF8U | (triple.valid ? 4U : 0U) | triple.type));
        bytes.push_back(triple.first);
        bytes.push_back(triple.second);
    }
    bytes.push_back(0xFF);
    return bytes;
}

/// ATSC user data with captions.
[[nodiscard]] inline Bytes ga94(const std::vector<CaptionTriple>& triples) {
    return joined({from_hex("47413934 03"), cc_data(triples)});
}
[[nodiscard]] inline Bytes dtg1(std::uint8_t active_format) {
    return joined({from_hex("44544731 41"), {static_cast<std::uint8_t>(0xF0U | active_format)}});
}
/// And as the payload of a registered SEI message.
[[nodiscard]] inline Bytes t35(const Bytes& atsc) {
    return joined({from_hex("b50031"), atsc});
}

/// CC1 resumes caption loading, with parity.
inline constexpr CaptionTriple cc1_loading{true, 0, 0x94, 0x20};
inline constexpr CaptionTriple null_pair{true, 0, 0x80, 0x80};

}  // namespace muxtap::test
