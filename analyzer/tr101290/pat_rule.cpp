#include "analyzer/tr101290/pat_rule.h"

namespace muxtap::analyzer {

namespace {

enum Key : std::uint64_t { legacy, second };

constexpr Absence no_pat{.indicators = {IndicatorId::pat_error}, .what = "no PAT on PID 0 for more than"};
constexpr Absence no_pat_section{.indicators = {IndicatorId::pat_error_2}, .what = "no valid PAT for more than"};

}  // namespace

void PatRule::start(UnixTime now) {
    const auto limit = context_.thresholds.pat;
    watch_.expect(legacy, {.absence = &no_pat, .limit = limit, .pid = pat_pid, .program = {}}, now);
    watch_.expect(second, {.absence = &no_pat_section, .limit = limit, .pid = pat_pid, .program = {}}, now);
}

void PatRule::on_section(const SectionSeen& section) {
    if (section.table_id == 0x00) {
        if (section.timed) watch_.seen(legacy, section.last_byte, section.packet);
        if (section.timed && section.crc_ok) watch_.seen(second, section.last_byte, section.packet);
    } else if (section.crc_ok) {
        context_.board.found(IndicatorId::pat_error_2, foreign_table(section));
    }
}

void PatRule::on_scrambled(const Finding& packet) {
    Finding finding = packet;
    finding.what = "PAT scrambled";
    context_.board.found(IndicatorId::pat_error, finding);
    context_.board.found(IndicatorId::pat_error_2, finding);
}

}  // namespace muxtap::analyzer
