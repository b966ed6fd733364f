#include "common/flow/flow_key.h"

#include "common/net/rtp_header.h"

namespace muxtap::flow {

std::size_t FlowKeyHash::operator()(const FlowKey& key) const noexcept {
    const std::uint64_t numbers =
        std::uint64_t{key.port} << 32 | std::uint64_t{key.vlan} << 16 | std::uint64_t{key.inner_vlan};
    return key.destination.hash() ^ (key.sender.hash() * 31) ^ (numbers * 0x9E3779B97F4A7C15U);
}

FlowKey key_of(const net::Datagram& datagram) noexcept {
    return {.destination = datagram.destination,
            .port = datagram.destination_port,
            .vlan = datagram.vlan,
            .inner_vlan = datagram.inner_vlan,
            .sender = {}};
}

std::string vlan_suffix(const FlowKey& key) {
    if (key.vlan == 0) return {};
    return "@" + std::to_string(key.vlan) + (key.inner_vlan == 0 ? "" : "." + std::to_string(key.inner_vlan));
}

std::string name_of(const FlowKey& key) {
    return key.destination.to_text_with_port(key.port) + vlan_suffix(key);
}

bool looks_like_ts(const net::Datagram& datagram, ts::PacketLocator& locator) {
    ByteView bytes = datagram.payload;
    if (const auto rtp = net::RtpHeader::parse(bytes, datagram.missing_bytes > 0)) bytes = rtp->payload;
    return locator.locate(bytes, {}).is_ts;
}

}  // namespace muxtap::flow
