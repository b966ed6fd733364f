#pragma once

#include <cstdint>
#include <span>
#include <unordered_map>

#include "analyzer/tr101290/presence_watch.h"
#include "analyzer/tr101290/rule_context.h"

namespace muxtap::analyzer {

/// How often each section of the SI tables has to come: TR 101 290, 3.2 SI_repetition_error with the limits of TR
/// 101 211, 4.4, and those of its limits that have an indicator of their own: 3.1.b NIT_other, 3.5.b SDT_other, 3.6.a
/// EIT_actual (present and following of each service), 3.6.b EIT_other.
///
/// Sections of tables about this stream stay in error while they are missing. Those about others, BAT and TOT raise one
/// finding each: they may have been taken off the air. Of an EIT schedule one section of each table is followed, and
/// only judged when it comes again; where the limits of satellite, cable and terrestrial nets differ the longer one is
/// taken. Sections that a table has dropped (last_section_number) are forgotten.
class RepetitionRule {
public:
    explicit RepetitionRule(const RuleContext& context)
        : context_(context), watch_(context.board, context.shadow, context.caps.tables) {}

    /// Any valid and timed section on an SI PID.
    void on_section(const SectionSeen& section);
    /// Present and following of these services, in ascending order, have to come, those of others not until they are
    /// seen.
    void expect_eit(std::span<const std::uint16_t> services, UnixTime now);
    void expire(UnixTime now, std::uint64_t packet) { watch_.expire(now, packet); }
    [[nodiscard]] std::uint64_t left_out() const noexcept { return watch_.left_out() + left_out_; }

private:
    struct ScheduleMark {
        std::uint8_t section_number = 0;
        std::uint8_t version = 0;
        UnixTime last{};
    };
    void expect_present_following(std::uint16_t service, UnixTime now);
    void drop_sections_behind(const SectionSeen& section, std::uint64_t table);
    void on_schedule(const SectionSeen& section);

    RuleContext context_;
    PresenceWatch watch_;
    std::unordered_map<std::uint64_t, std::uint8_t, KeyHash> last_section_numbers_;
    std::unordered_map<std::uint64_t, ScheduleMark, KeyHash> schedules_;
    std::uint64_t left_out_ = 0;
};

}  // namespace muxtap::analyzer
