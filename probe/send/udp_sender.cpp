#include "probe/send/udp_sender.h"

#include <netinet/in.h>
#include <netinet/udp.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace muxtap::send {
namespace {

constexpr std::size_t control_size = CMSG_SPACE(sizeof(std::uint16_t));

Result<void> set_option(int socket, int level, int option, const void* value, socklen_t size, const char* what) {
    if (::setsockopt(socket, level, option, value, size) == 0) return {};
    return fail_os(std::string{"cannot set "} + what, errno);
}

Result<void> set_integer(int socket, int level, int option, int value, const char* what) {
    return set_option(socket, level, option, &value, sizeof(value), what);
}

Result<void> set_up_ipv4(int socket, const SocketSettings& settings) {
    auto done = set_integer(socket, IPPROTO_IP, IP_MULTICAST_LOOP, 1, "IP_MULTICAST_LOOP");
    if (done) done = set_integer(socket, IPPROTO_IP, IP_MULTICAST_TTL, settings.multicast_hops, "IP_MULTICAST_TTL");
    // Makes the kernel report datagrams that it could not queue instead of losing them silently.
    if (done) done = set_integer(socket, IPPROTO_IP, IP_RECVERR, 1, "IP_RECVERR");
    if (done && settings.hops) done = set_integer(socket, IPPROTO_IP, IP_TTL, *settings.hops, "IP_TTL");
    if (done && settings.interface_index) {
        ip_mreqn request{};
        request.imr_ifindex = static_cast<int>(*settings.interface_index);
        done = set_option(socket, IPPROTO_IP, IP_MULTICAST_IF, &request, sizeof(request), "IP_MULTICAST_IF");
    }
    return done;
}

Result<void> set_up_ipv6(int socket, const SocketSettings& settings) {
    auto done = set_integer(socket, IPPROTO_IPV6, IPV6_MULTICAST_LOOP, 1, "IPV6_MULTICAST_LOOP");
    if (done) {
        done = set_integer(socket, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, settings.multicast_hops, "IPV6_MULTICAST_HOPS");
    }
    if (done) done = set_integer(socket, IPPROTO_IPV6, IPV6_RECVERR, 1, "IPV6_RECVERR");
    if (done && settings.hops) {
        done = set_integer(socket, IPPROTO_IPV6, IPV6_UNICAST_HOPS, *settings.hops, "IPV6_UNICAST_HOPS");
    }
    if (done && settings.interface_index) {
        done = set_integer(socket, IPPROTO_IPV6, IPV6_MULTICAST_IF, static_cast<int>(*settings.interface_index),
                           "IPV6_MULTICAST_IF");
    }
    return done;
}

const sockaddr* address_of(const Destination& destination) {
    return reinterpret_cast<const sockaddr*>(&destination.address);
}

/// Whether the call may simply be made again a little later.
bool is_out_of_room(int error) {
    return error == EAGAIN || error == ENOBUFS || error == ENOMEM || error == EINTR;
}

/// What the user can do about it, where that is known.
std::string advice(int error, const Destination& destination, bool segmented) {
    if (error == ENETUNREACH && destination.is_multicast()) return "; name the way out with --interface";
    const bool too_long = error == EMSGSIZE || error == EINVAL;  // which of the two depends on the kernel
    if (too_long && segmented) return "; with --gso each datagram must fit the interface's MTU";
    if (error == EMSGSIZE) return "; take fewer --packets-per-datagram";
    return {};
}

tl::unexpected<Error> failure(int error, const Destination& destination, bool segmented) {
    auto failed = fail_os("cannot send to " + destination.text, error);
    failed.value().message += advice(error, destination, segmented);
    return failed;
}

}  // namespace

Result<UdpSender> UdpSender::open(int family, const SocketSettings& settings, const Destination* only_destination) {
    UdpSender sender;
    sender.socket_ = FileDescriptor(::socket(family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    const int socket = sender.socket_.get();
    if (socket < 0) return fail_os("cannot make a UDP socket", errno);
    auto done = family == AF_INET6 ? set_up_ipv6(socket, settings) : set_up_ipv4(socket, settings);
    if (!done) return tl::unexpected<Error>(done.error());
    // Root may go beyond net.core.wmem_max; others get what there is.
    if (!set_integer(socket, SOL_SOCKET, SO_SNDBUFFORCE, settings.buffer_bytes, "SO_SNDBUFFORCE")) {
        ::setsockopt(socket, SOL_SOCKET, SO_SNDBUF, &settings.buffer_bytes, sizeof(settings.buffer_bytes));
    }
    if (only_destination != nullptr) {
        if (::connect(socket, address_of(*only_destination), only_destination->address_size) != 0) {
            return failure(errno, *only_destination, false);
        }
        sender.connected_ = true;
    }
    sender.messages_.resize(capacity);
    sender.pieces_.resize(capacity);
    sender.targets_.resize(capacity);
    sender.controls_.resize(capacity * control_size);
    return sender;
}

void UdpSender::add(std::span<const ByteView> datagrams, const Destination& destination) {
    // Pieces are found by number until the flush, because they may move while more are added.
    if (pieces_used_ + datagrams.size() > pieces_.size()) pieces_.resize(2 * (pieces_used_ + datagrams.size()));
    msghdr& message = messages_[end_].msg_hdr;
    message = {};
    if (!connected_) {
        message.msg_name = const_cast<sockaddr_storage*>(&destination.address);
        message.msg_namelen = destination.address_size;
    }
    message.msg_iovlen = datagrams.size();
    for (const ByteView datagram : datagrams) {
        pieces_[pieces_used_++] = {const_cast<std::uint8_t*>(datagram.data()), datagram.size()};
    }
    if (datagrams.size() > 1) {
        message.msg_control = controls_.data() + end_ * control_size;
        message.msg_controllen = control_size;
        cmsghdr* const control = CMSG_FIRSTHDR(&message);
        control->cmsg_level = SOL_UDP;
        control->cmsg_type = UDP_SEGMENT;
        control->cmsg_len = CMSG_LEN(sizeof(std::uint16_t));
        const auto segment = static_cast<std::uint16_t>(datagrams.front().size());
        std::memcpy(CMSG_DATA(control), &segment, sizeof(segment));
    }
    targets_[end_++] = &destination;
    linked_ = false;
}

Result<std::size_t> UdpSender::flush_some() {
    if (queued() == 0) return std::size_t{0};
    if (!linked_) link_pieces();
    int sent = -1;
    int error = 0;
    // An error may be the report of an earlier datagram that found nobody: then this one has not been tried.
    do {
        sent = ::sendmmsg(socket_.get(), messages_.data() + first_, static_cast<unsigned>(queued()), 0);
        error = errno;
    } while (sent < 0 && !is_out_of_room(error) && (drain_errors() != 0 || error == ECONNREFUSED));
    if (sent < 0) {
        if (is_out_of_room(error)) return std::size_t{0};
        const bool segmented = messages_[first_].msg_hdr.msg_iovlen > 1;
        return failure(error, *targets_[first_], segmented);
    }
    first_ += static_cast<std::size_t>(sent);
    if (first_ == end_) first_ = end_ = pieces_used_ = 0;
    return static_cast<std::size_t>(sent);
}

/// Gives each message its pieces, which no longer move.
void UdpSender::link_pieces() {
    std::size_t piece = 0;
    for (std::size_t i = 0; i < end_; ++i) {
        messages_[i].msg_hdr.msg_iov = pieces_.data() + piece;
        piece += messages_[i].msg_hdr.msg_iovlen;
    }
    linked_ = true;
}

std::uint64_t UdpSender::count_undelivered() {
    drain_errors();
    return undelivered_;
}

/// Takes the reports of what could not be delivered off the socket, or they would fill its buffer.
std::size_t UdpSender::drain_errors() {
    std::array<std::uint8_t, 512> control{};
    std::size_t reports = 0;
    for (;; ++reports) {
        msghdr message{};
        message.msg_control = control.data();
        message.msg_controllen = control.size();
        if (::recvmsg(socket_.get(), &message, MSG_ERRQUEUE | MSG_DONTWAIT) < 0) break;
    }
    undelivered_ += reports;
    return reports;
}

}  // namespace muxtap::send
