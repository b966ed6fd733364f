#include "analyzer/tr101290/cat_rule.h"

namespace muxtap::analyzer {

void CatRule::on_section(const SectionSeen& section) {
    if (!section.crc_ok) return;
    if (section.table_id != 0x01) {
        context_.board.found(IndicatorId::cat_error, foreign_table(section));
        return;
    }
    if (!section.timed) return;
    expire(section.last_byte, section.packet);
    last_cat_ = section.last_byte;
    end(section.last_byte);
}

void CatRule::end(UnixTime time) {
    if (raised_) context_.board.end_condition(IndicatorId::cat_error, time);
    raised_ = false;
    first_without_.reset();
}

void CatRule::expire(UnixTime now, std::uint64_t packet) {
    if (!first_without_) return;
    if (!raised_ && now > first_without_->time + grace) raise(packet);
    if (raised_ && now - last_scrambled_ > grace) end(last_scrambled_ + grace);
}

void CatRule::raise(std::uint64_t packet) {
    Finding finding = *first_without_;
    const UnixTime deadline = finding.time + grace;
    finding.shadow = context_.shadow.covers(finding.time, deadline);
    finding.time = deadline;
    finding.packet = packet;
    finding.what = "scrambled packets, no CAT for more than";
    finding.duration = grace;
    if (finding.shadow) {
        // Asked anew at the next scrambled packet.
        context_.board.found(IndicatorId::cat_error, finding);
        first_without_.reset();
        return;
    }
    context_.board.begin_condition(IndicatorId::cat_error, finding);
    raised_ = true;
}

}  // namespace muxtap::analyzer
