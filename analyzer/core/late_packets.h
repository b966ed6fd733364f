#pragma once

#include <cstdint>

namespace muxtap::analyzer {

/// Tells a packet that comes late from a second loss: behind a gap in the continuity_counter of a PID it knows which
/// counters are missing, for the next few packets. Two packets that changed places are then one finding, not three.
class LatePackets {
public:
    /// `lost` counters behind `last` are missing; `packets` is the number of packets of the PID so far. Of a wide gap
    /// nobody can tell: a second loss that jumps into it looks the same.
    void on_gap(unsigned last, unsigned lost, std::uint64_t packets) noexcept {
        constexpr unsigned widest = 7;  // a datagram full
        missing_ = 0;
        lost_ = lost <= widest ? lost : 0;
        for (unsigned i = 0; i < lost_; ++i)
            missing_ = static_cast<std::uint16_t>(missing_ | 1U << ((last + 1 + i) & 15U));
        before_gap_ = last;
        packets_at_gap_ = packets;
    }
    /// Whether a packet out of order with this counter is one of those missing. It is not missing any more then, and
    /// does not count among those behind the gap: as many as are missing may come late together, as a datagram does. A
    /// packet without payload has the counter of the one before it and is never missing, but may come late all the
    /// same.
    [[nodiscard]] bool take(unsigned counter, bool has_payload, std::uint64_t packets) noexcept {
        constexpr std::uint64_t latest = 8;  // packets behind the gap: half of what the counter can tell apart
        if (lost_ == 0 || packets - packets_at_gap_ > latest) return false;
        if (has_payload) {
            if ((missing_ >> counter & 1U) == 0) return false;
            missing_ = static_cast<std::uint16_t>(missing_ & ~(1U << counter));
        } else if (((counter - before_gap_) & 15U) > lost_) {
            return false;
        }
        ++packets_at_gap_;
        return true;
    }

    /// Whether a packet without payload whose counter is `lost` packets ahead is rather some packets late: all it says
    /// is which packet it belongs behind. Never twice in a row, as a counter that stays elsewhere is what counts then.
    [[nodiscard]] bool take_behind(unsigned counter, unsigned lost, std::uint64_t packets) noexcept {
        constexpr unsigned half_of_the_counter = 8;
        if (lost <= half_of_the_counter || packets == behind_again_) return false;
        behind_again_ = packets + 1;
        behind_counter_ = counter;
        return true;
    }
    /// Whether a packet goes on from the one just taken as behind: that was ahead after all, and has been found.
    [[nodiscard]] bool was_ahead(unsigned counter, bool has_payload, std::uint64_t packets) const noexcept {
        return packets == behind_again_ && ((behind_counter_ + (has_payload ? 1U : 0U)) & 15U) == counter;
    }

private:
    std::uint16_t missing_ = 0;
    unsigned before_gap_ = 0;  ///< counter of the last packet before the gap
    unsigned lost_ = 0;        ///< counters that were missing when the gap came
    std::uint64_t packets_at_gap_ = 0;
    unsigned behind_counter_ = 0;
    std::uint64_t behind_again_ = 0;  ///< packets of the PID when the next one would be behind again
};

}  // namespace muxtap::analyzer
