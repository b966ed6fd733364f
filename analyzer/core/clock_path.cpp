#include "analyzer/core/descriptions.h"
#include "analyzer/core/stream_analyzer.h"

// PCRs: to the clock of their PID, to the rules about PCRs, and to what needs to know what time it is in a program.

namespace muxtap::analyzer {

void Analyzer::Impl::add_pcr(const Passing& packet, ts::Pcr pcr) {
    PidState& state = packet.state;
    ++state.counters.pcrs;
    if (!state.clock) {
        if (!may_have(state, thing_clock, clocks_)) return;
        state.clock = std::make_unique<PidClock>(state.pid, options_.thresholds);
    }
    PidClock& clock = *state.clock;
    const bool broken = clock.breaks_seen != breaks_ || packet.gap;
    PcrSample sample;
    sample.pcr = pcr;
    sample.byte_position = clock_byte(packet.position);
    sample.time = packet.time.value_or(now_);
    sample.arrival_times = options_.clock == ClockSource::arrival;
    sample.time_exact = packet.time_exact;
    sample.discontinuity_indicator = state.announced;
    sample.position_broken = broken;
    sample.capture_loss = clock.losses_seen != totals_.capture_losses;
    clock.breaks_seen = breaks_;
    clock.losses_seen = totals_.capture_losses;
    state.announced = false;

    measured(IndicatorId::pcr_repetition_error, packet.time.has_value());
    measured(IndicatorId::pcr_error, true);
    measured(IndicatorId::pcr_discontinuity_indicator_error, true);
    const PcrOutcome outcome = clock.tracker.add(sample);
    const bool new_base = outcome.announced_discontinuity || outcome.jump;
    clock.jumps += new_base ? 1 : 0;
    clock.clock.add(pcr, sample.byte_position, packet.time, !new_base && !broken);
    clock.clock.set_constant_rate(clock.tracker.ticks_per_byte());
    if (clock.constant_rate != clock.tracker.constant_rate()) {
        clock.constant_rate = !clock.constant_rate;
        constant_clocks_ += clock.constant_rate ? 1 : -1;
        measured(IndicatorId::pcr_accuracy_error, constant_clocks_ > 0);
    }
    report_pcr(packet, outcome);
    feed_buffers(packet, outcome, !new_base && !broken);
    end_absence(state.pcr_absent, IndicatorId::pcr_repetition_error, packet.time.value_or(now_));
}

void Analyzer::Impl::add_late_pcr(Passing& packet) {
    const auto view = ts::PacketView::parse(ts::PacketView::Bytes(packet.bytes, ts::packet_size));
    const auto pcr = view ? view->pcr() : std::nullopt;
    if (!pcr || !packet.state.clock) return;
    // Where none has overtaken it, it is the next one, if not in its place.
    if (pcr->ticks_since(packet.state.clock->tracker.last()) < 0) return;
    packet.gap = true;
    add_pcr(packet, *pcr);
}

void Analyzer::Impl::report_pcr(const Passing& packet, const PcrOutcome& outcome) {
    Passing at = packet;
    at.shadow = packet.shadow || outcome.shadow || rules_.in_shadow();
    if (outcome.repetition_error) found(IndicatorId::pcr_repetition_error, at, "PCRs too far apart");
    if (outcome.discontinuity_error) {
        // The gap that led to it has been counted in 2.3 when it was noticed.
        Finding finding = finding_of(at, "PCR value not announced");
        finding.in_legacy = packet.state.pcr_absent == Absent::no;
        rules_.board().found(IndicatorId::pcr_discontinuity_indicator_error, finding);
    }
    for (std::uint32_t i = 0; i < outcome.accuracy_errors; ++i)
        found(IndicatorId::pcr_accuracy_error, at, "PCR off its byte position");
    if (!outcome.jump) return;
    const auto milliseconds = outcome.step_ticks / 27'000;
    log_.add(event_of(EventKind::clock_jump, at, "PCR jumped by " + std::to_string(milliseconds) + " ms"));
}

std::optional<std::int64_t> Analyzer::Impl::program_clock(const PidState& state, std::uint64_t position,
                                                          std::optional<UnixTime> time) const {
    if (!state.clock_pid) return std::nullopt;
    const PidState* owner = pids_.find(*state.clock_pid);
    if (owner == nullptr || !owner->clock) return std::nullopt;
    return owner->clock->clock.at(clock_byte(position), time);
}

PesStart Analyzer::Impl::pes_start(const Passing& packet) {
    PidState& state = packet.state;
    PesStart start;
    start.position = packet.position;
    start.time = packet.time;
    start.program_clock = program_clock(state, packet.position, packet.time);
    start.random_access_indicator = (packet.header.adaptation_flags() & PacketHeader::random_access_flag) != 0;
    start.expected_jump = state.jump_expected;
    state.jump_expected = false;
    if (state.clock_pid) {
        const PidState* owner = pids_.find(*state.clock_pid);
        if (owner != nullptr && owner->clock && owner->clock->jumps != state.clock_jumps_seen) {
            state.clock_jumps_seen = owner->clock->jumps;
            start.expected_jump = true;
        }
    }
    return start;
}

void Analyzer::Impl::add_pes(const Passing& packet, ByteView payload) {
    PidState& state = packet.state;
    const bool starts = packet.header.payload_unit_start_indicator();
    if (!state.elementary) {
        // A PID that no table names (yet) may carry PES all the same.
        const bool looks_like_pes = payload.size() >= 4 && payload[0] == 0 && payload[1] == 0 && payload[2] == 1;
        if (!starts || (state.role != PayloadRole::pes && !looks_like_pes)) return;
        if (!make_elementary(state)) return;
    }
    ElementaryPath& elementary = *state.elementary;
    const PesNews news = starts ? elementary.start(payload, pes_start(packet)) : elementary.append(payload);
    if (news.header) report_pes(packet, news);
    if (elementary.format_changed()) log_.add(event_of(EventKind::stream_changed, packet, describe_format(elementary)));
}

void Analyzer::Impl::report_pes(const Passing& packet, const PesNews& news) {
    PidState& state = packet.state;
    if (news.header->pts && has_regular_pts(state)) {
        measured(IndicatorId::pts_error, packet.time.has_value());
        if (news.timestamps.pts_gap) found(IndicatorId::pts_error, packet, "PTS too far apart");
        end_absence(state.pts_absent, IndicatorId::pts_error, packet.time.value_or(now_));
    }
    if (const auto& jump = news.timestamps.jump) {
        log_.add(event_of(EventKind::clock_jump, packet,
                          std::string(jump->dts ? "DTS" : "PTS") + " jumped from " + std::to_string(jump->from) +
                              " to " + std::to_string(jump->to)));
    }
    judge_delay(packet, news);
}

}  // namespace muxtap::analyzer
