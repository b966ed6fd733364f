#pragma once

#include <algorithm>
#include <cstdint>

#include "analyzer/packet_block.h"

namespace muxtap::analyzer {

/// The time of each packet of a block. Packets are asked for by their number in the block.
class BlockTimes {
public:
    explicit BlockTimes(const PacketBlock& block) noexcept : block_(block), packets_(block.packets()) {
        if (!block.datagrams.empty()) behind_mark_ = block.datagrams.front().packets;
        if (packets_ > 0 && block.end > block.begin)
            step_ = static_cast<double>((block.end - block.begin).count()) / static_cast<double>(packets_);
    }

    [[nodiscard]] bool timed() const noexcept { return block_.timed; }
    [[nodiscard]] bool by_datagram() const noexcept { return !block_.datagrams.empty(); }

    /// Time of a packet. Cheap when asked for in rising order; the start of the block's time when it has no times.
    [[nodiscard]] UnixTime at(std::size_t packet) noexcept {
        if (!by_datagram()) return between(packet);
        seek(packet);
        return block_.datagrams[mark_].time;
    }

    /// Whether the time of the packet's datagram was measured, and not that of one it was merged with.
    [[nodiscard]] bool exact(std::size_t packet) noexcept {
        if (!by_datagram()) return true;
        seek(packet);
        return !block_.datagrams[mark_].merged;
    }

    /// Number of packets that come before `time`; at least `from`, and no more than there are: marks may claim more.
    [[nodiscard]] std::size_t packets_before(UnixTime time, std::size_t from) const noexcept {
        if (!block_.timed) return packets_;
        if (!by_datagram()) return linear_before(time, from);
        std::size_t packet = first_of_mark_;
        std::size_t i = mark_;
        for (; i < block_.datagrams.size() && block_.datagrams[i].time < time && packet < packets_; ++i)
            packet += block_.datagrams[i].packets;
        // What is behind the last mark has its time.
        return i == block_.datagrams.size() ? packets_ : std::clamp(packet, from, packets_);
    }

    /// Time behind the last packet.
    [[nodiscard]] UnixTime end() const noexcept { return by_datagram() ? block_.datagrams.back().time : block_.end; }

private:
    [[nodiscard]] UnixTime between(std::size_t packet) const noexcept {
        const double offset = step_ * static_cast<double>(packet);
        return block_.begin + std::chrono::nanoseconds(static_cast<std::int64_t>(offset));
    }
    [[nodiscard]] std::size_t linear_before(UnixTime time, std::size_t from) const noexcept {
        if (time > block_.end || step_ <= 0) return packets_;
        std::size_t before = from;
        if (time > between(from)) {
            const double guess = static_cast<double>((time - block_.begin).count()) / step_;
            before = std::clamp(static_cast<std::size_t>(guess), from, packets_);
            while (before > from && between(before - 1) >= time) --before;
            while (before < packets_ && between(before) < time) ++before;
        }
        return before;
    }
    /// Moves on, or back, to the datagram of the packet.
    void seek(std::size_t packet) noexcept {
        while (packet >= behind_mark_ && mark_ + 1 < block_.datagrams.size()) {
            first_of_mark_ = behind_mark_;
            behind_mark_ += block_.datagrams[++mark_].packets;
        }
        while (packet < first_of_mark_) {
            behind_mark_ = first_of_mark_;
            first_of_mark_ -= block_.datagrams[--mark_].packets;
        }
    }

    const PacketBlock& block_;
    std::size_t packets_;
    double step_ = 0;                ///< nanoseconds from packet to packet where there are no marks
    std::size_t mark_ = 0;           ///< datagram of the packet asked for last
    std::size_t first_of_mark_ = 0;  ///< number of its first packet
    std::size_t behind_mark_ = 0;    ///< and of the one behind its last
};

}  // namespace muxtap::analyzer
