#include "analyzer/rates/rate_window.h"

#include <algorithm>
#include <cmath>

#include "common/ts/packet_view.h"

namespace muxtap::analyzer {

namespace {

constexpr std::uint64_t bits_per_packet = ts::packet_size * 8;
constexpr std::uint64_t steps_present = 50;
constexpr std::uint64_t most_usual_steps = 600;
constexpr std::uint64_t most_steps = 3000;  ///< taken one by one

}  // namespace

void RateBoard::start(UnixTime now) noexcept {
    start_ = now;
    newest_ = now;
    last_step_ = now;
}

void RateBoard::take(std::span<const std::uint64_t> packets) {
    // A slot that appears later has counted nothing before: its ring holds zeros.
    if (packets.size() > slots_.size()) slots_.resize(packets.size());
    for (std::size_t i = 0; i < slots_.size(); ++i) {
        Meter& meter = slots_[i];
        meter.base = meter.ring[at_];
        meter.added = i < packets.size() && packets[i] > meter.total ? packets[i] - meter.total : 0;
        meter.total += meter.added;
    }
}

void RateBoard::tick(UnixTime now, UnixTime last_packet, std::span<const std::uint64_t> packets) {
    newest_ = std::max(now, newest_);
    take(packets);
    const auto full = static_cast<std::uint64_t>((newest_ - last_step_) / step);
    if (full == 0) return;
    // After minutes without a call nobody knows when it was: it was in the first step, and the rest is silence.
    const bool long_ago = full > most_steps;
    const auto spread =
        long_ago ? 0.0 : static_cast<double>((std::clamp(last_packet, last_step_, newest_) - last_step_).count());
    // What is pushed behind the window that follows the last packet changes nothing any more.
    const auto active =
        static_cast<std::uint64_t>(spread / static_cast<double>(std::chrono::nanoseconds(step).count()));
    const std::uint64_t pushed = std::min(full, active + steps_per_window + 3);
    for (std::uint64_t i = 1; i <= pushed; ++i) {
        const auto passed = static_cast<double>(i) * static_cast<double>(std::chrono::nanoseconds(step).count());
        push_all(spread <= passed ? 1.0 : passed / spread);
    }
    steps_ += full - pushed;
    last_step_ += static_cast<std::int64_t>(full) * std::chrono::nanoseconds(step);
}

void RateBoard::push_all(double share) noexcept {
    ++steps_;
    at_ = (at_ + 1) % (steps_per_window + 1);
    const auto at = [share](const Meter& meter) {
        if (share >= 1 || meter.added == 0) return meter.total;
        return meter.base + static_cast<std::uint64_t>(static_cast<double>(meter.total - meter.base) * share);
    };
    for (Meter& meter : slots_) push(meter, at(meter));
    for (Group& group : groups_) note_window(group);
}

void RateBoard::note_window(Group& group) const noexcept {
    if (group.members.empty() || steps_ < steps_per_window) return;
    const std::uint64_t window = window_of(group);
    if (!group.noted && window == 0) return;
    group.min = group.noted ? std::min(group.min, window) : window;
    group.max = std::max(group.max, window);
    group.noted = true;
}

std::uint64_t RateBoard::window_of(const Group& group) const noexcept {
    std::uint64_t packets = 0;
    for (const std::uint32_t slot : group.members) packets += window_packets(slot);
    return packets;
}

void RateBoard::push(Meter& meter, std::uint64_t cumulative) noexcept {
    const std::uint64_t last = meter.ring[(at_ + steps_per_window) % (steps_per_window + 1)];
    meter.ring[at_] = cumulative;
    if (cumulative > last) {
        if (meter.first_active == 0) meter.first_active = steps_;
        meter.last_active = steps_;
        ++meter.active_steps;
    }
    // The first full window: of the run, or of a slot that has come later.
    if (meter.first_active == 0 || steps_ + 1 < meter.first_active + steps_per_window) return;
    const std::uint64_t window = window_of(meter);
    const bool first = steps_ + 1 == meter.first_active + steps_per_window;
    meter.min = first ? window : std::min(meter.min, window);
    meter.max = first ? window : std::max(meter.max, window);
}

std::uint64_t RateBoard::window_of(const Meter& meter) const noexcept {
    if (steps_ < steps_per_window) return 0;
    return meter.ring[at_] - meter.ring[(at_ + 1) % (steps_per_window + 1)];
}

std::uint64_t RateBoard::average_bps(std::uint64_t packets) const noexcept {
    const double seconds = static_cast<double>((newest_ - start_).count()) * 1e-9;
    if (seconds <= 0) return 0;
    return static_cast<std::uint64_t>(std::llround(static_cast<double>(packets) * bits_per_packet / seconds));
}

RateInfo RateBoard::slot(std::size_t slot) const noexcept {
    if (slot >= slots_.size()) return {};
    const Meter& meter = slots_[slot];
    RateInfo info;
    info.window_bps = window_of(meter) * bits_per_packet;
    info.average_bps = average_bps(meter.total);
    info.min_bps = meter.min * bits_per_packet;
    info.max_bps = meter.max * bits_per_packet;
    return info;
}

RateInfo RateBoard::group(std::size_t number) const noexcept {
    if (number >= groups_.size()) return {};
    const Group& group = groups_[number];
    std::uint64_t total = 0;
    for (const std::uint32_t slot : group.members)
        if (slot < slots_.size()) total += slots_[slot].total;
    RateInfo info;
    info.window_bps = window_of(group) * bits_per_packet;
    info.average_bps = average_bps(total);
    info.min_bps = group.min * bits_per_packet;
    info.max_bps = group.max * bits_per_packet;
    return info;
}

std::uint64_t RateBoard::window_packets(std::size_t slot) const noexcept {
    return slot < slots_.size() ? window_of(slots_[slot]) : 0;
}

void RateBoard::set_group(std::size_t group, std::span<const std::uint32_t> slots) {
    if (group >= groups_.size()) groups_.resize(group + 1);
    groups_[group].members.assign(slots.begin(), slots.end());
}

void RateBoard::add_to_group(std::size_t group, std::uint32_t slot) {
    if (group < groups_.size()) groups_[group].members.push_back(slot);
}

void RateBoard::clear_group(std::size_t group) noexcept {
    if (group < groups_.size()) groups_[group] = {};
}

bool RateBoard::present(std::size_t slot) const noexcept {
    if (slot >= slots_.size()) return false;
    const Meter& meter = slots_[slot];
    if (meter.total > meter.ring[at_]) return true;  // in the step under way
    if (meter.first_active == 0) return false;
    std::uint64_t usual = 0;
    if (meter.active_steps > 1) usual = (meter.last_active - meter.first_active) / (meter.active_steps - 1);
    usual = std::min(usual, most_usual_steps);
    return steps_ - meter.last_active <= std::max(steps_present, 3 * usual);
}

}  // namespace muxtap::analyzer
