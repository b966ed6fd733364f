#pragma once

#include <cstdint>
#include <list>
#include <utility>
#include <vector>

#include "common/base/bytes.h"
#include "common/base/clock.h"
#include "common/net/ip_address.h"

namespace muxtap::net {

/// One IP fragment of a UDP datagram. The bytes are borrowed.
struct Fragment {
    IpAddress source;
    IpAddress destination;
    std::uint32_t identification = 0;
    std::size_t offset = 0;  ///< of `bytes` in the datagram
    bool last = false;       ///< no more fragments behind it
    ByteView bytes;
    UnixTime time{};
};

/// Puts fragmented IP datagrams together again (RFC 791, 3.2; RFC 8200, 4.5). Bounded: at most `most_datagrams` at a
/// time, the oldest gives way; a datagram that is not complete after one second is given up. Overlapping fragments
/// spoil their datagram (RFC 5722).
class FragmentAssembler {
public:
    static constexpr std::size_t most_datagrams = 64;
    static constexpr std::size_t largest_datagram = 65535;
    static constexpr std::chrono::seconds patience{1};

    struct Outcome {
        ByteView whole;        ///< the complete datagram, borrowed until the next call; empty while parts are missing
        bool refused = false;  ///< the fragment was absurd or overlapped others
    };
    [[nodiscard]] Outcome add(const Fragment& fragment);

    /// Datagrams given up incomplete.
    [[nodiscard]] std::uint64_t expired() const noexcept { return expired_; }

private:
    struct Pending {
        IpAddress source;
        IpAddress destination;
        std::uint32_t identification = 0;
        UnixTime started{};
        std::vector<std::uint8_t> bytes;
        std::vector<std::pair<std::size_t, std::size_t>> ranges;  ///< [begin, end) of what is there
        std::size_t received = 0;
        std::size_t total = 0;  ///< 0 until the last fragment is there
    };
    std::list<Pending>::iterator find(const Fragment& fragment);
    void expire(UnixTime now);
    void give_up_oldest();

    std::list<Pending> pending_;  ///< oldest first
    std::vector<std::uint8_t> whole_;
    std::uint64_t expired_ = 0;
};

}  // namespace muxtap::net
