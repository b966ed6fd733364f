#include "client/frames/streams/pes_times.h"

#include <algorithm>

namespace muxtap::frames {

void PesTimes::add(ts::Pid pid, ts::Timestamp pts, UnixTime captured, std::uint64_t packet) {
    const std::scoped_lock lock(mutex_);
    std::deque<MediaTime>& times = pids_[pid];
    times.push_back({.position = line_.position(pts, captured), .pts = pts, .captured = captured, .packet = packet});
    if (times.size() > most_of_a_pid) times.pop_front();
}

std::optional<MediaTime> PesTimes::find(ts::Pid pid, ts::Timestamp pts) const {
    const std::scoped_lock lock(mutex_);
    const auto times = pids_.find(pid);
    if (times == pids_.end()) return std::nullopt;
    const auto found = std::find_if(times->second.rbegin(), times->second.rend(),
                                    [&](const MediaTime& time) { return time.pts == pts; });
    if (found == times->second.rend()) return std::nullopt;
    return *found;
}

MediaTime PesTimes::at(ts::Pid pid, std::chrono::nanoseconds position) const {
    const std::scoped_lock lock(mutex_);
    MediaTime result;
    result.position = position;
    const auto times = pids_.find(pid);
    if (times == pids_.end()) return result;
    // Pictures are not sent in the order in which they are shown: the nearest before it is not the last in the list.
    const MediaTime* nearest = nullptr;
    constexpr std::ptrdiff_t reordered = 64;
    std::ptrdiff_t earlier = 0;
    for (auto time = times->second.rbegin(); time != times->second.rend() && earlier < reordered; ++time) {
        // Half a tick more: positions are rounded down.
        if (time->position > position + std::chrono::nanoseconds{5'555}) continue;
        ++earlier;
        if (nearest == nullptr || time->position > nearest->position) nearest = &*time;
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
