#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <initializer_list>
#include <vector>

#include "common/base/bytes.h"
#include "common/ts/packet_view.h"
#include "tests/support/temp_folder.h"

namespace muxtap::test {

/// What a made-up packet says in its header.
struct PacketShape {
    ts::Pid pid = 256;
    bool tei = false;
    std::uint8_t control = 1;            ///< adaptation_field_control
    std::uint8_t adaptation_length = 0;  ///< where there is an adaptation field
};

/// A packet that can be told from others by its number and has no 0x47 but the first byte, so that tests about
/// synchronisation say what they mean.
[[nodiscard]] inline std::array<std::uint8_t, ts::packet_size> numbered_packet(std::uint32_t number,
                                                                               PacketShape shape = {}) {
    std::array<std::uint8_t, ts::packet_size> packet{};
    packet.fill(0xA5);
    packet[0] = ts::sync_byte;
    packet[1] = static_cast<std::uint8_t>((shape.tei ? 0x80 : 0) | shape.pid >> 8);
    packet[2] = static_cast<std::uint8_t>(shape.pid);
    packet[3] = static_cast<std::uint8_t>(unsigned{shape.control} << 4 | (number & 15U));
    packet[4] = (shape.control & 2U) != 0 ? shape.adaptation_length : std::uint8_t{0};
    // Six bits a byte, top bit set: never 0x47.
    for (std::size_t i = 0; i < 5; ++i) packet[182 + i] = static_cast<std::uint8_t>(0x80U | (number >> (6 * i) & 63U));
    return packet;
}

inline void append(ByteVector& to, ByteView bytes) {
    to.insert(to.end(), bytes.begin(), bytes.end());
}

/// `count` valid packets with the numbers from `first` on.
[[nodiscard]] inline ByteVector packet_run(std::size_t count, std::uint32_t first = 0, PacketShape shape = {}) {
    ByteVector bytes;
    for (std::size_t i = 0; i < count; ++i)
        append(bytes, numbered_packet(first + static_cast<std::uint32_t>(i), shape));
    return bytes;
}

[[nodiscard]] inline ByteVector joined(std::initializer_list<ByteVector> parts) {
    ByteVector bytes;
    for (const ByteVector& part : parts) append(bytes, part);
    return bytes;
}

/// Bytes that look like nothing.
[[nodiscard]] inline ByteVector filler(std::size_t count, std::uint8_t value = 0xC3) {
    return ByteVector(count, value);
}

/// The same packets in strides of 188, of 204 with 16 bytes behind each, or of 192 with 4 bytes before each.
[[nodiscard]] inline ByteVector in_strides(ByteView packets, std::size_t stride) {
    ByteVector bytes;
    for (std::size_t at = 0; at + ts::packet_size <= packets.size(); at += ts::packet_size) {
        if (stride == 192) append(bytes, filler(4, 0x11));
        append(bytes, packets.subspan(at, ts::packet_size));
        if (stride == 204) append(bytes, filler(16, 0x22));
    }
    return bytes;
}

}  // namespace muxtap::test
