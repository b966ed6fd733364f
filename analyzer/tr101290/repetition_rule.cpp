#include "analyzer/tr101290/repetition_rule.h"

#include <algorithm>
#include <optional>

namespace muxtap::analyzer {

namespace {

using std::chrono::seconds;

constexpr Absence late_section{.indicators = {IndicatorId::si_repetition_error},
                               .what = "SI section missing for more than"};
constexpr Absence late_foreign_section{
    .indicators = {IndicatorId::si_repetition_error}, .what = "SI section missing for more than", .lasts = false};
constexpr Absence late_nit_other{.indicators = {IndicatorId::nit_other_error, IndicatorId::si_repetition_error},
                                 .indicator_entries = 2,
                                 .what = "section of NIT other missing for more than",
                                 .lasts = false};
constexpr Absence late_sdt_other{.indicators = {IndicatorId::sdt_other_error, IndicatorId::si_repetition_error},
                                 .indicator_entries = 2,
                                 .what = "section of SDT other missing for more than",
                                 .lasts = false};
constexpr Absence late_eit_other{.indicators = {IndicatorId::eit_other_error, IndicatorId::si_repetition_error},
                                 .indicator_entries = 2,
                                 .what = "section of EIT present/following other missing for more than",
                                 .lasts = false};
constexpr Absence late_present{.indicators = {IndicatorId::eit_actual_error, IndicatorId::si_repetition_error},
                               .indicator_entries = 2,
                               .what = "no EIT present of the service for more than"};
constexpr Absence late_following{.indicators = {IndicatorId::eit_actual_error, IndicatorId::si_repetition_error},
                                 .indicator_entries = 2,
                                 .what = "no EIT following of the service for more than"};

/// What tells tables apart; the section_number is or-ed to it. Of tables about this stream there is one, whatever its
/// identifiers, of present/following one for each service.
constexpr std::uint64_t table_key(const SectionSeen& section) noexcept {
    const std::uint64_t table = std::uint64_t{section.table_id} << 24;
    const std::uint64_t extension = std::uint64_t{section.table_id_extension} << 8;
    switch (section.table_id) {
        case 0x40:
        case 0x42:
        case 0x70:
        case 0x73: return table;
        case 0x4E: return table | extension;
        default: return std::uint64_t{section.table_owner} << 32 | table | extension;
    }
}

constexpr std::uint64_t present_following_key(std::uint16_t service, unsigned section_number) noexcept {
    return std::uint64_t{0x4E} << 24 | std::uint64_t{service} << 8 | section_number;
}

constexpr bool is_schedule(std::uint8_t table_id) noexcept {
    return table_id >= 0x50 && table_id <= 0x6F;
}

/// TR 101 211, 4.4.1 and 4.4.2. 64 section_numbers of the first table are the first day (4.1.4.2).
constexpr seconds schedule_limit(const SectionSeen& section) noexcept {
    const bool first_day = (section.table_id & 0x0FU) == 0 && section.section_number < 64;
    if (section.table_id < 0x60) return first_day ? seconds(10) : seconds(30);
    return first_day ? seconds(60) : seconds(300);
}

/// Nothing for tables and sections that have no limit.
std::optional<Watched> watched(const SectionSeen& section, const Thresholds& thresholds) noexcept {
    Watched thing{.absence = &late_foreign_section, .pid = section.pid, .program = {}};
    switch (section.table_id) {
        case 0x40:
            thing.absence = &late_section;
            thing.limit = thresholds.nit_actual;
            return thing;
        case 0x41:
            thing.absence = &late_nit_other;
            thing.limit = thresholds.nit_other;
            return thing;
        case 0x42:
            thing.absence = &late_section;
            thing.limit = thresholds.sdt_actual;
            return thing;
        case 0x46:
            thing.absence = &late_sdt_other;
            thing.limit = thresholds.sdt_other;
            return thing;
        case 0x4A: thing.limit = seconds(10); return thing;
        case 0x4E:
        case 0x4F: {
            if (section.section_number > 1) return std::nullopt;
            const bool actual = section.table_id == 0x4E;
            const Absence* late = section.section_number == 0 ? &late_present : &late_following;
            thing.absence = actual ? late : &late_eit_other;
            thing.limit = actual ? thresholds.eit_actual : thresholds.eit_other;
            thing.program = section.table_id_extension;
            return thing;
        }
        case 0x70:
            thing.absence = &late_section;
            thing.limit = thresholds.tdt;
            return thing;
        case 0x73: thing.limit = seconds(30); return thing;
        default: return std::nullopt;
    }
}

}  // namespace

void RepetitionRule::on_section(const SectionSeen& section) {
    if (is_schedule(section.table_id)) return on_schedule(section);
    const auto thing = watched(section, context_.thresholds);
    if (!thing) return;
    const std::uint64_t table = table_key(section);
    if (section.table_id == 0x4E) {
        expect_present_following(section.table_id_extension, section.last_byte);
    } else if (section.table_id != 0x4F) {
        drop_sections_behind(section, table);
    }
    watch_.seen(table | section.section_number, *thing, section.last_byte, section.packet);
}

void RepetitionRule::drop_sections_behind(const SectionSeen& section, std::uint64_t table) {
    auto known = last_section_numbers_.find(table);
    if (known == last_section_numbers_.end()) {
        if (section.last_section_number == 0 || last_section_numbers_.size() >= context_.caps.tables) return;
        known = last_section_numbers_.emplace(table, section.last_section_number).first;
    }
    for (unsigned number = section.last_section_number + 1U; number <= known->second; ++number) {
        watch_.forget(table | number, section.last_byte);
    }
    known->second = section.last_section_number;
}

void RepetitionRule::expect_present_following(std::uint16_t service, UnixTime now) {
    for (const unsigned section_number : {0U, 1U}) {
        const std::uint64_t key = present_following_key(service, section_number);
        watch_.expect(key,
                      {.absence = section_number == 0 ? &late_present : &late_following,
                       .limit = context_.thresholds.eit_actual,
                       .pid = eit_pid,
                       .program = service},
                      now);
    }
}

void RepetitionRule::expect_eit(std::span<const std::uint16_t> services, UnixTime now) {
    watch_.forget_if(now, [&](std::uint64_t key) {
        return key >> 24 == 0x4E &&
               !std::binary_search(services.begin(), services.end(), static_cast<std::uint16_t>(key >> 8));
    });
    for (const std::uint16_t service : services) expect_present_following(service, now);
}

void RepetitionRule::on_schedule(const SectionSeen& section) {
    const std::uint64_t key = table_key(section);
    const auto known = schedules_.find(key);
    const ScheduleMark mark{
        .section_number = section.section_number, .version = section.version, .last = section.last_byte};
    if (known == schedules_.end()) {
        if (schedules_.size() < context_.caps.tables) {
            schedules_.emplace(key, mark);
        } else {
            ++left_out_;
        }
        return;
    }
    if (known->second.version != section.version) {
        known->second = mark;
        return;
    }
    if (known->second.section_number != section.section_number) return;
    const UnixTime since = known->second.last;
    known->second.last = section.last_byte;
    if (section.last_byte - since <= schedule_limit(section)) return;
    Finding finding = finding_of(section, "section of EIT schedule came again only after");
    finding.program = section.table_id_extension;
    finding.shadow = section.shadow || context_.shadow.covers(since, section.last_byte);
    finding.duration = section.last_byte - since;
    context_.board.found(IndicatorId::si_repetition_error, finding);
}

}  // namespace muxtap::analyzer
