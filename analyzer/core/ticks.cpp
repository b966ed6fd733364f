#include <algorithm>

#include "analyzer/core/descriptions.h"
#include "analyzer/core/stream_analyzer.h"

// What happens as time passes, every 100 ms of it, whether packets come or not.

namespace muxtap::analyzer {

void Analyzer::Impl::tick_to(UnixTime now) {
    // Through long silence the steps grow: what is overdue is found with the time at which its limit passed all the
    // same. They grow at once where time jumps all the time: looking at all PIDs must be paid for by packets.
    constexpr std::uint64_t paid_by_packet = 8;
    constexpr std::uint64_t most_debt = 1'000'000;
    walk_debt_ -= std::min(walk_debt_, (position_ - walk_position_) * paid_by_packet);
    walk_position_ = position_;
    const UnixTime fine_until = next_tick_ + fine_walk;
    while (next_tick_ <= now) {
        const UnixTime time = next_tick_;
        const bool fine = time < fine_until && walk_debt_ < most_debt;
        next_tick_ += std::max<std::int64_t>(1, fine ? 1 : (now - time) / tick_length / 4) * tick_length;
        walk_debt_ += 1 + pids_.seen().size() / 16;
        tick(time);
    }
}

void Analyzer::Impl::tick(UnixTime now) {
    if (block_ != nullptr) note_times();
    judge_silence(now);
    assign_roles(position_, now);
    tick_rates(now);
    activity_.clear();
    for (std::size_t i = 0; i < pids_.seen().size(); ++i) {
        PidState* state = pids_.seen()[i];
        const PidSlot& slot = pids_.slot(state->pid);
        if (slot.packets > 0) tick_pid(*state, slot, now, rates_.present(rate_slot(i)));
        if (slot.packets > 0) activity_.push_back({state->pid, state->first, state->last});
    }
    rules_.tick(now, position_, activity_);
    tell_limits(now);
}

void Analyzer::Impl::tick_pid(PidState& state, const PidSlot& slot, UnixTime now, bool present) {
    if (state.fresh || (!state.present && present)) {
        const UnixTime since = state.fresh ? state.first : state.last;
        state.fresh = false;
        state.present = true;
        tell(EventKind::pid_appeared, state, since, describe_pid(state.pid) + " appeared");
    } else if (state.present && !present) {
        state.present = false;
        tell(EventKind::pid_vanished, state, now, describe_pid(state.pid) + ": no packets any more");
    }
    if (slot.packets != state.packets_at_tick) {
        const bool scrambled = slot.scrambled != state.scrambled_at_tick;
        if (scrambled) rules_.on_scrambled(state.pid, state.last, slot.last_position, rules_.in_shadow());
        if (scrambled != state.scrambled)
            tell(EventKind::scrambling_changed, state, state.last,
                 describe_pid(state.pid) + (scrambled ? " is scrambled" : " is no longer scrambled"));
        state.scrambled = scrambled;
        state.scrambled_at_tick = slot.scrambled;
        state.packets_at_tick = slot.packets;
    }
    judge_absences(state, now);
    const bool silent = now - state.last > std::chrono::seconds(1);
    if (state.buffer_faulty && (silent || !buffers_.faulty(state.pid))) {
        state.buffer_faulty = false;
        rules_.board().end_condition(IndicatorId::buffer_error, now);
    }
}

void Analyzer::Impl::judge_absences(PidState& state, UnixTime now) {
    const bool shadow = rules_.shadow().covers(state.last, now);
    if (state.clock && state.clock->tracker.advance(now)) {
        rules_.board().begin_condition(IndicatorId::pcr_repetition_error,
                                       absence(state, now, shadow, "no PCR for too long"));
        state.pcr_absent = shadow ? Absent::in_shadow : Absent::yes;
    }
    if (!state.elementary || !has_regular_pts(state)) return;
    if (state.elementary->timestamps().advance(now)) {
        rules_.board().begin_condition(IndicatorId::pts_error, absence(state, now, shadow, "no PTS for too long"));
        state.pts_absent = shadow ? Absent::in_shadow : Absent::yes;
    }
}

void Analyzer::Impl::end_absence(Absent& absent, IndicatorId id, UnixTime now) {
    if (absent == Absent::yes) rules_.board().end_condition(id, now);
    absent = Absent::no;
}

bool Analyzer::Impl::has_regular_pts(const PidState& state) noexcept {
    const MediaKind kind = state.elementary->kind();
    return state.use == PidUse::elementary_stream && (kind == MediaKind::video || kind == MediaKind::audio);
}

Finding Analyzer::Impl::absence(const PidState& state, UnixTime now, bool shadow,
                                std::string_view what) const noexcept {
    return {.time = now,
            .packet = position_,
            .pid = state.pid,
            .program = {},
            .shadow = shadow,
            .what = what,
            .table_id = {},
            .duration = {}};
}

void Analyzer::Impl::judge_silence(UnixTime now) {
    constexpr std::chrono::nanoseconds limit = std::chrono::seconds(1);
    const bool silent = now - last_packet_time_ >= limit;
    if (silent == silent_) return;
    silent_ = silent;
    Event told;
    told.kind = silent ? EventKind::silence_began : EventKind::silence_ended;
    told.time = silent ? last_packet_time_ : now;
    told.packet = position_;
    told.text = silent ? "no packets for a second" : "packets are coming again";
    log_.add(std::move(told));
}

Event Analyzer::Impl::event_of(EventKind kind, ts::Pid pid, UnixTime time, std::uint64_t packet,
                               std::string text) const {
    Event event;
    event.kind = kind;
    event.time = time;
    event.packet = packet;
    event.pid = pid;
    const auto programs = si_.programs_of(pid);
    if (!programs.empty()) event.program = programs.front();
    event.text = std::move(text);
    return event;
}

void Analyzer::Impl::tell(EventKind kind, const PidState& state, UnixTime time, std::string text) {
    log_.add(event_of(kind, state.pid, time, position_, std::move(text)));
}

}  // namespace muxtap::analyzer
