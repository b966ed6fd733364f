#pragma once

#include <memory>
#include <span>
#include <vector>

#include "analyzer/packet_block.h"
#include "client/metrics/records/interval_record.h"

namespace muxtap::metrics {

/// Times between the packets of each PID, by the capture times of their datagrams: packets of one datagram arrive at
/// once. A pass over every packet, for those who ask for it.
class PidArrivals {
public:
    PidArrivals();

    /// Consecutive packets of 188 bytes and the datagrams they came in. Time does not go backwards.
    void note(ByteView packets, std::span<const analyzer::DatagramMark> datagrams);

    /// Packets are missing: the next time of each PID is not one between two packets that followed each other.
    void interrupt() noexcept { ++generation_; }

    /// PIDs with two packets or more, in order. The largest of an interval begins anew.
    [[nodiscard]] std::vector<PidArrival> take();

private:
    struct Slot {
        UnixTime last{};
        std::uint32_t generation = 0;  ///< that `last` belongs to; 0: there is none
        PidArrival arrival;
    };

    std::uint32_t generation_ = 1;
    std::vector<Slot> slots_;  ///< by PID
};

}  // namespace muxtap::metrics
