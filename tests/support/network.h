#pragma once

#include <cstdint>
#include <string>

#include "common/base/file_descriptor.h"
#include "common/net/ip_address.h"
#include "tests/support/skipping.h"
#include "tests/support/ts_packets.h"

namespace muxtap::test {

[[nodiscard]] bool is_root() noexcept;

/// The calling thread's own network, with lo up and the ends of a veth pair, `va` and `vb`. The thread is back in its
/// old network when this goes, and then the kernel removes everything. Needs root.
class OwnNetwork {
public:
    OwnNetwork();
    ~OwnNetwork();
    OwnNetwork(const OwnNetwork&) = delete;
    OwnNetwork& operator=(const OwnNetwork&) = delete;

private:
    FileDescriptor outside_;
};

/// Sends UDP datagrams; to a multicast group by way of `device`.
class UdpSender {
public:
    UdpSender(const net::IpAddress& destination, std::uint16_t port, const std::string& device = {});
    void send(ByteView payload);
    /// From now on what is sent is cut into datagrams of this size, the last of which may be shorter (UDP_SEGMENT).
    void cut_into(std::uint16_t size);

private:
    FileDescriptor socket_;
};

/// Puts frames on an interface as they are. Needs root.
class FrameSender {
public:
    explicit FrameSender(const std::string& device);
    void send(ByteView frame);

private:
    FileDescriptor socket_;
};

/// A UDP port of the loopback address that nobody uses now.
[[nodiscard]] std::uint16_t free_udp_port();

}  // namespace muxtap::test
