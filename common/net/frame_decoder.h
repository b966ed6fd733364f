#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "common/net/datagram.h"
#include "common/net/fragment_assembler.h"

namespace muxtap::net {

/// What a captured frame begins with.
enum class LinkType : std::uint8_t {
    ethernet,
    linux_cooked,     ///< LINKTYPE_LINUX_SLL, the `any` device
    linux_cooked_v2,  ///< LINKTYPE_LINUX_SLL2
    raw_ip,           ///< IPv4 or IPv6 header first
    loopback,         ///< LINKTYPE_NULL and LINKTYPE_LOOP: 4 bytes of address family
};

/// From the number in a capture file or of libpcap (LINKTYPE_ or DLT_); empty for those not read here.
[[nodiscard]] std::optional<LinkType> link_type_from_number(int number) noexcept;

/// What became of a frame.
enum class FrameVerdict : std::uint8_t {
    datagram,          ///< it carries a UDP datagram, or completes one
    fragment_kept,     ///< a fragment; the datagram is not complete yet
    not_ip,            ///< another protocol than IPv4 and IPv6
    not_udp,           ///< another protocol over IP
    truncated_header,  ///< ends inside its headers
    bad_header,        ///< a header that contradicts itself
    fragment_refused,  ///< a fragment that overlaps others, is absurd, or finds no room
};

inline constexpr std::size_t frame_verdict_count = 7;
[[nodiscard]] std::string_view name_of(FrameVerdict verdict) noexcept;

/// How many frames had each verdict.
class FrameCounts {
public:
    void add(FrameVerdict verdict) noexcept { ++counts_[static_cast<std::size_t>(verdict)]; }
    [[nodiscard]] std::uint64_t of(FrameVerdict verdict) const noexcept {
        return counts_[static_cast<std::size_t>(verdict)];
    }

private:
    std::array<std::uint64_t, frame_verdict_count> counts_{};
};

/// A captured frame. Borrowed.
struct Frame {
    LinkType link_type = LinkType::ethernet;
    ByteView bytes;               ///< what was captured of it
    std::size_t wire_length = 0;  ///< its length on the wire
    UnixTime time{};
    std::uint16_t stripped_vlan = 0;  ///< tag that the kernel took out of the bytes, 0 when none
};

/// Finds the UDP datagram in a frame: 802.1Q and QinQ tags, IPv4 with options (RFC 791), IPv6 with extension headers
/// (RFC 8200), fragments of both, UDP (RFC 768). UDP checksums are not looked at: locally sent frames have none yet.
/// Used by one thread.
class FrameDecoder {
public:
    /// When the verdict is `datagram`, `datagram` holds it; its payload is borrowed from the frame, or from this
    /// decoder for a reassembled one, until the next call.
    [[nodiscard]] FrameVerdict decode(const Frame& frame, Datagram& datagram);

    [[nodiscard]] const FrameCounts& counts() const noexcept { return counts_; }
    /// Datagrams given up because fragments were missing.
    [[nodiscard]] std::uint64_t incomplete_datagrams() const noexcept { return fragments_.expired(); }

private:
    struct Layer;
    FrameVerdict decode_link(const Frame& frame, Datagram& datagram);
    FrameVerdict decode_ip(const Frame& frame, std::size_t offset, unsigned ether_type, Datagram& datagram);
    FrameVerdict decode_v4(const Frame& frame, std::size_t offset, Datagram& datagram);
    FrameVerdict decode_v6(const Frame& frame, std::size_t offset, Datagram& datagram);
    FrameVerdict decode_fragment(const Fragment& fragment, std::size_t missing, Datagram& datagram);
    FrameVerdict decode_udp(ByteView bytes, std::size_t missing, Datagram& datagram);

    FragmentAssembler fragments_;
    FrameCounts counts_;
};

}  // namespace muxtap::net
