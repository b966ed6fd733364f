#include "analyzer/tr101290/si_pid_rule.h"

#include <algorithm>
#include <array>

namespace muxtap::analyzer {

namespace {

constexpr TableRange one(std::uint8_t table_id) {
    return {table_id, table_id};
}
constexpr TableRange stuffing = one(0x72);

using Ids1 = std::array<IndicatorId, 1>;
using Ids2 = std::array<IndicatorId, 2>;

constexpr std::array nit_allowed = {TableRange{0x40, 0x41}, stuffing};
constexpr Ids2 nit_group = {IndicatorId::nit_error, IndicatorId::nit_actual_error};
constexpr Absence no_nit{.indicators = {IndicatorId::nit_error}, .what = "no NIT for more than"};
constexpr Absence no_nit_actual{.indicators = {IndicatorId::nit_actual_error},
                                .what = "no NIT of this network for more than",
                                .never_seen_is_repetition_error = true};

constexpr std::array sdt_allowed = {one(0x42), one(0x46), one(0x4A), stuffing};
constexpr Ids2 sdt_group = {IndicatorId::sdt_error, IndicatorId::sdt_actual_error};
constexpr Absence no_sdt{.indicators = {IndicatorId::sdt_error}, .what = "no SDT of this stream for more than"};
constexpr Absence no_sdt_actual{.indicators = {IndicatorId::sdt_actual_error},
                                .what = "no SDT of this stream for more than",
                                .never_seen_is_repetition_error = true};

constexpr std::array eit_allowed = {TableRange{0x4E, 0x6F}, stuffing};
constexpr Ids2 eit_group = {IndicatorId::eit_error, IndicatorId::eit_actual_error};
constexpr Absence no_eit{.indicators = {IndicatorId::eit_error},
                         .what = "no EIT present/following of this stream for more than"};
constexpr Absence no_eit_actual{.indicators = {IndicatorId::eit_actual_error},
                                .what = "no EIT present/following of this stream for more than",
                                .never_seen_is_repetition_error = true};

constexpr std::array rst_allowed = {one(0x71), stuffing};
constexpr Ids1 rst_group = {IndicatorId::rst_error};

constexpr std::array tdt_allowed = {one(0x70), stuffing, one(0x73)};
constexpr Ids1 tdt_group = {IndicatorId::tdt_error};
constexpr Absence no_tdt{
    .indicators = {IndicatorId::tdt_error}, .what = "no TDT for more than", .never_seen_is_repetition_error = true};

constexpr SiPid nit{.pid = nit_pid,
                    .allowed = nit_allowed,
                    .foreign = nit_group,
                    .present = {0x40, 0x41},
                    .absence = &no_nit,
                    .present_actual = one(0x40),
                    .absence_actual = &no_nit_actual,
                    .limit = &Thresholds::nit_actual,
                    .spaced = 0x40,
                    .spaced_indicator = IndicatorId::nit_actual_error,
                    .group = nit_group,
                    .other = 0x41,
                    .other_indicator = IndicatorId::nit_other_error};

constexpr SiPid sdt{.pid = sdt_pid,
                    .allowed = sdt_allowed,
                    .foreign = sdt_group,
                    .present = one(0x42),
                    .absence = &no_sdt,
                    .present_actual = one(0x42),
                    .absence_actual = &no_sdt_actual,
                    .limit = &Thresholds::sdt_actual,
                    .spaced = 0x42,
                    .spaced_indicator = IndicatorId::sdt_actual_error,
                    .group = sdt_group,
                    .other = 0x46,
                    .other_indicator = IndicatorId::sdt_other_error};

constexpr SiPid eit{.pid = eit_pid,
                    .allowed = eit_allowed,
                    .foreign = eit_group,
                    .present = one(0x4E),
                    .absence = &no_eit,
                    .present_actual = one(0x4E),
                    .absence_actual = &no_eit_actual,
                    .actual_until_seen = true,
                    .limit = &Thresholds::eit_actual,
                    .spaced = 0x4E,
                    .spaced_indicator = IndicatorId::eit_actual_error,
                    .group = eit_group,
                    .other = 0x4F,
                    .other_indicator = IndicatorId::eit_other_error};

constexpr SiPid rst{.pid = rst_pid,
                    .allowed = rst_allowed,
                    .foreign = rst_group,
                    .spaced = 0x71,
                    .spaced_indicator = IndicatorId::rst_error,
                    .group = rst_group};

constexpr SiPid tdt{.pid = tdt_pid,
                    .allowed = tdt_allowed,
                    .foreign = tdt_group,
                    .present = one(0x70),
                    .absence = &no_tdt,
                    .limit = &Thresholds::tdt,
                    .spaced = 0x70,
                    .spaced_indicator = IndicatorId::tdt_error,
                    .group = tdt_group};

enum Key : std::uint64_t { legacy, actual };

}  // namespace

const SiPid& nit_rules() noexcept {
    return nit;
}
const SiPid& sdt_rules() noexcept {
    return sdt;
}
const SiPid& eit_rules() noexcept {
    return eit;
}
const SiPid& rst_rules() noexcept {
    return rst;
}
const SiPid& tdt_rules() noexcept {
    return tdt;
}

Watched SiPidRule::watched(const Absence* absence) const noexcept {
    return {.absence = absence, .limit = context_.thresholds.*rules_->limit, .pid = rules_->pid, .program = {}};
}

void SiPidRule::apply(std::optional<UnixTime> now) {
    if (timed_ || (applies_ && !now)) return;
    applies_ = true;
    timed_ = now.has_value();
    const IndicatorState state = timed_ ? IndicatorState::ok : IndicatorState::not_measured;
    for (const IndicatorId id : rules_->group) context_.board.set_state(id, state);
    context_.board.set_state(IndicatorId::si_repetition_error, state);
    if (!now) return;
    if (rules_->absence != nullptr) watch_.expect(legacy, watched(rules_->absence), *now);
    if (rules_->absence_actual != nullptr) watch_.expect(actual, watched(rules_->absence_actual), *now);
}

void SiPidRule::hand_over_actual(UnixTime now) {
    watch_.forget(actual, now);
}

bool SiPidRule::on_section(const SectionSeen& section) {
    if (!section.crc_ok) return false;
    const bool allowed = std::any_of(rules_->allowed.begin(), rules_->allowed.end(),
                                     [&](TableRange range) { return range.has(section.table_id); });
    if (!allowed) {
        for (const IndicatorId id : rules_->foreign) context_.board.found(id, foreign_table(section));
        return false;
    }
    if (section.table_id == rules_->other && rules_->other_indicator) {
        context_.board.set_state(*rules_->other_indicator,
                                 section.timed ? IndicatorState::ok : IndicatorState::not_measured);
    }
    if (!section.timed) return true;
    if (rules_->absence != nullptr && rules_->present.has(section.table_id)) {
        watch_.seen(legacy, watched(rules_->absence), section.last_byte, section.packet);
    }
    if (rules_->absence_actual != nullptr && rules_->present_actual.has(section.table_id)) {
        if (rules_->actual_until_seen) {
            hand_over_actual(section.last_byte);
        } else {
            watch_.seen(actual, watched(rules_->absence_actual), section.last_byte, section.packet);
        }
    }
    if (section.table_id == rules_->spaced && rules_->spaced_indicator) {
        gap_->on_section(section, *rules_->spaced_indicator);
    }
    return true;
}

}  // namespace muxtap::analyzer
