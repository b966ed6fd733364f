#include "probe/source/group_membership.h"

#include <linux/filter.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

#include "probe/source/capture_errors.h"

namespace muxtap::probe {
namespace {

sockaddr_storage socket_address(const net::IpAddress& address) {
    sockaddr_storage storage{};
    const ByteView bytes = address.bytes();
    if (address.is_v4()) {
        auto& v4 = reinterpret_cast<sockaddr_in&>(storage);
        v4.sin_family = AF_INET;
        std::copy(bytes.begin(), bytes.end(), reinterpret_cast<std::uint8_t*>(&v4.sin_addr));
    } else {
        auto& v6 = reinterpret_cast<sockaddr_in6&>(storage);
        v6.sin6_family = AF_INET6;
        std::copy(bytes.begin(), bytes.end(), reinterpret_cast<std::uint8_t*>(&v6.sin6_addr));
    }
    return storage;
}

/// A socket that nothing is delivered to: unbound, with a filter that refuses every packet.
Result<FileDescriptor> deaf_socket(int family) {
    FileDescriptor socket(::socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    if (!socket.valid()) return fail_os("cannot open a socket to join groups with", errno);
    sock_filter refuse_all{BPF_RET | BPF_K, 0, 0, 0};
    const sock_fprog program{1, &refuse_all};
    ::setsockopt(socket.get(), SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program));
    return socket;
}

}  // namespace

Result<void> join_group(int socket, const net::IpAddress& group, const std::optional<net::IpAddress>& sender,
                        const std::string& device) {
    const int level = group.is_v4() ? IPPROTO_IP : IPPROTO_IPV6;
    const unsigned index = device.empty() ? 0 : ::if_nametoindex(device.c_str());
    if (!device.empty() && index == 0) return fail(unknown_device_message(device));
    int status = 0;
    if (sender) {
        group_source_req request{};
        request.gsr_interface = index;
        request.gsr_group = socket_address(group);
        request.gsr_source = socket_address(*sender);
        status = ::setsockopt(socket, level, MCAST_JOIN_SOURCE_GROUP, &request, sizeof(request));
    } else {
        group_req request{};
        request.gr_interface = index;
        request.gr_group = socket_address(group);
        status = ::setsockopt(socket, level, MCAST_JOIN_GROUP, &request, sizeof(request));
    }
    // Two streams of one group need it only once.
    if (status == 0 || errno == EADDRINUSE) return {};
    const int reason = errno;
    return fail_os(
        "cannot join " + group.to_text() + (device.empty() ? "" : " on \"" + device + "\"") +
            " (--no-join when a span port or somebody else brings it, --source-device chooses the interface)",
        reason);
}

Result<void> GroupMemberships::join(const net::IpAddress& group, const std::optional<net::IpAddress>& sender,
                                    const std::string& device) {
    std::size_t& on_last = group.is_v4() ? groups_on_last_v4_ : groups_on_last_v6_;
    int& last = group.is_v4() ? last_v4_ : last_v6_;
    if (on_last >= groups_per_socket) {
        auto socket = deaf_socket(group.is_v4() ? AF_INET : AF_INET6);
        if (!socket) return tl::unexpected<Error>(socket.error());
        last = socket->get();
        on_last = 0;
        sockets_.push_back(std::move(*socket));
    }
    ++on_last;
    return join_group(last, group, sender, device);
}

}  // namespace muxtap::probe
