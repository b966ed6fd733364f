#pragma once

#include <cstdint>
#include <random>
#include <span>
#include <vector>

#include "common/ts/packet_view.h"
#include "probe/send/fault_plan.h"
#include "probe/send/fault_record.h"

namespace muxtap::send {

/// Injects the faults that hit single packets: drop, duplicate, corrupt-sync, tei, pcr-jump.
class PacketFaults {
public:
    explicit PacketFaults(const FaultPlan& plan);

    /// What to do with the packet; at most one of the two, a packet left out gets no other fault.
    struct Verdict {
        bool drop = false;
        bool duplicate = false;
    };
    /// To be called for every packet in order. Changes `packet` and appends a record (kind, packet and detail) for each
    /// change; drop and duplicate are left to the caller, records too.
    [[nodiscard]] Verdict apply(const SourcePacket& source, std::span<std::uint8_t, ts::packet_size> packet,
                                std::vector<FaultRecord>& records);

private:
    void jump(const SourcePacket& source, std::span<std::uint8_t, ts::packet_size> packet,
              std::vector<FaultRecord>& records);

    FaultSelector drop_;
    FaultSelector duplicate_;
    FaultSelector corrupt_sync_;
    FaultSelector tei_;
    std::mt19937_64 sync_values_;
    std::optional<PcrJump> pcr_jump_;
    std::vector<ts::Pid> jumped_;  ///< PIDs whose jump is in the list
};

}  // namespace muxtap::send
