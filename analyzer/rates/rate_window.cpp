#include "analyzer/rates/rate_window.h"

#include <algorithm>

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
    for (std::size_t i = 0; i < groups_.size(); ++i) {
        Meter& meter = groups_[i];
        meter.base = meter.ring[at_];
        meter.added = 0;
        for (const std::uint32_t slot : members_[i])
            if (slot < slots_.size()) meter.added += slots_[slot].added;
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
    for (Meter& meter : groups_) push(meter, at(meter));
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

RateInfo RateBoard::info(const Meter& meter) const noexcept {
    RateInfo info;
    info.window_bps = window_of(meter) * bits_per_packet;
    info.min_bps = meter.min * bits_per_packet;
    info.max_bps = meter.max * bits_per_packet;
    const double seconds = static_cast<double>((newest_ - start_).count()) * 1e-9;
    if (seconds > 0)
        info.average_bps =
            static_cast<std::uint64_t>(static_cast<double>(meter.total) * bits_per_packet / seconds + 0.5);
    return info;
}

RateInfo RateBoard::slot(std::size_t slot) const noexcept {
    return slot < slots_.size() ? info(slots_[slot]) : RateInfo{};
}

RateInfo RateBoard::group(std::size_t group) const noexcept {
    return group < groups_.size() ? info(groups_[group]) : RateInfo{};
}

std::uint64_t RateBoard::window_packets(std::size_t slot) const noexcept {
    return slot < slots_.size() ? window_of(slots_[slot]) : 0;
}

void RateBoard::set_group(std::size_t group, std::span<const std::uint32_t> slots) {
    if (group >= groups_.size()) {
        groups_.resize(group + 1);
        members_.resize(group + 1);
    }
    members_[group].assign(slots.begin(), slots.end());
    if (!groups_[group].grouped) take_over(groups_[group], slots);
    groups_[group].grouped = true;
}

void RateBoard::take_over(Meter& meter, std::span<const std::uint32_t> slots) const noexcept {
    for (const std::uint32_t slot : slots) {
        if (slot >= slots_.size()) continue;
        for (std::size_t i = 0; i < meter.ring.size(); ++i) meter.ring[i] += slots_[slot].ring[i];
        meter.total += slots_[slot].total;
    }
    // Lowest and highest are those of the windows from now on.
    if (meter.total > 0) meter.first_active = meter.last_active = steps_ + 1;
}

void RateBoard::add_to_group(std::size_t group, std::uint32_t slot) {
    if (group < members_.size()) members_[group].push_back(slot);
}

void RateBoard::clear_group(std::size_t group) noexcept {
    if (group >= groups_.size()) return;
    groups_[group] = {};
    members_[group].clear();
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
