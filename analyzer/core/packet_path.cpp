#include <algorithm>

#include "analyzer/core/stream_analyzer.h"
#include "analyzer/packets/continuity.h"

// A packet that left the packet loop: is it damaged, and does it follow the one before?

namespace muxtap::analyzer {

void Analyzer::Impl::on_rejected(const std::uint8_t* packet, std::uint64_t position) {
    const ts::RejectReason reason = ts::check_packet(packet);
    totals_.rejected.add(reason);
    damage_.add_unidentified(position);
    if (reason != ts::RejectReason::sync_byte) return;
    count_good(position);
    rules_.on_bad_sync(1, block_->timed ? time_at(position) : now_, position);
    good_up_to_ = position + 1;
}

void Analyzer::Impl::on_transport_error(const PacketHeader& header, std::uint64_t position) {
    const ts::Pid pid = header.pid();
    ++totals_.transport_errors;
    ++pids_.state_of(pid).counters.transport_errors;
    damage_.add(pid, position);
    rules_.board().found(IndicatorId::transport_error, block_->timed ? time_at(position) : now_, position, pid,
                         rules_.in_shadow());
}

void Analyzer::Impl::on_notable(const std::uint8_t* packet, const PacketHeader& header, PidSlot& slot,
                                std::uint64_t position) {
    if (header.transport_error_indicator()) return on_transport_error(header, position);
    // While sync is lost it matters at once when it is regained: what follows is judged again.
    if (rules_.in_shadow()) count_good(position + 1);
    const auto view = ts::PacketView::parse(ts::PacketView::Bytes(packet, ts::packet_size));
    if (!view) return;
    const ts::Pid pid = header.pid();
    const bool timed = block_->timed;
    Passing passing{.bytes = packet,
                    .header = header,
                    .position = position,
                    .time = timed ? std::optional(time_at(position)) : std::nullopt,
                    .time_exact = !timed || times_->exact(static_cast<std::size_t>(position - block_position_)),
                    .slot = slot,
                    .state = pids_.state_of(pid)};
    if ((slot.attention & PidSlot::not_seen) != 0) see_first(passing);
    if (!judge(passing)) return;
    look_into(passing, *view);
}

void Analyzer::Impl::see_first(Passing& packet) {
    PidState& state = packet.state;
    state.first = packet.time.value_or(now_);
    state.last = state.first;
    state.fresh = true;
    assign_role(state);
    for (const std::uint16_t program : si_.programs_of(state.pid)) {
        const auto group = rate_groups_.find(program);
        if (group != rate_groups_.end())
            rates_.add_to_group(group->second, static_cast<std::uint32_t>(rate_slot(state.place)));
    }
}

bool Analyzer::Impl::judge(Passing& packet) {
    PidSlot& slot = packet.slot;
    PidState& state = packet.state;
    const std::uint8_t* previous = nullptr;
    if ((slot.attention & PidSlot::not_seen) == 0) {
        previous =
            slot.last_position >= block_position_
                ? block_->bytes.data() + static_cast<std::size_t>(slot.last_position - block_position_) * block_->stride
                : state.last_packet.data();
    }
    const ContinuityVerdict verdict = judge_continuity(slot, packet.header, packet.bytes, previous);
    packet.shadow = rules_.in_shadow();
    const auto count = [&] {
        slot.attention = static_cast<std::uint8_t>(slot.attention & ~PidSlot::not_seen);
        slot.count(packet.header, packet.position);
    };
    switch (verdict.continuity) {
        case Continuity::first:
        case Continuity::in_order: count(); return true;
        case Continuity::announced:
            count();
            packet.gap = true;
            return true;
        case Continuity::duplicate:
            count();
            slot.state |= PidSlot::was_duplicate;
            ++state.counters.duplicates;
            ++totals_.duplicates;
            return false;
        case Continuity::repeated:
            count();
            slot.state |= PidSlot::was_duplicate;
            count_continuity_error(packet, 0, "same packet more than twice");
            return false;
        case Continuity::lost: break;
    }
    return judge_loss(packet, verdict.lost);
}

bool Analyzer::Impl::judge_loss(Passing& packet, unsigned lost) {
    PidSlot& slot = packet.slot;
    PidState& state = packet.state;
    const std::uint64_t before = slot.last_position;
    const bool has_payload = packet.header.has_payload() != 0;
    if (state.late.take(packet.header.continuity_counter(), has_payload, slot.packets)) {
        if (has_payload && state.counters.lost_packets > 0) {
            --state.counters.lost_packets;
            --totals_.lost_packets;
        }
        count_late(packet);
        return false;
    }
    const unsigned last = slot.state & PidSlot::counter_mask;
    // Damaged packets leave a gap, too; they have been found already.
    const std::uint64_t explained = damage_.packets_since(before, packet.header.pid());
    const bool damaged = explained >= lost;
    const bool in_shadow = capture_lost_ && loss_position_ > before;
    if (!damaged && !in_shadow && !has_payload &&
        state.late.take_behind(packet.header.continuity_counter(), lost, slot.packets)) {
        count_continuity_error(packet, 0, "packet without payload out of order");
        count_late(packet);
        return false;
    }
    const bool found_before =
        state.late.was_ahead(packet.header.continuity_counter(), has_payload, slot.packets) && !packet.shadow;
    slot.count(packet.header, packet.position);
    packet.gap = true;
    if (damaged) return true;
    if (in_shadow) {
        ++state.counters.capture_loss_gaps;
        packet.shadow = true;
        found(IndicatorId::continuity_count_error, packet, "packets missing in the shadow of a capture loss");
        return true;
    }
    ++breaks_;
    state.late.on_gap(last, lost, slot.packets);
    if (found_before) {
        // The packet before was not out of order: those between were missing then.
        --state.counters.reordered_packets;
        --totals_.reordered_packets;
        add_lost(state, lost - static_cast<unsigned>(explained));
        return true;
    }
    count_continuity_error(packet, lost - static_cast<unsigned>(explained), "packets missing");
    return true;
}

void Analyzer::Impl::count_late(Passing& packet) {
    // It belongs before the last one: the counter goes on from there.
    const std::uint8_t kept = packet.slot.state;
    packet.slot.count(packet.header, packet.position);
    packet.slot.state = kept;
    ++breaks_;
    ++packet.state.counters.reordered_packets;
    ++totals_.reordered_packets;
    add_late_pcr(packet);
}

void Analyzer::Impl::count_continuity_error(const Passing& packet, unsigned lost, std::string_view what) {
    found(IndicatorId::continuity_count_error, packet, what);
    if (packet.shadow) {
        ++packet.state.counters.capture_loss_gaps;
        return;
    }
    ++packet.state.counters.continuity_errors;
    ++totals_.continuity_errors;
    add_lost(packet.state, lost);
}

void Analyzer::Impl::add_lost(PidState& state, unsigned lost) {
    state.counters.lost_packets += lost;
    totals_.lost_packets += lost;
    arrivals_.add_lost(lost);
}

Finding Analyzer::Impl::finding_of(const Passing& packet, std::string_view what) const noexcept {
    Finding finding;
    finding.time = packet.time.value_or(now_);
    finding.packet = packet.position;
    finding.pid = packet.header.pid();
    finding.shadow = packet.shadow;
    finding.what = what;
    return finding;
}

void Analyzer::Impl::found(IndicatorId id, const Passing& packet, std::string_view what) {
    rules_.board().found(id, finding_of(packet, what));
}

void Analyzer::Impl::measured(IndicatorId id, bool yes) noexcept {
    rules_.board().set_state(id, yes ? IndicatorState::ok : IndicatorState::not_measured);
}

Event Analyzer::Impl::event_of(EventKind kind, const Passing& packet, std::string text) const {
    return event_of(kind, packet.header.pid(), packet.time.value_or(now_), packet.position, std::move(text));
}

void Analyzer::Impl::look_into(Passing& packet, const ts::PacketView& view) {
    PidState& state = packet.state;
    const unsigned flags = packet.header.adaptation_flags();
    const unsigned scrambling = packet.header.transport_scrambling_control();
    if (packet.header.payload_unit_start_indicator()) ++state.counters.unit_starts;
    if ((flags & PacketHeader::random_access_flag) != 0) ++state.counters.random_access;
    if ((flags & PacketHeader::discontinuity_flag) != 0) {
        ++state.counters.discontinuity_indicators;
        state.announced = true;
        state.jump_expected = true;
    }
    if (scrambling == 1) ++state.counters.invalid_scrambling;
    if ((flags & PacketHeader::pcr_flag) != 0) {
        if (const auto pcr = view.pcr()) add_pcr(packet, *pcr);
    }
    if (packet.header.has_payload() == 0) return want_payload(state);
    if (packet.gap || scrambling != 0) {
        if (state.sections) state.sections->interrupt();
        if (state.elementary) state.elementary->interrupt();
    }
    if (scrambling != 0) {
        const UnixTime time = packet.time.value_or(now_);
        if (state.role == PayloadRole::sections) rules_.on_scrambled(state.pid, time, packet.position, packet.shadow);
    } else {
        add_payload(packet, view);
    }
    want_payload(state);
}

void Analyzer::Impl::want_payload(const PidState& state) noexcept {
    const bool wanted = state.role == PayloadRole::sections || (state.elementary && state.elementary->wants_payload());
    pids_.slot(state.pid).attention = wanted ? PidSlot::wants_payload : 0;
}

}  // namespace muxtap::analyzer
