#pragma once

#include <cstdint>
#include <span>

#include "common/base/bytes.h"
#include "common/base/clock.h"
#include "common/ts/packet_view.h"
#include "common/ts/reject_reason.h"

namespace muxtap::analyzer {

/// One datagram of a block.
struct DatagramMark {
    std::uint32_t packets = 0;  ///< packets of the block that came in it
    UnixTime time{};            ///< when it was captured
    /// It arrived merged with the one before under one time stamp: the time between the two is not known.
    bool merged = false;
    /// No datagram of its own: the rest of the one before, whose first packets were in the block before.
    bool continued = false;
};

/// What went missing or was left out between the block before and this one.
struct LossBefore {
    /// The capture or its way here lost packets (kernel, queue or subscriber): what is found in its shadow is not held
    /// against the stream.
    bool capture_loss = false;
    /// Packets known to be missing by that; 0 also when the number is not known.
    std::uint64_t captured_packets_lost = 0;
    ts::RejectCounts rejected;        ///< what arrived and was not taken as a packet
    std::uint64_t skipped_bytes = 0;  ///< bytes of the stream between the packets, where the packets have shifted
};

/// RTP as the capture saw it, cumulative.
struct RtpTotals {
    std::uint64_t lost = 0;
    std::uint64_t reordered = 0;  ///< late
    std::uint64_t duplicated = 0;

    [[nodiscard]] bool operator==(const RtpTotals&) const noexcept = default;
};

/// Consecutive packets of one stream with the times they arrived at. All spans are borrowed for the call.
///
/// Time comes in one of three ways: one mark per datagram (`datagrams`, their packets add up to the block's); a start
/// and an end between which the packets are spread evenly (`begin`, `end`: a file, timed by its PCRs); or no time at
/// all (`timed` false), as long as nothing is known of it. Time never goes backwards from block to block.
struct PacketBlock {
    ByteView bytes;                        ///< packets, the first at 0; the last may end at its 188th byte
    std::size_t stride = ts::packet_size;  ///< bytes from packet to packet: 188, 192 or 204
    std::span<const DatagramMark> datagrams{};
    bool timed = true;
    UnixTime begin{};  ///< time of the first packet where there are no marks
    UnixTime end{};    ///< time of the packet behind the last one where there are no marks
    LossBefore before{};

    [[nodiscard]] std::size_t packets() const noexcept {
        return bytes.size() < ts::packet_size ? 0 : (bytes.size() - ts::packet_size) / stride + 1;
    }
};

}  // namespace muxtap::analyzer
