#pragma once

#include <chrono>

#include "client/record/timed_packets.h"

namespace muxtap::record {

/// Decides where a stream is cut into files: at the first random access point captured at or after a multiple of the
/// segment's length (counted from 1970 in UTC, so that segments that divide a day begin at midnight), or, when none
/// comes in time, at a packet boundary. Depends on the packets and their capture times alone, not on how they are
/// divided into batches. Pure; used by one thread.
class SegmentCutter {
public:
    SegmentCutter(std::chrono::nanoseconds length, std::chrono::nanoseconds longest_wait) noexcept
        : length_(length), longest_wait_(longest_wait) {}

    /// A file begins with a packet of this time.
    void begin(UnixTime first) noexcept;

    /// The first packet from `from` on that belongs to another file; `packets.count()` when all of them stay in this.
    /// Each packet is asked about once, in order, after `begin`.
    [[nodiscard]] std::size_t find_cut(const TimedPackets& packets, std::size_t from) noexcept;

private:
    void look_for_video(const TimedPackets& packets, std::size_t from, std::size_t to) noexcept;
    [[nodiscard]] bool is_random_access_point(const std::uint8_t* packet) noexcept;

    std::chrono::nanoseconds length_;
    std::chrono::nanoseconds longest_wait_;
    UnixTime boundary_{};
    bool has_video_ = false;
    std::size_t searched_ = 0;
};

}  // namespace muxtap::record
