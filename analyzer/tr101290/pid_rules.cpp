#include "analyzer/tr101290/pid_rules.h"

#include <algorithm>

namespace muxtap::analyzer {

namespace {

constexpr Absence no_video{.indicators = {IndicatorId::pid_error}, .what = "video PID absent for more than"};
constexpr Absence no_audio{.indicators = {IndicatorId::pid_error}, .what = "audio PID absent for more than"};
constexpr Absence no_clock{.indicators = {IndicatorId::pid_error}, .what = "PCR PID absent for more than"};

const Absence* absence_of(ReferenceKind kind) noexcept {
    switch (kind) {
        case ReferenceKind::video: return &no_video;
        case ReferenceKind::audio: return &no_audio;
        case ReferenceKind::clock: return &no_clock;
        case ReferenceKind::sparse:
        case ReferenceKind::table: break;
    }
    return nullptr;
}

}  // namespace

PidRules::PidRules(const RuleContext& context)
    : context_(context),
      watch_(context.board, context.shadow, ts::pid_count),
      uses_(ts::pid_count, Use::none),
      unknown_(ts::pid_count) {}

void PidRules::set_referenced(std::span<const ReferencedPid> references, UnixTime now) {
    std::fill(uses_.begin(), uses_.end(), Use::none);
    for (const ReferencedPid& reference : references) {
        if (reference.pid >= ts::null_pid) continue;
        Use& use = uses_[reference.pid];
        use = std::max(use, absence_of(reference.kind) != nullptr ? Use::watched : Use::referenced);
    }
    watch_.forget_if(now, [&](std::uint64_t pid) { return uses_[pid] != Use::watched; });
    // A PID that is both video and PCR is called video.
    for (const ReferenceKind kind : {ReferenceKind::video, ReferenceKind::audio, ReferenceKind::clock}) {
        for (const ReferencedPid& reference : references) {
            if (reference.kind != kind || reference.pid >= ts::null_pid) continue;
            watch_.expect(reference.pid,
                          {.absence = absence_of(kind),
                           .limit = context_.thresholds.pid,
                           .pid = reference.pid,
                           .program = reference.program},
                          now);
        }
    }
}

void PidRules::stop(Unknown& state, UnixTime now) {
    if (state.raised) {
        context_.board.end_condition(IndicatorId::unreferenced_pid, now);
        context_.board.end_condition(IndicatorId::unreferenced_pid_a, now);
    }
    state = Unknown{.met = true};
}

void PidRules::unreferenced(const PidActivity& pid, UnixTime now, std::uint64_t packet, bool hold) {
    Unknown& state = unknown_[pid.pid];
    if (now - pid.last_seen > context_.thresholds.pid) {
        if (state.running) stop(state, now);
        state.met = true;
        return;
    }
    if (!state.running) {
        state.running = true;
        state.since = state.met ? now : pid.first_seen;
        state.met = true;
    }
    if (state.raised || hold) return;
    const UnixTime deadline = std::max(state.since + context_.thresholds.unreferenced, held_until_);
    if (now <= deadline) return;
    const Finding finding{.time = deadline,
                          .packet = packet,
                          .pid = pid.pid,
                          .program = {},
                          .shadow = context_.shadow.covers(state.since, deadline),
                          .what = "PID not referred to by PMT or CAT for more than",
                          .table_id = {},
                          .duration = context_.thresholds.unreferenced};
    if (finding.shadow) {
        state.since = std::max(deadline, context_.shadow.end(now));
        if (state.shadow_counted) return;
        state.shadow_counted = true;
        context_.board.found(IndicatorId::unreferenced_pid, finding);
        context_.board.found(IndicatorId::unreferenced_pid_a, finding);
        return;
    }
    state.raised = true;
    context_.board.begin_condition(IndicatorId::unreferenced_pid, finding);
    context_.board.begin_condition(IndicatorId::unreferenced_pid_a, finding);
}

}  // namespace muxtap::analyzer
