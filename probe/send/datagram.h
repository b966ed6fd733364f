#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

#include "common/base/bytes.h"

namespace muxtap::send {

/// One UDP payload to be sent, and when. Its memory is used again for later ones.
struct Datagram {
    std::vector<std::uint8_t> bytes;
    std::chrono::nanoseconds due{0};  ///< after the start of the play
    std::size_t header_size = 0;      ///< of the RTP header in front of the packets, 0 for plain UDP
    std::uint64_t number = 0;         ///< of the datagrams built, from 0

    /// The transport packets, without the header.
    [[nodiscard]] ByteView packets() const noexcept { return ByteView(bytes).subspan(header_size); }
};

/// Makes datagrams one after the other, in the order in which they are to be sent; `due` never falls.
class DatagramSource {
public:
    virtual ~DatagramSource() = default;
    /// Overwrites `datagram` with the next one; false at the end of the play.
    [[nodiscard]] virtual bool next(Datagram& datagram) = 0;
    /// Told of each datagram of `next`, in order, once it has really left.
    virtual void sent(const Datagram& datagram) = 0;
};

}  // namespace muxtap::send
