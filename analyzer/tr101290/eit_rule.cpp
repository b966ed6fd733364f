#include "analyzer/tr101290/eit_rule.h"

#include <algorithm>
#include <utility>

namespace muxtap::analyzer {

void EitPfRule::on_section(const SectionSeen& section) {
    if (section.section_number > 1) return;
    const bool actual = section.table_id == 0x4E;
    const std::uint64_t key =
        std::uint64_t{section.table_owner} << 32 | std::uint64_t{section.table_id} << 16 | section.table_id_extension;
    auto known = tables_.find(key);
    if (known == tables_.end()) {
        if (tables_.size() >= context_.caps.tables) {
            ++left_out_;
            return;
        }
        const auto limit = actual ? context_.thresholds.eit_actual : context_.thresholds.eit_other;
        known = tables_.emplace(key, Table{.last = {section.last_byte, section.last_byte}, .limit = limit}).first;
        context_.board.set_state(IndicatorId::eit_pf_error, IndicatorState::ok);
    }
    Table& table = known->second;
    const unsigned other = section.section_number == 0 ? 1 : 0;
    const UnixTime before = std::exchange(table.last[section.section_number], section.last_byte);
    if (table.raised) {
        // It is over when both have come since.
        if (section.last_byte - table.last[other] > table.limit) return;
        table.raised = false;
        context_.board.end_condition(IndicatorId::eit_pf_error, section.last_byte);
        return;
    }
    const UnixTime since = table.last[other];
    if (section.last_byte - since <= table.limit) return;
    // After a pause of the whole table the other one has its time again.
    if (section.last_byte - before > table.limit) {
        table.last[other] = section.last_byte;
        return;
    }
    Finding finding =
        finding_of(section, other == 1 ? "EIT present without following for" : "EIT following without present for");
    finding.program = section.table_id_extension;
    finding.duration = section.last_byte - since;
    if (section.shadow || context_.shadow.covers(since, section.last_byte)) {
        finding.shadow = true;
        context_.board.found(IndicatorId::eit_pf_error, finding);
        table.last[other] = section.last_byte;
        return;
    }
    context_.board.begin_condition(IndicatorId::eit_pf_error, finding);
    table.raised = true;
}

void EitPfRule::expire(UnixTime now) {
    if (now < next_look_) return;
    next_look_ = now + std::chrono::seconds(1);
    for (auto entry = tables_.begin(); entry != tables_.end();) {
        const Table& table = entry->second;
        if (now - std::max(table.last[0], table.last[1]) <= 2 * table.limit) {
            ++entry;
            continue;
        }
        if (table.raised) context_.board.end_condition(IndicatorId::eit_pf_error, now);
        entry = tables_.erase(entry);
    }
}

}  // namespace muxtap::analyzer
