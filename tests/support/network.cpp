#include "tests/support/network.h"

#include <fcntl.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <system_error>
#include <thread>

namespace muxtap::test {
namespace {

void demand(bool holds, const char* what) {
    if (!holds) throw std::system_error(errno, std::generic_category(), what);
}

void run(const std::string& command) {
    if (std::system(command.c_str()) != 0) throw std::runtime_error("failed: " + command);
}

/// Whether frames put on the interface leave it: it takes the kernel a moment to see that both ends are up.
bool is_running(const char* device) {
    const FileDescriptor socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    ifreq request{};
    std::strncpy(static_cast<char*>(request.ifr_name), device, IFNAMSIZ - 1);
    return ::ioctl(socket.get(), SIOCGIFFLAGS, &request) == 0 && (request.ifr_flags & IFF_RUNNING) != 0;
}

}  // namespace

bool is_root() noexcept {
    return ::geteuid() == 0;
}

OwnNetwork::OwnNetwork() : outside_(::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC)) {
    demand(outside_.valid(), "/proc/thread-self/ns/net");
    demand(::unshare(CLONE_NEWNET) == 0, "unshare");
    // Without addresses the kernel has nothing to say on the veth pair: every frame is a test's.
    run("ip link set lo up && ip link add va mtu 9000 type veth peer name vb mtu 9000 && "
        "ip link set va addrgenmode none && ip link set vb addrgenmode none && ip link set va up && ip link set vb up");
    for (int tries = 0; !is_running("va") || !is_running("vb"); ++tries) {
        if (tries == 10'000) throw std::runtime_error("the veth pair does not come up");
        std::this_thread::sleep_for(std::chrono::milliseconds{1});
    }
}

OwnNetwork::~OwnNetwork() {
    if (::setns(outside_.get(), CLONE_NEWNET) != 0) std::abort();
}

UdpSender::UdpSender(const net::IpAddress& destination, std::uint16_t port, const std::string& device) {
    const int family = destination.is_v4() ? AF_INET : AF_INET6;
    socket_ = FileDescriptor(::socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    demand(socket_.valid(), "socket");
    const int index = device.empty() ? 0 : static_cast<int>(::if_nametoindex(device.c_str()));
    const ByteView bytes = destination.bytes();
    if (destination.is_v4()) {
        ip_mreqn choice{};
        choice.imr_ifindex = index;
        if (index != 0) ::setsockopt(socket_.get(), IPPROTO_IP, IP_MULTICAST_IF, &choice, sizeof(choice));
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(port);
        std::memcpy(&to.sin_addr, bytes.data(), bytes.size());
        demand(::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&to), sizeof(to)) == 0, "connect");
    } else {
        if (index != 0) ::setsockopt(socket_.get(), IPPROTO_IPV6, IPV6_MULTICAST_IF, &index, sizeof(index));
        sockaddr_in6 to{};
        to.sin6_family = AF_INET6;
        to.sin6_port = htons(port);
        std::memcpy(&to.sin6_addr, bytes.data(), bytes.size());
        demand(::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&to), sizeof(to)) == 0, "connect");
    }
}

void UdpSender::send(ByteView payload) {
    demand(::send(socket_.get(), payload.data(), payload.size(), 0) == static_cast<ssize_t>(payload.size()), "send");
}

void UdpSender::cut_into(std::uint16_t size) {
    constexpr int udp_segment = 103;
    const int value = size;
    demand(::setsockopt(socket_.get(), IPPROTO_UDP, udp_segment, &value, sizeof(value)) == 0, "UDP_SEGMENT");
}

FrameSender::FrameSender(const std::string& device) : socket_(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0)) {
    demand(socket_.valid(), "socket");
    sockaddr_ll address{};
    address.sll_family = AF_PACKET;
    address.sll_protocol = htons(ETH_P_ALL);
    address.sll_ifindex = static_cast<int>(::if_nametoindex(device.c_str()));
    demand(::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0, "bind");
}

void FrameSender::send(ByteView frame) {
    demand(::send(socket_.get(), frame.data(), frame.size(), 0) == static_cast<ssize_t>(frame.size()), "send");
}

std::uint16_t free_udp_port() {
    const FileDescriptor socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    demand(::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), size) == 0, "bind");
    demand(::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size) == 0, "getsockname");
    return ntohs(address.sin_port);
}

}  // namespace muxtap::test
