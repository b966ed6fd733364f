#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "common/ts/packet_view.h"

namespace muxtap::analyzer {

/// Remembers where packets were damaged, so that the gap which such a packet leaves in its PID's continuity_counter is
/// not counted as a loss besides (TR 101 290, 5.2: nothing else is derived from a damaged packet).
class DamageLog {
public:
    /// A packet whose header cannot be trusted: it may have been of any PID.
    void add_unidentified(std::uint64_t position, std::uint64_t packets = 1) noexcept {
        add({position, packets, any_pid});
    }
    /// A packet with transport_error_indicator and this PID.
    void add(ts::Pid pid, std::uint64_t position) noexcept { add({position, 1, pid}); }

    /// Damaged packets behind `position` that may have been of the PID. Once more than `kept` have come behind it,
    /// those forgotten are not counted.
    [[nodiscard]] std::uint64_t packets_since(std::uint64_t position, ts::Pid pid) const noexcept {
        std::uint64_t sum = 0;
        for (std::size_t i = 0; i < std::min(count_, kept); ++i) {
            const Entry& entry = entries_[(count_ - 1 - i) % kept];
            if (entry.position < position) break;
            if (entry.pid == any_pid || entry.pid == pid) sum += entry.packets;
        }
        return sum;
    }

    static constexpr std::size_t kept = 256;

private:
    static constexpr ts::Pid any_pid = 0xFFFF;
    struct Entry {
        std::uint64_t position = 0;
        std::uint64_t packets = 0;
        ts::Pid pid = any_pid;
    };
    void add(Entry entry) noexcept { entries_[count_++ % kept] = entry; }

    std::array<Entry, kept> entries_{};
    std::size_t count_ = 0;
};

}  // namespace muxtap::analyzer
