#pragma once

#include <cstdint>
#include <vector>

#include "common/base/bytes.h"
#include "common/ts/reject_reason.h"

namespace muxtap::ts {

/// Where the transport packets of a block of bytes are.
struct Located {
    bool is_ts = false;
    std::size_t stride = 188;            ///< 188, 204 (Reed-Solomon tail) or 192 (4 bytes of arrival time in front)
    std::vector<std::uint32_t> offsets;  ///< of each packet that may enter the feed
    RejectCounts rejected;
    /// Start of a packet that the end of the block cuts off; the block's size when there is none. Of a continuous
    /// block: start of what could not be judged yet, also when no transport stream was found in it.
    std::size_t tail = 0;
};

/// What is known of a stream from earlier blocks.
struct LocatorHint {
    std::size_t stride = 188;
    bool proven = false;  ///< earlier blocks were transport stream: a single packet at a block's start is believed
    /// The block is a piece of a file or pipe and more follows: what its end cuts off is left in `tail`, and two
    /// packets are proof enough, however much damage there is around them.
    bool continuous = false;
};

/// Finds the packets in a datagram or block of bytes that is not simply a whole number of valid packets. A bad sync
/// byte costs that packet; when the packets have shifted, the next sync byte that is followed by another at the stride
/// is taken. A block is transport stream when at least two packets and half of the room for packets are synchronised:
/// a 0x47 by chance is not enough. One whole packet that fills its block is.
class PacketLocator {
public:
    /// The result is borrowed: valid until the next call. A block is at most 4 GiB.
    [[nodiscard]] const Located& locate(ByteView block, LocatorHint hint);

private:
    /// Walks the block at one stride into `located`; returns the number of synchronised packets.
    static std::size_t walk(ByteView block, LocatorHint hint, Located& located);

    Located best_;
    Located candidate_;
};

}  // namespace muxtap::ts
