#include <algorithm>

#include "analyzer/core/stream_analyzer.h"

// What there is more of than is followed: no stream may make the analyzer grow without end.

namespace muxtap::analyzer {

bool Analyzer::Impl::may_have(PidState& state, PidThing thing, Quota& quota, std::size_t most) {
    if (quota.take(most)) return true;
    if ((state.went_without & thing) == 0) quota.count_left_out();
    state.went_without = static_cast<std::uint8_t>(state.went_without | thing);
    return false;
}

bool Analyzer::Impl::make_elementary(PidState& state) {
    if (state.elementary) return true;
    const bool named = state.role == PayloadRole::pes;
    const std::size_t most = named ? SIZE_MAX : elementary_streams_.cap() / 2;
    if (!may_have(state, thing_elementary, elementary_streams_, most)) return false;
    state.elementary = std::make_unique<ElementaryPath>(options_.thresholds);
    return true;
}

bool Analyzer::Impl::make_sections(PidState& state) {
    if (state.sections) return true;
    constexpr ts::Pid behind_fixed = 0x20;
    if (state.pid >= behind_fixed && !may_have(state, thing_sections, section_pids_)) return false;
    state.sections = std::make_unique<psi::SectionAssembler>();
    return true;
}

std::vector<Limit> Analyzer::Impl::limits() const {
    std::vector<Limit> limits = si_.limits();
    const auto add = [&](const char* what, std::uint64_t cap, std::uint64_t left_out) {
        if (left_out > 0) limits.push_back({what, cap, left_out});
    };
    add("clocks", clocks_.cap(), clocks_.left_out());
    add("elementary streams", elementary_streams_.cap(), elementary_streams_.left_out());
    add("PIDs with tables", section_pids_.cap(), section_pids_.left_out());
    add("PIDs with splice information", splice_pids_.cap(), splice_pids_.left_out());
    add("watched tables and PIDs", options_.caps.tables, rules_.left_out());
    add("events", log_.cap(), log_.dropped() + rules_.events_dropped());
    return limits;
}

void Analyzer::Impl::tell_limits(UnixTime now) {
    for (const Limit& limit : limits()) {
        if (std::find(limits_told_.begin(), limits_told_.end(), limit.what) != limits_told_.end()) continue;
        limits_told_.push_back(limit.what);
        Event told;
        told.kind = EventKind::limit_reached;
        told.time = now;
        told.packet = position_;
        told.count = limit.cap;
        told.text = "more " + limit.what + " than the analyzer keeps: " + std::to_string(limit.cap);
        log_.add_beyond_cap(std::move(told));
    }
}

}  // namespace muxtap::analyzer
