#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <optional>

#include "client/frames/media_time.h"
#include "client/frames/streams/time_line.h"
#include "common/ts/packet_view.h"

namespace muxtap::frames {

/// The PES packets of a program that were captured last: their time stamps and when they came. Written by the thread
/// that receives, asked by those that decode.
class PesTimes {
public:
    /// PES packets kept of a PID; beyond them the oldest are forgotten.
    static constexpr std::size_t most_of_a_pid = 8192;

    /// Gaps that are remembered.
    static constexpr std::size_t most_gaps = 64;

    /// A PES packet with a PTS begins in packet number `packet` of the stream, captured at `captured`.
    void add(ts::Pid pid, ts::Timestamp pts, UnixTime captured, std::uint64_t packet);

    /// The newest PES packet of the PID with this PTS.
    [[nodiscard]] std::optional<MediaTime> find(ts::Pid pid, ts::Timestamp pts) const;

    /// What is shown at this position: the time of the PES packet that it lies in, moved to it. PTS and capture time
    /// are unknown (nothing and 1970) when none is kept.
    [[nodiscard]] MediaTime at(ts::Pid pid, std::chrono::nanoseconds position) const;

    /// Jumps of the program's clock so far.
    [[nodiscard]] std::uint64_t clock_jumps() const;

    /// Packets are left out before this one.
    void add_gap(std::uint64_t packet);
    /// Whether packets were left out after packet number `earlier` and before or at `later`.
    [[nodiscard]] bool gap_between(std::uint64_t earlier, std::uint64_t later) const;

private:
    mutable std::mutex mutex_;
    TimeLine line_;
    std::map<ts::Pid, std::deque<MediaTime>> pids_;
    std::deque<std::uint64_t> gaps_;  ///< packets behind them, in order
};

}  // namespace muxtap::frames
