#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <vector>

#include "common/base/bytes.h"
#include "common/base/result.h"
#include "common/ts/packet_view.h"
#include "probe/send/fault_record.h"

namespace muxtap::send {

/// One UDP payload to be sent, and when. Its memory is used again for later ones.
struct Datagram {
    std::vector<std::uint8_t> bytes;
    std::size_t header_size = 0;      ///< of the RTP header in front of the packets, 0 for plain UDP
    std::chrono::nanoseconds due{0};  ///< after the start of the play
    std::uint64_t number = 0;         ///< of the datagrams built, from 0
    std::vector<FaultRecord> faults;  ///< injected in it or right before it

    /// The transport packets, without the header. Borrowed.
    [[nodiscard]] ByteView packets() const noexcept { return ByteView(bytes).subspan(header_size); }
    [[nodiscard]] std::size_t packet_count() const noexcept { return (bytes.size() - header_size) / ts::packet_size; }
};

/// Makes datagrams one after the other, in the order in which they are to be sent; `due` never falls.
class DatagramSource {
public:
    virtual ~DatagramSource() = default;
    /// Overwrites `datagram` with the next one; false at the end of the play.
    [[nodiscard]] virtual bool next(Datagram& datagram) = 0;
    /// At the end of the play: faults behind the last datagram, such as packets left out there. Borrowed.
    [[nodiscard]] virtual std::span<const FaultRecord> rest() const = 0;
};

/// Told of each datagram, in order, once it has really left.
class SentSink {
public:
    virtual ~SentSink() = default;
    [[nodiscard]] virtual Result<void> sent(const Datagram& datagram) = 0;
};

}  // namespace muxtap::send
