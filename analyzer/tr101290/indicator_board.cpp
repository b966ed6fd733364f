#include "analyzer/tr101290/indicator_board.h"

#include <algorithm>
#include <string>

#include "analyzer/report/figures.h"

namespace muxtap::analyzer {

namespace {

std::string text_of(IndicatorId id, const Finding& finding) {
    std::string text(finding.what.empty() ? std::string_view(display_name(id)) : finding.what);
    if (finding.table_id) text += " " + hexadecimal(*finding.table_id, 2);
    if (finding.duration) text += " " + duration_text(*finding.duration);
    return text;
}

}  // namespace

void IndicatorBoard::found(IndicatorId id, const Finding& finding) {
    count(id, finding);
    count_legacy(id, finding);
}

void IndicatorBoard::count_legacy(IndicatorId id, const Finding& finding) {
    if (id != IndicatorId::pcr_repetition_error && id != IndicatorId::pcr_discontinuity_indicator_error) return;
    // One PCR that is wrong in both ways is one error of the legacy indicator.
    const Lamp& legacy = lamp(IndicatorId::pcr_error);
    if (!finding.in_legacy || (legacy.last_packet == finding.packet && legacy.last_pid == finding.pid)) return;
    count(IndicatorId::pcr_error, finding);
}

void IndicatorBoard::begin_condition(IndicatorId id, const Finding& finding) {
    count(id, finding);
    count_legacy(id, finding);
    if (!finding.shadow) ++lamp(id).conditions;
}

void IndicatorBoard::end_condition(IndicatorId id, UnixTime time) {
    Lamp& lamp = this->lamp(id);
    if (lamp.conditions == 0) return;
    --lamp.conditions;
    lamp.until = std::max(lamp.until, time);
}

void IndicatorBoard::count(IndicatorId id, const Finding& finding) {
    Lamp& lamp = this->lamp(id);
    if (lamp.base == IndicatorState::not_applicable || finding.count == 0) return;
    packet_ = std::max(packet_, finding.packet);
    lamp.last_packet = finding.packet;
    lamp.last_pid = finding.pid;
    if (finding.shadow) {
        lamp.capture_loss += finding.count;
        return;
    }
    settle(id, lamp, finding.time);
    // A limit that passed may be noticed after what was found since.
    if (lamp.count == 0 || finding.time < lamp.first) {
        lamp.first = finding.time;
        lamp.first_packet = finding.packet;
    }
    if (lamp.count == 0) lamp.last = finding.time;
    if (!lamp.lit) light(id, lamp, finding);
    lamp.count += finding.count;
    lamp.last = std::max(lamp.last, finding.time);
    lamp.until = std::max(lamp.until, finding.time + memory);
    if (finding.pid) count_pid(lamp, *finding.pid, finding.count);
}

void IndicatorBoard::light(IndicatorId id, Lamp& lamp, const Finding& finding) {
    lamp.lit = true;
    lamp.lit_at = finding.time;
    lamp.until = finding.time + memory;
    lamp.count_before = lamp.count;
    lamp.lit_pid = finding.pid;
    lamp.lit_program = finding.program;
    push(Event{.kind = EventKind::indicator_began,
               .time = finding.time,
               .packet = finding.packet,
               .pid = finding.pid,
               .program = finding.program,
               .indicator = id,
               .count = finding.count,
               .text = text_of(id, finding),
               .splice = {}});
}

void IndicatorBoard::settle(IndicatorId id, Lamp& lamp, UnixTime now) {
    if (!lamp.lit || lamp.conditions != 0 || now < lamp.until) return;
    lamp.lit = false;
    const std::uint64_t findings = lamp.count - lamp.count_before;
    const std::string text = " over after " + duration_text(lamp.until - lamp.lit_at) + ", " +
                             std::to_string(findings) + (findings == 1 ? " finding" : " findings");
    push(Event{.kind = EventKind::indicator_ended,
               .time = lamp.until,
               .packet = packet_,
               .pid = lamp.lit_pid,
               .program = lamp.lit_program,
               .indicator = id,
               .count = findings,
               .text = std::string(display_name(id)) + text,
               .splice = {}});
}

void IndicatorBoard::push(Event&& event) {
    if (events_->size() < most_events_) {
        events_->push_back(std::move(event));
    } else {
        ++events_dropped_;
    }
}

void IndicatorBoard::count_pid(Lamp& lamp, ts::Pid pid, std::uint64_t count) noexcept {
    for (std::size_t i = 0; i < lamp.pid_entries; ++i) {
        if (lamp.pids[i].pid != pid) continue;
        lamp.pids[i].count += count;
        return;
    }
    if (lamp.pid_entries == listed_pids) {
        lamp.more_pids = true;
        return;
    }
    lamp.pids[lamp.pid_entries++] = {.pid = pid, .count = count};
}

void IndicatorBoard::tick(UnixTime now) {
    for (std::size_t i = 0; i < lamps_.size(); ++i) settle(static_cast<IndicatorId>(i), lamps_[i], now);
}

IndicatorState IndicatorBoard::state(IndicatorId id) const noexcept {
    const Lamp& lamp = this->lamp(id);
    return lamp.lit ? IndicatorState::error : lamp.base;
}

Indicators IndicatorBoard::report() const {
    Indicators report;
    for (std::size_t i = 0; i < lamps_.size(); ++i) {
        const Lamp& lamp = lamps_[i];
        Indicator& indicator = report[i];
        indicator.id = static_cast<IndicatorId>(i);
        indicator.state = state(indicator.id);
        indicator.count = lamp.count;
        indicator.capture_loss = lamp.capture_loss;
        indicator.more_pids = lamp.more_pids;
        if (lamp.count == 0) continue;
        indicator.first = lamp.first;
        indicator.last = lamp.last;
        indicator.first_packet = lamp.first_packet;
        indicator.pids.assign(lamp.pids.begin(), lamp.pids.begin() + static_cast<std::ptrdiff_t>(lamp.pid_entries));
        std::sort(indicator.pids.begin(), indicator.pids.end(), [](const IndicatorPid& a, const IndicatorPid& b) {
            return a.count != b.count ? a.count > b.count : a.pid < b.pid;
        });
    }
    return report;
}

}  // namespace muxtap::analyzer
