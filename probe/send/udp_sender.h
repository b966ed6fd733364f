#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <optional>
#include <vector>

#include "common/base/bytes.h"
#include "common/base/file_descriptor.h"
#include "common/base/result.h"
#include "probe/send/destination.h"

namespace muxtap::send {

/// How sockets are set up.
struct SocketSettings {
    std::optional<unsigned> interface_index;  ///< that multicast leaves by; unset: as the routes say
    std::optional<int> hops;                  ///< time to live or hop limit of all; unset: the system's
    int multicast_hops = 1;
    int buffer_bytes = 4 << 20;
};

/// Sends to destinations of one address family through one socket. Messages are queued by reference and leave with
/// `flush` in as few system calls as possible.
class UdpSender {
public:
    static constexpr std::size_t capacity = 512;      ///< messages queued at most
    static constexpr std::size_t most_segments = 64;  ///< datagrams in one message (UDP_MAX_SEGMENTS of the kernel)

    /// With a single destination the socket is connected to it, which spares the kernel a route look-up each time.
    [[nodiscard]] static Result<UdpSender> open(int family, const SocketSettings& settings,
                                                const Destination* only_destination);

    /// Whether there is room for one more message.
    [[nodiscard]] bool full() const noexcept { return end_ == capacity; }
    /// Messages that have not left.
    [[nodiscard]] std::size_t queued() const noexcept { return end_ - first_; }

    /// Queues one message of one or more datagrams of equal size (the last may be shorter), sent as one super-frame
    /// when there are several (UDP_SEGMENT). The bytes and the destination are borrowed until they have left.
    void add(std::span<const ByteView> datagrams, const Destination& destination);

    /// Sends what the kernel takes of the queue in one system call and says how many messages left, in order; the rest
    /// stays queued. 0 says that the kernel has no room for now.
    [[nodiscard]] Result<std::size_t> flush_some();

    /// Datagrams that came back because nobody listened at the other end (ICMP unreachable). They count as sent.
    [[nodiscard]] std::uint64_t count_undelivered();

private:
    UdpSender() = default;
    void link_pieces();
    std::size_t drain_errors();

    FileDescriptor socket_;
    bool connected_ = false;
    std::vector<mmsghdr> messages_;
    std::vector<const Destination*> targets_;
    std::vector<iovec> pieces_;
    std::vector<std::uint8_t> controls_;
    std::size_t first_ = 0;  ///< message that leaves next
    std::size_t end_ = 0;    ///< behind the last message queued
    std::size_t pieces_used_ = 0;
    bool linked_ = false;  ///< whether messages know their pieces
    std::uint64_t undelivered_ = 0;
};

}  // namespace muxtap::send
