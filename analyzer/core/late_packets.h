#pragma once

#include <cstdint>

namespace muxtap::analyzer {

/// Tells a packet that comes late from a second loss: behind a gap in the continuity_counter of a PID it knows which
/// counters are missing, for the next few packets. Two packets that changed places are then one finding, not three.
class LatePackets {
public:
    /// `lost` counters from `expected` on are missing; `packets` is the number of packets of the PID so far. Of a wide
    /// gap nobody can tell: a second loss that jumps into it looks the same.
    void on_gap(unsigned expected, unsigned lost, std::uint64_t packets) noexcept {
        constexpr unsigned widest = 7;  // a datagram full
        missing_ = 0;
        if (lost > widest) return;
        for (unsigned i = 0; i < lost; ++i)
            missing_ = static_cast<std::uint16_t>(missing_ | 1U << ((expected + i) & 15U));
        packets_at_gap_ = packets;
    }
    /// Whether a packet out of order with this counter is one of those missing. It is not missing any more then.
    [[nodiscard]] bool take(unsigned counter, std::uint64_t packets) noexcept {
        constexpr std::uint64_t latest = 8;  // packets behind the gap: half of what the counter can tell apart
        if ((missing_ >> counter & 1U) == 0 || packets - packets_at_gap_ > latest) return false;
        missing_ = static_cast<std::uint16_t>(missing_ & ~(1U << counter));
        return true;
    }

private:
    std::uint16_t missing_ = 0;
    std::uint64_t packets_at_gap_ = 0;
};

}  // namespace muxtap::analyzer
