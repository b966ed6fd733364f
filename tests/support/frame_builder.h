#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>

#include "common/net/ip_address.h"
#include "tests/support/ts_packets.h"

/// Frames written byte by byte, for the tests of those who read them. A frame is built from the inside out:
/// `ethernet(0x0800, ipv4({}, udp({}, payload)))`.
namespace muxtap::test {

inline constexpr std::uint16_t type_v4 = 0x0800;
inline constexpr std::uint16_t type_v6 = 0x86DD;
inline constexpr std::uint8_t protocol_tcp = 6;
inline constexpr std::uint8_t protocol_udp = 17;

[[nodiscard]] ByteVector big_endian(std::uint64_t value, std::size_t size);
[[nodiscard]] net::IpAddress address(std::string_view text);

struct UdpFields {
    std::uint16_t source_port = 4000;
    std::uint16_t destination_port = 5000;
    int length_off_by = 0;     ///< added to the length that is true
    bool zero_length = false;  ///< as in a merged frame that is too long for the field
};
[[nodiscard]] ByteVector udp(const UdpFields& fields, ByteView payload);

struct Ipv4Fields {
    std::string_view source = "10.0.0.5";
    std::string_view destination = "239.1.1.1";
    std::uint8_t protocol = protocol_udp;
    std::size_t option_bytes = 0;  ///< a multiple of 4
    std::uint16_t identification = 1;
    std::size_t fragment_offset = 0;  ///< in bytes
    bool more_fragments = false;
    int length_off_by = 0;
    bool zero_length = false;
    int header_words = 0;  ///< says this instead of the truth when not 0
    std::uint8_t version = 4;
};
[[nodiscard]] ByteVector ipv4(const Ipv4Fields& fields, ByteView payload);

struct Ipv6Fields {
    std::string_view source = "fd00::5";
    std::string_view destination = "ff15::1";
    std::uint8_t next_header = protocol_udp;
    int length_off_by = 0;
    bool zero_length = false;
    std::uint8_t version = 6;
};
[[nodiscard]] ByteVector ipv6(const Ipv6Fields& fields, ByteView payload);

/// A hop-by-hop, routing or destination options header of `size` bytes (a multiple of 8) before `payload`.
[[nodiscard]] ByteVector extension(std::uint8_t next_header, std::size_t size, ByteView payload);
/// An authentication header of `size` bytes (a multiple of 4), whose length field counts otherwise.
[[nodiscard]] ByteVector authentication(std::uint8_t next_header, std::size_t size, ByteView payload);
[[nodiscard]] ByteVector fragment_header(std::uint8_t next_header, std::size_t offset, bool more,
                                         std::uint32_t identification, ByteView payload);

[[nodiscard]] ByteVector ethernet(std::uint16_t type, ByteView payload);
/// A VLAN tag as it stands behind a tag protocol identifier: the type is that of what follows.
[[nodiscard]] ByteVector tag(std::uint16_t vlan, std::uint16_t type, ByteView payload);
/// LINKTYPE_LINUX_SLL and LINKTYPE_LINUX_SLL2.
[[nodiscard]] ByteVector cooked(std::uint16_t type, ByteView payload);
[[nodiscard]] ByteVector cooked_v2(std::uint16_t type, ByteView payload);

struct RtpFields {
    std::uint16_t sequence_number = 1000;
    std::uint32_t timestamp = 90'000;
    std::uint32_t ssrc = 0x11223344;
    std::uint8_t payload_type = 33;
    bool marker = false;
    std::uint8_t version = 2;
    std::uint8_t csrc_count = 0;
    bool extended = false;
    std::uint16_t extension_words = 0;
    std::uint8_t padding = 0;  ///< bytes behind the payload, the last of which says how many
};
[[nodiscard]] ByteVector rtp(const RtpFields& fields, ByteView payload);

/// The usual frame: a UDP datagram to 239.1.1.1:5000 from 10.0.0.5:4000 in IPv4 over Ethernet.
[[nodiscard]] ByteVector plain_frame(ByteView payload);

}  // namespace muxtap::test
