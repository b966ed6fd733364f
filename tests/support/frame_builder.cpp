#include "tests/support/frame_builder.h"

namespace muxtap::test {
namespace {

void put(ByteVector& to, std::uint64_t value, std::size_t size) {
    append(to, big_endian(value, size));
}

std::uint64_t stated(std::size_t truth, int off_by, bool zero) {
    return zero ? 0 : static_cast<std::uint64_t>(static_cast<std::int64_t>(truth) + off_by);
}

}  // namespace

ByteVector big_endian(std::uint64_t value, std::size_t size) {
    ByteVector bytes(size);
    for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>(value >> (8 * (size - 1 - i)));
    return bytes;
}

net::IpAddress address(std::string_view text) {
    return net::IpAddress::parse(text).value();
}

ByteVector udp(const UdpFields& fields, ByteView payload) {
    ByteVector bytes;
    put(bytes, fields.source_port, 2);
    put(bytes, fields.destination_port, 2);
    put(bytes, stated(8 + payload.size(), fields.length_off_by, fields.zero_length), 2);
    put(bytes, 0, 2);  // no checksum
    append(bytes, payload);
    return bytes;
}

ByteVector ipv4(const Ipv4Fields& fields, ByteView payload) {
    const std::size_t header = 20 + fields.option_bytes;
    const std::size_t words = fields.header_words != 0 ? static_cast<std::size_t>(fields.header_words) : header / 4;
    ByteVector bytes;
    put(bytes, std::uint64_t{fields.version} << 4 | words, 1);
    put(bytes, 0, 1);
    put(bytes, stated(header + payload.size(), fields.length_off_by, fields.zero_length), 2);
    put(bytes, fields.identification, 2);
    put(bytes, (fields.more_fragments ? 0x2000U : 0U) | fields.fragment_offset / 8, 2);
    put(bytes, 64, 1);
    put(bytes, fields.protocol, 1);
    put(bytes, 0, 2);
    append(bytes, address(fields.source).bytes());
    append(bytes, address(fields.destination).bytes());
    append(bytes, filler(fields.option_bytes, 1));
    append(bytes, payload);
    return bytes;
}

ByteVector ipv6(const Ipv6Fields& fields, ByteView payload) {
    ByteVector bytes;
    put(bytes, std::uint64_t{fields.version} << 28, 4);
    put(bytes, stated(payload.size(), fields.length_off_by, fields.zero_length), 2);
    put(bytes, fields.next_header, 1);
    put(bytes, 64, 1);
    append(bytes, address(fields.source).bytes());
    append(bytes, address(fields.destination).bytes());
    append(bytes, payload);
    return bytes;
}

ByteVector extension(std::uint8_t next_header, std::size_t size, ByteView payload) {
    ByteVector bytes = {next_header, static_cast<std::uint8_t>(size / 8 - 1)};
    append(bytes, filler(size - 2, 0));
    append(bytes, payload);
    return bytes;
}

ByteVector authentication(std::uint8_t next_header, std::size_t size, ByteView payload) {
    ByteVector bytes = {next_header, static_cast<std::uint8_t>(size / 4 - 2)};
    append(bytes, filler(size - 2, 0));
    append(bytes, payload);
    return bytes;
}

ByteVector fragment_header(std::uint8_t next_header, std::size_t offset, bool more, std::uint32_t identification,
                           ByteView payload) {
    ByteVector bytes = {next_header, 0};
    put(bytes, offset | (more ? 1U : 0U), 2);
    put(bytes, identification, 4);
    append(bytes, payload);
    return bytes;
}

ByteVector ethernet(std::uint16_t type, ByteView payload) {
    ByteVector bytes = {0x01, 0x00, 0x5E, 1, 1, 1, 0x02, 0, 0, 0, 0, 1};
    put(bytes, type, 2);
    append(bytes, payload);
    return bytes;
}

ByteVector tag(std::uint16_t vlan, std::uint16_t type, ByteView payload) {
    ByteVector bytes;
    put(bytes, 0xA000U | vlan, 2);  // with a priority: it is no part of the identifier
    put(bytes, type, 2);
    append(bytes, payload);
    return bytes;
}

ByteVector cooked(std::uint16_t type, ByteView payload) {
    ByteVector bytes = filler(14, 0);
    put(bytes, type, 2);
    append(bytes, payload);
    return bytes;
}

ByteVector cooked_v2(std::uint16_t type, ByteView payload) {
    ByteVector bytes;
    put(bytes, type, 2);
    append(bytes, filler(18, 0));
    append(bytes, payload);
    return bytes;
}

ByteVector rtp(const RtpFields& fields, ByteView payload) {
    ByteVector bytes;
    put(bytes,
        std::uint64_t{fields.version} << 6 | (fields.padding != 0 ? 0x20U : 0U) | (fields.extended ? 0x10U : 0U) |
            fields.csrc_count,
        1);
    put(bytes, (fields.marker ? 0x80U : 0U) | fields.payload_type, 1);
    put(bytes, fields.sequence_number, 2);
    put(bytes, fields.timestamp, 4);
    put(bytes, fields.ssrc, 4);
    append(bytes, filler(std::size_t{fields.csrc_count} * 4, 9));
    if (fields.extended) {
        put(bytes, 0xBEDE, 2);
        put(bytes, fields.extension_words, 2);
        append(bytes, filler(std::size_t{fields.extension_words} * 4, 8));
    }
    append(bytes, payload);
    if (fields.padding != 0) {
        append(bytes, filler(fields.padding - std::size_t{1}, 0));
        bytes.push_back(fields.padding);
    }
    return bytes;
}

ByteVector plain_frame(ByteView payload) {
    return ethernet(type_v4, ipv4({}, udp({}, payload)));
}

}  // namespace muxtap::test
