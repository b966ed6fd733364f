#include "probe/source/udp_socket_source.h"

#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <thread>
#include <vector>

#include "common/base/file_descriptor.h"
#include "common/ts/packet_view.h"
#include "probe/source/capture_errors.h"
#include "probe/source/group_membership.h"

namespace muxtap::probe {
namespace {

constexpr std::size_t messages_at_once = 64;
constexpr std::size_t largest_payload = 65536;
constexpr std::size_t control_bytes = 128;

/// A datagram's sender and what the kernel says about it.
struct Arrival {
    sockaddr_storage sender{};
    alignas(cmsghdr) std::array<char, control_bytes> control{};
};

void read_sender(const sockaddr_storage& address, net::Datagram& datagram) {
    if (address.ss_family == AF_INET) {
        const auto& v4 = reinterpret_cast<const sockaddr_in&>(address);
        datagram.source = net::IpAddress::from_v4({reinterpret_cast<const std::uint8_t*>(&v4.sin_addr), 4});
        datagram.source_port = ntohs(v4.sin_port);
    } else if (address.ss_family == AF_INET6) {
        const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address);
        datagram.source = net::IpAddress::from_v6({reinterpret_cast<const std::uint8_t*>(&v6.sin6_addr), 16});
        datagram.source_port = ntohs(v6.sin6_port);
    }
}

/// One stream's socket.
struct Channel {
    FileDescriptor socket;
    std::size_t stream = 0;
    net::Datagram heading;                   ///< what all datagrams of the stream have in common
    std::size_t slot = 7 * ts::packet_size;  ///< size that datagrams have had: where the next ones may land
    std::uint32_t kernel_dropped = 0;
};

class SocketSource : public Source {
public:
    explicit SocketSource(std::vector<Channel> channels)
        : channels_(std::move(channels)), overflow_(messages_at_once * largest_payload) {
        for (const Channel& channel : channels_) {
            items_.push_back({.fd = channel.socket.get(), .events = POLLIN, .revents = 0});
        }
    }

    Result<Poll> poll(DatagramSink& sink, std::chrono::milliseconds wait) override {
        bool any = false;
        for (Channel& channel : channels_) {
            const auto got = receive(channel, sink);
            if (!got) return tl::unexpected<Error>(got.error());
            any |= *got;
        }
        if (any) return Poll::datagrams;
        if (::poll(items_.data(), items_.size(), static_cast<int>(wait.count())) <= 0) return Poll::idle;
        // Something has come. Taking it datagram by datagram costs several times as much as letting a few gather.
        std::this_thread::sleep_for(std::chrono::milliseconds{1});
        return Poll::datagrams;
    }

    SourceCounters counters() override {
        SourceCounters counters{.frames = datagrams_};
        for (const Channel& channel : channels_) counters.kernel_dropped += channel.kernel_dropped;
        return counters;
    }

private:
    /// Reads what is waiting, at most a few hundred datagrams. True when there was any.
    Result<bool> receive(Channel& channel, DatagramSink& sink) {
        bool any = false;
        constexpr int most_calls_at_once = 8;
        for (int call = 0; call < most_calls_at_once; ++call) {
            const std::span<std::uint8_t> room = sink.landing(channel.stream);
            prepare(room, channel.slot);
            const int got = ::recvmmsg(channel.socket.get(), messages_.data(), messages_at_once, MSG_DONTWAIT, nullptr);
            if (got < 0 && (errno == EAGAIN || errno == EINTR)) return any;
            // An earlier ICMP error on a unicast socket is not about receiving.
            if (got < 0 && errno == ECONNREFUSED) continue;
            if (got < 0) return fail_os("receiving failed", errno);
            if (got > 0) any = true;
            offer(channel, sink, static_cast<std::size_t>(got), room);
            if (static_cast<std::size_t>(got) < messages_at_once) return any;
        }
        return any;
    }

    /// Slots of the room first, the overflow buffer behind each: nothing is cut off, whatever its size.
    void prepare(std::span<std::uint8_t> room, std::size_t slot) {
        for (std::size_t i = 0; i < messages_at_once; ++i) {
            std::uint8_t* const spare = overflow_.data() + i * largest_payload;
            const bool lands = (i + 1) * slot <= room.size();
            vectors_[i][0] = {lands ? room.data() + i * slot : spare, lands ? slot : 0};
            vectors_[i][1] = {spare, largest_payload};
            msghdr& header = messages_[i].msg_hdr;
            header = {};
            header.msg_name = &arrivals_[i].sender;
            header.msg_namelen = sizeof(sockaddr_storage);
            header.msg_iov = vectors_[i].data();
            header.msg_iovlen = vectors_[i].size();
            header.msg_control = arrivals_[i].control.data();
            header.msg_controllen = control_bytes;
        }
    }

    void offer(Channel& channel, DatagramSink& sink, std::size_t count, std::span<std::uint8_t> room) {
        if (count == 0) return;
        datagrams_ += count;
        std::size_t longest = 0;
        for (std::size_t i = 0; i < count; ++i) longest = std::max<std::size_t>(longest, messages_[i].msg_len);
        const bool loss = dropped_before(messages_[count - 1].msg_hdr, channel) != channel.kernel_dropped;
        // A datagram longer than its slot would be put together over the ones that landed behind it; and what a loss
        // divides does not stay in one batch.
        if ((longest > channel.slot || loss) && !room.empty()) save_landed(count);
        for (std::size_t i = 0; i < count; ++i) {
            if (loss) tell_losses(messages_[i].msg_hdr, channel, sink);
            net::Datagram datagram = channel.heading;
            datagram.payload = payload_of(i);
            read_sender(arrivals_[i].sender, datagram);
            datagram.time = time_of(messages_[i].msg_hdr);
            sink.on_datagram(datagram);
        }
        if (longest != 0) channel.slot = longest;
    }

    /// The bytes of message i, wherever they are.
    [[nodiscard]] ByteView payload_of(std::size_t i) const {
        const std::size_t size = messages_[i].msg_len;
        const iovec& landed = vectors_[i][0];
        if (size <= landed.iov_len) return {static_cast<const std::uint8_t*>(landed.iov_base), size};
        return {static_cast<const std::uint8_t*>(vectors_[i][1].iov_base), size};
    }

    /// Moves what landed in the room in front of what overflowed, so that every datagram is whole in the spare buffer.
    void save_landed(std::size_t count) {
        for (std::size_t i = 0; i < count; ++i) {
            const std::size_t size = messages_[i].msg_len;
            iovec& landed = vectors_[i][0];
            auto* const spare = static_cast<std::uint8_t*>(vectors_[i][1].iov_base);
            const std::size_t in_slot = std::min(size, landed.iov_len);
            std::memmove(spare + in_slot, spare, size - in_slot);
            std::memcpy(spare, landed.iov_base, in_slot);
            landed.iov_len = 0;
        }
    }

    /// What the kernel says about a datagram under this SOL_SOCKET type; empty when it says nothing.
    template <typename T>
    static std::optional<T> told(msghdr& header, int type) {
        for (cmsghdr* item = CMSG_FIRSTHDR(&header); item != nullptr; item = CMSG_NXTHDR(&header, item)) {
            if (item->cmsg_level != SOL_SOCKET || item->cmsg_type != type) continue;
            T value{};
            std::memcpy(&value, CMSG_DATA(item), sizeof(value));
            return value;
        }
        return std::nullopt;
    }

    static UnixTime time_of(msghdr& header) {
        const auto stamp = told<timespec>(header, SO_TIMESTAMPNS);
        if (!stamp) return unix_now();
        return UnixTime{std::chrono::seconds{stamp->tv_sec} + std::chrono::nanoseconds{stamp->tv_nsec}};
    }

    /// Datagrams that the channel's socket had dropped when this one came into it.
    static std::uint32_t dropped_before(msghdr& header, const Channel& channel) {
        return told<std::uint32_t>(header, SO_RXQ_OVFL).value_or(channel.kernel_dropped);
    }

    void tell_losses(msghdr& header, Channel& channel, DatagramSink& sink) {
        const std::uint32_t dropped = dropped_before(header, channel);
        if (dropped == channel.kernel_dropped) return;
        channel.kernel_dropped = dropped;
        sink.on_kernel_loss(counters().kernel_dropped);
    }

    std::vector<Channel> channels_;
    std::vector<pollfd> items_;
    std::array<mmsghdr, messages_at_once> messages_{};
    std::array<std::array<iovec, 2>, messages_at_once> vectors_{};
    std::array<Arrival, messages_at_once> arrivals_{};
    std::vector<std::uint8_t> overflow_;
    std::uint64_t datagrams_ = 0;
};

Result<void> bind_to(int socket, const StreamSelector& selector, const std::string& device) {
    sockaddr_storage storage{};
    socklen_t size = 0;
    const ByteView bytes = selector.destination.bytes();
    if (selector.destination.is_v4()) {
        auto& address = reinterpret_cast<sockaddr_in&>(storage);
        address.sin_family = AF_INET;
        address.sin_port = htons(selector.port);
        std::copy(bytes.begin(), bytes.end(), reinterpret_cast<std::uint8_t*>(&address.sin_addr));
        size = sizeof(address);
    } else {
        auto& address = reinterpret_cast<sockaddr_in6&>(storage);
        address.sin6_family = AF_INET6;
        address.sin6_port = htons(selector.port);
        std::copy(bytes.begin(), bytes.end(), reinterpret_cast<std::uint8_t*>(&address.sin6_addr));
        address.sin6_scope_id = device.empty() ? 0 : ::if_nametoindex(device.c_str());
        size = sizeof(address);
    }
    if (::bind(socket, reinterpret_cast<const sockaddr*>(&storage), size) == 0) return {};
    return fail_os("cannot receive on " + selector.destination.to_text_with_port(selector.port), errno);
}

Result<Channel> open_channel(const StreamSelector& selector, std::size_t stream,
                             const UdpSocketSource::Settings& settings, std::string& note) {
    const int family = selector.destination.is_v4() ? AF_INET : AF_INET6;
    Channel channel;
    channel.socket = FileDescriptor(::socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    channel.stream = stream;
    channel.heading.destination = selector.destination;
    channel.heading.destination_port = selector.port;
    const int socket = channel.socket.get();
    if (!channel.socket.valid()) return fail_os("cannot open a UDP socket", errno);

    const int on = 1;
    ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    ::setsockopt(socket, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on));
    ::setsockopt(socket, SOL_SOCKET, SO_RXQ_OVFL, &on, sizeof(on));
    const int wanted = static_cast<int>(std::min<std::size_t>(settings.buffer_bytes, 1U << 30));
    if (::setsockopt(socket, SOL_SOCKET, SO_RCVBUFFORCE, &wanted, sizeof(wanted)) != 0) {
        ::setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &wanted, sizeof(wanted));
        int allowed = 0;
        socklen_t size = sizeof(allowed);
        ::getsockopt(socket, SOL_SOCKET, SO_RCVBUF, &allowed, &size);
        if (allowed / 2 < wanted) {
            note = "the kernel allows a socket buffer of " + std::to_string(allowed / 2) + " bytes instead of " +
                   std::to_string(wanted) + ": raise it with sysctl -w net.core.rmem_max=" + std::to_string(wanted);
        }
    }
    if (auto bound = bind_to(socket, selector, settings.device); !bound) return tl::unexpected<Error>(bound.error());
    if (settings.join && selector.destination.is_multicast()) {
        auto joined = join_group(socket, selector.destination, selector.sender, settings.device);
        if (!joined) return tl::unexpected<Error>(joined.error());
    }
    return channel;
}

}  // namespace

Result<std::unique_ptr<Source>> UdpSocketSource::open(std::span<const StreamSelector> selectors,
                                                      const Settings& settings, std::string& note) {
    std::vector<Channel> channels;
    for (std::size_t i = 0; i < selectors.size(); ++i) {
        auto channel = open_channel(selectors[i], i, settings, note);
        if (!channel) return tl::unexpected<Error>(channel.error());
        channels.push_back(std::move(*channel));
    }
    return std::unique_ptr<Source>(std::make_unique<SocketSource>(std::move(channels)));
}

}  // namespace muxtap::probe
