#include <algorithm>

#include "analyzer/core/stream_analyzer.h"

// Rates: of the multiplex, of each PID and of each program.

namespace muxtap::analyzer {

std::uint64_t Analyzer::Impl::accepted_packets() const noexcept {
    return position_ - (totals_.rejected.total() - totals_.rejected.of(ts::RejectReason::not_ts));
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

void Analyzer::Impl::tick_rates(UnixTime now) {
    if (programs_changed_) group_programs();
    rate_counts_.resize(pids_.seen().size() + 1);
    rate_counts_[0] = accepted_packets();
    for (std::size_t i = 0; i < pids_.seen().size(); ++i)
        rate_counts_[i + 1] = pids_.slot(pids_.seen()[i]->pid).packets;
    rates_.tick(now, last_packet_time_, rate_counts_);
    if (!by_datagram_) return;
    const PcrTracker* reference = rate_reference();
    if (reference != nullptr) arrivals_.set_media_rate(static_cast<std::uint64_t>(reference->run_bps()));
    arrivals_.advance(now);
}

void Analyzer::Impl::group_programs() {
    programs_changed_ = false;
    for (const ProgramInfo* program : si_.programs()) {
        auto group = std::find(rate_programs_.begin(), rate_programs_.end(), program->program_number);
        if (group == rate_programs_.end()) group = rate_programs_.insert(group, program->program_number);
        program_slots_.clear();
        for (std::size_t i = 0; i < pids_.seen().size(); ++i) {
            const auto programs = si_.programs_of(pids_.seen()[i]->pid);
            if (std::find(programs.begin(), programs.end(), program->program_number) != programs.end())
                program_slots_.push_back(static_cast<std::uint32_t>(i + 1));
        }
        rates_.set_group(static_cast<std::size_t>(group - rate_programs_.begin()), program_slots_);
    }
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
        info.null_share_window = static_cast<double>(rates_.window_packets(i + 1)) / static_cast<double>(in_window);
    }
    const PcrTracker* reference = rate_reference();
    if (reference == nullptr) return info;
    info.pcr_bps = static_cast<std::uint64_t>(reference->run_bps() + 0.5);
    info.pcr_window_bps = static_cast<std::uint64_t>(reference->window_bps() + 0.5);
    info.constant_rate = reference->constant_rate();
    return info;
}

}  // namespace muxtap::analyzer
