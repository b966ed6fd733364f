#pragma once

#include <cstdint>

#include "common/base/bytes.h"
#include "common/base/clock.h"
#include "common/net/ip_address.h"

namespace muxtap::net {

/// One UDP datagram, or for stream files one read. The payload is borrowed: it dies when the call that was given the
/// datagram returns.
struct Datagram {
    ByteView payload;
    UnixTime time{};  ///< when it was captured
    IpAddress source;
    IpAddress destination;
    std::uint16_t source_port = 0;
    std::uint16_t destination_port = 0;
    std::uint16_t vlan = 0;         ///< outermost VLAN identifier, 0 when untagged (IEEE 802.1Q)
    std::uint16_t inner_vlan = 0;   ///< second VLAN identifier, 0 when there is none
    std::size_t missing_bytes = 0;  ///< end of the payload that was not captured (snap length)
    /// Payload bytes of each datagram when several of them arrived merged into this one (segmentation or receive
    /// offload); 0 when it is a single datagram or the size is not known.
    std::size_t segment_size = 0;
    /// Longer than any datagram of the network it came from: several merged ones.
    bool merged = false;
};

}  // namespace muxtap::net
