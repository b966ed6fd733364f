#include <algorithm>
#include <cmath>

#include "analyzer/core/stream_analyzer.h"

// Rates: of the multiplex, of each PID and of each program.

namespace muxtap::analyzer {

std::uint64_t Analyzer::Impl::damaged_packets() const noexcept {
    return totals_.rejected.total() - totals_.rejected.of(ts::RejectReason::not_ts);
}

std::uint64_t Analyzer::Impl::accepted_packets() const noexcept {
    return position_ - damaged_packets();
}

void Analyzer::Impl::take_datagrams(const PacketBlock& block, std::size_t until) {
    by_datagram_ = by_datagram_ || !block.datagrams.empty();
    for (; mark_ < block.datagrams.size() && before_mark_ < until; ++mark_) {
        const DatagramMark& mark = block.datagrams[mark_];
        before_mark_ += mark.packets;
        peaks_.add(mark.time, mark.packets);
        arrivals_.add(mark);
    }
}

void Analyzer::Impl::take_rates(std::uint64_t position, UnixTime now) {
    rate_counts_.resize(pids_.seen().size() + 1);
    rate_counts_[0] = position - damaged_packets();
    for (std::size_t i = 0; i < pids_.seen().size(); ++i)
        rate_counts_[rate_slot(i)] = pids_.slot(pids_.seen()[i]->pid).packets;
    rates_.tick(now, last_packet_time_, rate_counts_);
}

void Analyzer::Impl::tick_rates(UnixTime now) {
    take_rates(position_, now);
    if (!by_datagram_) return;
    const PcrTracker* reference = rate_reference();
    if (reference != nullptr) arrivals_.set_media_rate(static_cast<std::uint64_t>(reference->run_bps()));
    arrivals_.advance(now);
}

void Analyzer::Impl::group_programs() {
    std::vector<std::vector<std::uint32_t>> slots;
    for (const ProgramInfo* program : si_.programs()) {
        const std::size_t group = rate_group(program->program_number);
        if (slots.size() <= group) slots.resize(group + 1);
    }
    for (std::size_t i = 0; i < pids_.seen().size(); ++i) {
        for (const std::uint16_t program : si_.programs_of(pids_.seen()[i]->pid)) {
            const auto group = rate_groups_.find(program);
            if (group != rate_groups_.end()) slots[group->second].push_back(static_cast<std::uint32_t>(rate_slot(i)));
        }
    }
    for (std::size_t group = 0; group < slots.size(); ++group) rates_.set_group(group, slots[group]);
}

std::size_t Analyzer::Impl::rate_group(std::uint16_t program_number) {
    const auto known = rate_groups_.find(program_number);
    if (known != rate_groups_.end()) return known->second;
    std::size_t group = rate_groups_.size();
    if (group > options_.caps.programs) {
        // Programs that come and go: the place of one that is gone is taken.
        const auto gone = std::find_if(rate_groups_.begin(), rate_groups_.end(),
                                       [&](const auto& entry) { return si_.program(entry.first) == nullptr; });
        group = gone->second;
        rates_.clear_group(group);
        rate_groups_.erase(gone);
    }
    return rate_groups_.emplace(program_number, group).first->second;
}

const PcrTracker* Analyzer::Impl::rate_reference() const noexcept {
    const PcrTracker* reference = nullptr;
    for (const PidState* state : pids_.seen()) {
        if (!state->clock || state->clock->tracker.run_bps() <= 0) continue;
        if (state->clock->tracker.constant_rate()) return &state->clock->tracker;
        if (reference == nullptr) reference = &state->clock->tracker;
    }
    return reference;
}

MuxRateInfo Analyzer::Impl::mux_rate() const {
    MuxRateInfo info;
    info.arrival = rates_.slot(0);
    info.peak_10ms_bps = peaks_.peak_10ms_bps();
    info.peak_100ms_bps = peaks_.peak_100ms_bps();
    const std::uint64_t packets = accepted_packets();
    const std::uint64_t nulls = pids_.slot(ts::null_pid).packets;
    if (packets > 0) info.null_share = static_cast<double>(nulls) / static_cast<double>(packets);

    const std::uint64_t in_window = rates_.window_packets(0);
    for (std::size_t i = 0; i < pids_.seen().size() && in_window > 0; ++i) {
        if (pids_.seen()[i]->pid != ts::null_pid) continue;
        info.null_share_window =
            static_cast<double>(rates_.window_packets(rate_slot(i))) / static_cast<double>(in_window);
    }
    const PcrTracker* reference = rate_reference();
    if (reference == nullptr) return info;
    info.pcr_bps = static_cast<std::uint64_t>(std::llround(reference->run_bps()));
    info.pcr_window_bps = static_cast<std::uint64_t>(std::llround(reference->window_bps()));
    if (reference->rate_judged()) info.constant_rate = reference->constant_rate();
    return info;
}

}  // namespace muxtap::analyzer
