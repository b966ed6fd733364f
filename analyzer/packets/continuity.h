#pragma once

#include <cstdint>

#include "analyzer/packets/pid_slot.h"
#include "common/ts/clock_fields.h"

namespace muxtap::analyzer {

/// How a packet stands to the one before it on its PID (ISO/IEC 13818-1, 2.4.3.3; TR 101 290, 5.2.1, indicator 1.4).
enum class Continuity : std::uint8_t {
    first,  ///< nothing to compare with
    in_order,
    announced,  ///< out of order, as its discontinuity_indicator says
    duplicate,  ///< the same packet a second time, which is legal
    repeated,   ///< the same packet more than twice
    lost,       ///< packets are missing, or in wrong order
};

struct ContinuityVerdict {
    Continuity continuity = Continuity::in_order;
    std::uint8_t lost = 0;  ///< least number of packets missing: a multiple of 16 more may be

    [[nodiscard]] bool operator==(const ContinuityVerdict&) const noexcept = default;
};

/// Whether `later` has the bytes of `earlier`; PCR and OPCR may differ.
[[nodiscard]] bool is_same_packet(const ts::PacketView& earlier, const ts::PacketView& later) noexcept;

/// Judges a packet by the slot of its PID, before it is counted there. `previous` is the packet before it on the PID,
/// null when its bytes are not known any more: then an equal continuity_counter is taken as a duplicate.
[[nodiscard]] ContinuityVerdict judge_continuity(const PidSlot& slot, const PacketHeader& header,
                                                 const std::uint8_t* packet, const std::uint8_t* previous) noexcept;

}  // namespace muxtap::analyzer
