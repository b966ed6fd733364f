#pragma once

#include <cstdint>
#include <string>

#include "common/net/datagram.h"
#include "common/ts/packet_locator.h"

namespace muxtap::flow {

/// Packets that prove an unknown flow to be a transport stream: five good sync bytes in a row regain synchronisation
/// (TR 101 290, 5.2.1, indicator 1.1).
inline constexpr std::uint64_t packets_to_prove = 5;

/// What tells the UDP flows of a network apart.
struct FlowKey {
    net::IpAddress destination;
    std::uint16_t port = 0;
    std::uint16_t vlan = 0;
    std::uint16_t inner_vlan = 0;
    net::IpAddress sender;  ///< only where it matters, else unspecified

    [[nodiscard]] bool operator==(const FlowKey&) const noexcept = default;
};

struct FlowKeyHash {
    std::size_t operator()(const FlowKey& key) const noexcept;
};

/// Destination and VLANs of a datagram; the sender is left out.
[[nodiscard]] FlowKey key_of(const net::Datagram& datagram) noexcept;

/// "@12", "@12.34", or nothing where the flow is untagged.
[[nodiscard]] std::string vlan_suffix(const FlowKey& key);

/// `239.1.1.1:5000@12`: the name of a stream that nobody named.
[[nodiscard]] std::string name_of(const FlowKey& key);

/// Whether a datagram holds transport packets, in RTP or not. A single packet may pass by chance.
[[nodiscard]] bool looks_like_ts(const net::Datagram& datagram, ts::PacketLocator& locator);

}  // namespace muxtap::flow
