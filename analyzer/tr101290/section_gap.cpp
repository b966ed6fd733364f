#include "analyzer/tr101290/section_gap.h"

namespace muxtap::analyzer {

void SectionGap::on_section(const SectionSeen& section, IndicatorId indicator) {
    if (!section.timed || !section.crc_ok) return;
    const bool eit = section.table_id >= 0x4E && section.table_id <= 0x6F;
    // The PID follows from the table_id: each rule looks at one PID.
    const std::uint64_t key = std::uint64_t{section.table_owner} << 32 | std::uint64_t{section.table_id} << 24 |
                              std::uint64_t{section.table_id_extension} << 8 | (eit ? section.section_number : 0U);
    const auto known = last_byte_.find(key);
    if (known == last_byte_.end()) {
        if (last_byte_.size() < context_.caps.tables) {
            last_byte_.emplace(key, section.last_byte);
        } else {
            ++left_out_;
        }
        return;
    }
    const auto gap = section.first_byte - known->second;
    if (gap < context_.thresholds.section_gap) {
        Finding finding = finding_of(section, "two sections only this far apart:");
        finding.shadow = section.shadow || context_.shadow.covers(known->second, section.first_byte);
        finding.duration = gap;
        context_.board.found(indicator, finding);
        context_.board.found(IndicatorId::si_repetition_error, finding);
    }
    known->second = section.last_byte;
}

}  // namespace muxtap::analyzer
