#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/base/result.h"
#include "common/net/ip_address.h"

namespace muxtap::probe {

/// One stream that the operator asked for.
struct StreamSelector {
    std::string name;  ///< in the feed
    net::IpAddress destination;
    std::uint16_t port = 0;
    std::optional<net::IpAddress> sender;  ///< only datagrams of this sender (source-specific multicast)
    std::optional<std::uint16_t> vlan;     ///< only this VLAN, 0: only untagged
    bool rtp_only = false;
};

/// Reads `NAME=udp://[SENDER@]IP:PORT[?vlan=N]`, or the same without `NAME=`, which is then `IP:PORT`. IPv6 addresses
/// stand in brackets; `rtp://` takes only RTP. The error says what is wrong with which part.
[[nodiscard]] Result<StreamSelector> parse_stream_selector(std::string_view text);

}  // namespace muxtap::probe
