#pragma once

#include "analyzer/options.h"
#include "analyzer/tr101290/indicator_board.h"
#include "analyzer/tr101290/section_seen.h"
#include "analyzer/tr101290/shadow.h"

namespace muxtap::analyzer {

/// What all rules share. Everything outlives them.
struct RuleContext {
    IndicatorBoard& board;
    const Shadow& shadow;
    const Thresholds& thresholds;
    const Caps& caps;
};

/// A finding about a section, at its end.
[[nodiscard]] inline Finding finding_of(const SectionSeen& section, std::string_view what) noexcept {
    return {.time = section.last_byte,
            .packet = section.packet,
            .pid = section.pid,
            .program = {},
            .shadow = section.shadow,
            .what = what,
            .table_id = {},
            .duration = {}};
}

/// A section with a table_id that its PID must not have.
[[nodiscard]] inline Finding foreign_table(const SectionSeen& section) noexcept {
    Finding finding = finding_of(section, "section with table_id");
    finding.table_id = section.table_id;
    return finding;
}

}  // namespace muxtap::analyzer
