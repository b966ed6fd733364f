#include "common/net/frame_decoder.h"

#include <algorithm>
#include <optional>

namespace muxtap::net {
namespace {

constexpr unsigned ether_type_v4 = 0x0800;
constexpr unsigned ether_type_v6 = 0x86DD;
constexpr unsigned protocol_udp = 17;

constexpr bool is_vlan_type(unsigned ether_type) {
    // 802.1Q customer tag, 802.1ad service tag, and the service tag of older switches.
    return ether_type == 0x8100 || ether_type == 0x88A8 || ether_type == 0x9100;
}

/// The bytes of a layer when its header says that it has `length`: padding behind it is cut off, and what the capture
/// did not take is told in `missing`.
ByteView clip(ByteView bytes, std::size_t length, std::size_t& missing) {
    if (bytes.size() >= length) {
        missing = 0;
        return bytes.first(length);
    }
    missing = length - bytes.size();
    return bytes;
}

}  // namespace

std::optional<LinkType> link_type_from_number(int number) noexcept {
    switch (number) {
        case 1: return LinkType::ethernet;
        case 0:
        case 108: return LinkType::loopback;
        case 12:
        case 14:
        case 101:
        case 228:
        case 229: return LinkType::raw_ip;
        case 113: return LinkType::linux_cooked;
        case 276: return LinkType::linux_cooked_v2;
        default: return std::nullopt;
    }
}

std::string_view name_of(FrameVerdict verdict) noexcept {
    constexpr std::array<std::string_view, frame_verdict_count> names = {
        "datagram", "fragment_kept", "not_ip", "not_udp", "truncated_header", "bad_header", "fragment_refused"};
    return names[static_cast<std::size_t>(verdict)];
}

FrameVerdict FrameDecoder::decode(const Frame& frame, Datagram& datagram) {
    datagram = Datagram{};
    datagram.time = frame.time;
    datagram.vlan = frame.stripped_vlan;
    const FrameVerdict verdict = decode_link(frame, datagram);
    counts_.add(verdict);
    return verdict;
}

FrameVerdict FrameDecoder::decode_link(const Frame& frame, Datagram& datagram) {
    const ByteView bytes = frame.bytes;
    std::size_t offset = 0;
    unsigned ether_type = 0;
    switch (frame.link_type) {
        case LinkType::ethernet:
            if (bytes.size() < 14) return FrameVerdict::truncated_header;
            ether_type = read_u16(bytes, 12);
            offset = 14;
            break;
        case LinkType::linux_cooked:
            if (bytes.size() < 16) return FrameVerdict::truncated_header;
            ether_type = read_u16(bytes, 14);
            offset = 16;
            break;
        case LinkType::linux_cooked_v2:
            if (bytes.size() < 20) return FrameVerdict::truncated_header;
            ether_type = read_u16(bytes, 0);
            offset = 20;
            break;
        case LinkType::loopback:
        case LinkType::raw_ip:
            offset = frame.link_type == LinkType::loopback ? 4 : 0;
            if (bytes.size() <= offset) return FrameVerdict::truncated_header;
            // The address family's numbers differ between systems; the IP version does not.
            ether_type = bytes[offset] >> 4 == 6 ? ether_type_v6 : ether_type_v4;
            break;
    }
    constexpr int most_tags = 4;
    for (int tag = 0; tag < most_tags && is_vlan_type(ether_type); ++tag) {
        if (bytes.size() < offset + 4) return FrameVerdict::truncated_header;
        const auto identifier = static_cast<std::uint16_t>(read_u16(bytes, offset) & 0x0FFF);
        // Identifier 0 is a priority tag: the frame belongs to no VLAN.
        if (datagram.vlan == 0) {
            datagram.vlan = identifier;
        } else if (datagram.inner_vlan == 0) {
            datagram.inner_vlan = identifier;
        }
        ether_type = read_u16(bytes, offset + 2);
        offset += 4;
    }
    return decode_ip(frame, offset, ether_type, datagram);
}

FrameVerdict FrameDecoder::decode_ip(const Frame& frame, std::size_t offset, unsigned ether_type, Datagram& datagram) {
    if (ether_type == ether_type_v4) return decode_v4(frame, offset, datagram);
    if (ether_type == ether_type_v6) return decode_v6(frame, offset, datagram);
    return FrameVerdict::not_ip;
}

FrameVerdict FrameDecoder::decode_v4(const Frame& frame, std::size_t offset, Datagram& datagram) {
    constexpr std::size_t fixed_header = 20;
    const ByteView bytes = frame.bytes.subspan(offset);
    if (bytes.size() < fixed_header) return FrameVerdict::truncated_header;
    const std::size_t header = std::size_t{bytes[0] & 0x0FU} * 4;
    // A total length of 0 stands for a merged frame that is too long for the field.
    const std::size_t stated = read_u16(bytes, 2);
    const std::size_t on_wire = std::max(frame.wire_length, frame.bytes.size()) - offset;
    const std::size_t total = stated == 0 ? on_wire : stated;
    if (bytes[0] >> 4 != 4 || header < fixed_header || total < header) return FrameVerdict::bad_header;
    if (bytes.size() < header) return FrameVerdict::truncated_header;
    if (bytes[9] != protocol_udp) return FrameVerdict::not_udp;

    datagram.source = IpAddress::from_v4(bytes.subspan(12, 4));
    datagram.destination = IpAddress::from_v4(bytes.subspan(16, 4));
    std::size_t missing = 0;
    const ByteView payload = clip(bytes, total, missing).subspan(header);
    const unsigned fragment_field = read_u16(bytes, 6);
    const bool more_fragments = (fragment_field & 0x2000U) != 0;
    const std::size_t fragment_offset = std::size_t{fragment_field & 0x1FFFU} * 8;
    if (!more_fragments && fragment_offset == 0) return decode_udp(payload, missing, datagram);
    return decode_fragment({.source = datagram.source,
                            .destination = datagram.destination,
                            .identification = read_u16(bytes, 4),
                            .offset = fragment_offset,
                            .last = !more_fragments,
                            .bytes = payload,
                            .time = frame.time},
                           missing, datagram);
}

FrameVerdict FrameDecoder::decode_v6(const Frame& frame, std::size_t offset, Datagram& datagram) {
    constexpr std::size_t fixed_header = 40;
    const ByteView bytes = frame.bytes.subspan(offset);
    if (bytes.size() < fixed_header) return FrameVerdict::truncated_header;
    if (bytes[0] >> 4 != 6) return FrameVerdict::bad_header;
    const std::size_t stated = read_u16(bytes, 4);
    const std::size_t on_wire = std::max(frame.wire_length, frame.bytes.size()) - offset;
    const std::size_t total = stated == 0 ? on_wire : fixed_header + stated;
    datagram.source = IpAddress::from_v6(bytes.subspan(8, 16));
    datagram.destination = IpAddress::from_v6(bytes.subspan(24, 16));
    std::size_t missing = 0;
    ByteView payload = clip(bytes, total, missing).subspan(fixed_header);

    unsigned next_header = bytes[6];
    constexpr int most_extensions = 16;
    for (int extension = 0; extension < most_extensions; ++extension) {
        if (next_header == protocol_udp) return decode_udp(payload, missing, datagram);
        constexpr unsigned hop_by_hop = 0;
        constexpr unsigned routing = 43;
        constexpr unsigned fragment = 44;
        constexpr unsigned authentication = 51;
        constexpr unsigned destination_options = 60;
        if (next_header != hop_by_hop && next_header != routing && next_header != fragment &&
            next_header != authentication && next_header != destination_options) {
            return FrameVerdict::not_udp;
        }
        if (payload.size() < 8) return missing > 0 ? FrameVerdict::truncated_header : FrameVerdict::bad_header;
        const unsigned current = next_header;
        next_header = payload[0];
        if (current == fragment) {
            const unsigned field = read_u16(payload, 2);
            const Fragment part{.source = datagram.source,
                                .destination = datagram.destination,
                                .identification = read_u32(payload, 4),
                                .offset = field & 0xFFF8U,
                                .last = (field & 1U) == 0,
                                .bytes = payload.subspan(8),
                                .time = frame.time};
            if (part.offset == 0 && part.last) {
                payload = part.bytes;  // an atomic fragment (RFC 6946) is a whole datagram
                continue;
            }
            if (next_header != protocol_udp) return FrameVerdict::not_udp;
            return decode_fragment(part, missing, datagram);
        }
        const std::size_t length =
            current == authentication ? (std::size_t{payload[1]} + 2) * 4 : (std::size_t{payload[1]} + 1) * 8;
        if (payload.size() < length) return missing > 0 ? FrameVerdict::truncated_header : FrameVerdict::bad_header;
        payload = payload.subspan(length);
    }
    return FrameVerdict::bad_header;
}

FrameVerdict FrameDecoder::decode_fragment(const Fragment& fragment, std::size_t missing, Datagram& datagram) {
    // Of a cut fragment only the first bytes are there: what comes behind cannot be put together.
    if (missing > 0) return FrameVerdict::fragment_refused;
    const FragmentAssembler::Outcome outcome = fragments_.add(fragment);
    if (outcome.refused) return FrameVerdict::fragment_refused;
    if (outcome.whole.empty()) return FrameVerdict::fragment_kept;
    return decode_udp(outcome.whole, 0, datagram);
}

FrameVerdict FrameDecoder::decode_udp(ByteView bytes, std::size_t missing, Datagram& datagram) {
    constexpr std::size_t header = 8;
    if (bytes.size() < header) return missing > 0 ? FrameVerdict::truncated_header : FrameVerdict::bad_header;
    datagram.source_port = read_u16(bytes, 0);
    datagram.destination_port = read_u16(bytes, 2);
    // A length of 0 stands for a merged frame that is too long for the field.
    const std::size_t stated = read_u16(bytes, 4);
    if (stated != 0 && stated < header) return FrameVerdict::bad_header;
    const std::size_t length = stated == 0 ? bytes.size() + missing : stated;
    datagram.payload = clip(bytes, length, datagram.missing_bytes).subspan(header);
    return FrameVerdict::datagram;
}

}  // namespace muxtap::net
