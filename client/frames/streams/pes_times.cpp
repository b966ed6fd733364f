#include "client/frames/streams/pes_times.h"

#include <algorithm>

namespace muxtap::frames {

void PesTimes::add(ts::Pid pid, ts::Timestamp pts, UnixTime captured, std::uint64_t packet,
                   std::optional<ts::Timestamp> dts) {
    const std::scoped_lock lock(mutex_);
    std::deque<Packet>& packets = pids_[pid];
    const MediaTime time{.position = line_.position(pts, captured), .pts = pts, .captured = captured, .packet = packet};
    packets.push_back({.time = time, .dts = dts});
    if (packets.size() > most_of_a_pid) packets.pop_front();
}

template <typename Condition>
std::optional<MediaTime> PesTimes::newest(ts::Pid pid, Condition condition) const {
    const std::scoped_lock lock(mutex_);
    const auto packets = pids_.find(pid);
    if (packets == pids_.end()) return std::nullopt;
    const auto found = std::find_if(packets->second.rbegin(), packets->second.rend(), condition);
    if (found == packets->second.rend()) return std::nullopt;
    return found->time;
}

std::optional<MediaTime> PesTimes::find(ts::Pid pid, ts::Timestamp pts) const {
    return newest(pid, [&](const Packet& packet) { return packet.time.pts == pts; });
}

std::optional<MediaTime> PesTimes::find_decoded(ts::Pid pid, ts::Timestamp dts) const {
    return newest(pid, [&](const Packet& packet) { return packet.dts == dts; });
}

MediaTime PesTimes::at(ts::Pid pid, std::chrono::nanoseconds position) const {
    const std::scoped_lock lock(mutex_);
    MediaTime result;
    result.position = position;
    const auto packets = pids_.find(pid);
    if (packets == pids_.end()) return result;
    // Pictures are not sent in the order in which they are shown: the nearest before it is not the last in the list.
    const MediaTime* nearest = nullptr;
    constexpr std::ptrdiff_t reordered = 64;
    std::ptrdiff_t earlier = 0;
    for (auto packet = packets->second.rbegin(); packet != packets->second.rend() && earlier < reordered; ++packet) {
        const MediaTime& time = packet->time;
        // Half a tick more: positions are rounded down.
        if (time.position > position + std::chrono::nanoseconds{5'555}) continue;
        ++earlier;
        if (nearest == nullptr || time.position > nearest->position) nearest = &time;
    }
    if (nearest == nullptr) return result;
    result.captured = nearest->captured;
    result.packet = nearest->packet;
    const std::int64_t ticks =
        static_cast<std::int64_t>(nearest->pts->ticks()) + time_to_ticks(position - nearest->position);
    result.pts = ts::Timestamp::from_ticks(static_cast<std::uint64_t>(ticks) + ts::Timestamp::modulus);
    return result;
}

std::uint64_t PesTimes::clock_jumps() const {
    const std::scoped_lock lock(mutex_);
    return line_.jumps();
}

void PesTimes::add_gap(std::uint64_t packet) {
    const std::scoped_lock lock(mutex_);
    gaps_.push_back(packet);
    if (gaps_.size() > most_gaps) gaps_.pop_front();
}

bool PesTimes::gap_between(std::uint64_t earlier, std::uint64_t later) const {
    const std::scoped_lock lock(mutex_);
    return std::any_of(gaps_.begin(), gaps_.end(),
                       [&](std::uint64_t packet) { return packet > earlier && packet <= later; });
}

}  // namespace muxtap::frames
