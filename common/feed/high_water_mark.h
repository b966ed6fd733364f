#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "common/ts/packet_view.h"

namespace muxtap::feed {

/// Translates a subscriber's budget in bytes into ZeroMQ's high-water mark, which counts messages. The mark is the
/// budget divided by the memory of the largest batch in use. When nearly all batches are smaller and there are many of
/// them, as with a hundred slow streams, the largest batch is made smaller and the mark larger, so that the budget
/// holds and still stands for enough time. The mark only ever rises: libzmq 4.3 may stop a pipe for ever when it is
/// lowered (docs/decisions/0005). Pure arithmetic; the owner applies the results to its sockets and its pool.
class HighWaterMark {
public:
    static constexpr std::size_t levels = 4;

    HighWaterMark(std::uint64_t budget_bytes, std::size_t full_packets) noexcept
        : budget_bytes_(budget_bytes), full_packets_(full_packets) {}

    /// Messages that a subscriber's queue may hold.
    [[nodiscard]] int messages() const noexcept {
        constexpr std::uint64_t most = 100'000;
        const std::uint64_t count = budget_bytes_ / (largest_packets() * ts::packet_size);
        return count < 2 ? 2 : static_cast<int>(count > most ? most : count);
    }

    /// Packets that a batch may have room for, at most: full, or 1/4, 1/16, 1/64 of it.
    [[nodiscard]] std::size_t largest_packets() const noexcept { return packets_at(level_); }

    /// Notes a message whose batch has room for so many packets.
    void note(std::size_t capacity_packets) noexcept {
        std::size_t level = 0;
        while (level + 1 < levels && capacity_packets <= packets_at(level + 1)) ++level;
        ++counts_[level];
    }

    /// Looks at the messages noted in the last `seconds` and forgets them. True when the mark has risen.
    [[nodiscard]] bool review(double seconds) noexcept {
        const std::size_t before = level_;
        std::uint64_t total = 0;
        for (const std::uint64_t count : counts_) total += count;
        std::uint64_t too_large = 0;
        for (std::size_t level = 1; level < levels; ++level) {
            too_large += counts_[level - 1];
            // The mark shall stand for two seconds; one batch in ten may be cut in pieces for it.
            const bool needed = static_cast<double>(messages()) < 2 * static_cast<double>(total) / seconds;
            if (level > level_ && needed && too_large * 10 <= total) level_ = level;
        }
        counts_ = {};
        return level_ != before;
    }

private:
    [[nodiscard]] std::size_t packets_at(std::size_t level) const noexcept {
        const std::size_t packets = full_packets_ >> (2 * level);
        return packets == 0 ? 1 : packets;
    }

    std::uint64_t budget_bytes_;
    std::size_t full_packets_;
    std::size_t level_ = 0;
    std::array<std::uint64_t, levels> counts_{};
};

}  // namespace muxtap::feed
