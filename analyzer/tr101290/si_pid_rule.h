#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>

#include "analyzer/tr101290/presence_watch.h"
#include "analyzer/tr101290/rule_context.h"
#include "analyzer/tr101290/section_gap.h"

namespace muxtap::analyzer {

/// Tables that one of the two kinds of indicator wants to see.
struct TableRange {
    std::uint8_t first = 0xFF;
    std::uint8_t last = 0;

    [[nodiscard]] constexpr bool has(std::uint8_t table_id) const noexcept {
        return first <= table_id && table_id <= last;
    }
};

/// What TR 101 290 asks of the PID of one kind of SI table.
struct SiPid {
    ts::Pid pid = 0;
    std::span<const TableRange> allowed{};  ///< others raise the indicators of `foreign`
    std::span<const IndicatorId> foreign{};
    TableRange present{};              ///< one of these has to come for `absence`
    const Absence* absence = nullptr;  ///< legacy indicator; none for tables that need not come
    TableRange present_actual{};       ///< one of these for `absence_actual`
    const Absence* absence_actual = nullptr;
    /// Others watch the single sections once there are some: `absence_actual` is for those that never come.
    bool actual_until_seen = false;
    std::chrono::nanoseconds Thresholds::*limit = nullptr;
    std::uint8_t spaced = 0xFF;  ///< table whose sections must be 25 ms apart
    std::optional<IndicatorId> spaced_indicator{};
    std::span<const IndicatorId> group{};          ///< become applicable together
    std::uint8_t other = 0xFF;                     ///< table of other streams or networks
    std::optional<IndicatorId> other_indicator{};  ///< applicable once `other` was seen
};

/// NIT: 3.1, 3.1.a; 3.1.b becomes applicable.
[[nodiscard]] const SiPid& nit_rules() noexcept;
/// SDT: 3.5, 3.5.a; 3.5.b becomes applicable.
[[nodiscard]] const SiPid& sdt_rules() noexcept;
/// EIT: 3.6 and the parts of 3.6.a that are not about services; the rest is in `RepetitionRule` and `EitPfRule`.
[[nodiscard]] const SiPid& eit_rules() noexcept;
/// RST: 3.7.
[[nodiscard]] const SiPid& rst_rules() noexcept;
/// TDT: 3.8.
[[nodiscard]] const SiPid& tdt_rules() noexcept;

/// Rules about the sections on one SI PID: foreign tables, tables that do not come, sections too close together. Its
/// indicators are not applicable before `apply`.
class SiPidRule {
public:
    /// `rules` outlives it.
    SiPidRule(const RuleContext& context, SectionGap& gap, const SiPid& rules)
        : context_(context), gap_(&gap), rules_(&rules), watch_(context.board, context.shadow, 2) {}

    /// The stream has, or has to have, these tables. `now` is empty as long as there is no clock. Counts the first
    /// time, and the first time that there is a clock.
    void apply(std::optional<UnixTime> now);
    [[nodiscard]] bool applies() const noexcept { return applies_; }
    /// A section on its PID, CRC right or wrong. Whether it is a valid one of a table that belongs there.
    bool on_section(const SectionSeen& section);
    void expire(UnixTime now, std::uint64_t packet) { watch_.expire(now, packet); }
    /// The tables need not come until one is seen.
    void excuse_absence(UnixTime now) {
        watch_.forget_if(now, [](std::uint64_t) { return true; });
    }
    /// `absence_actual` is watched elsewhere from now on.
    void hand_over_actual(UnixTime now);

private:
    [[nodiscard]] Watched watched(const Absence* absence) const noexcept;

    RuleContext context_;
    SectionGap* gap_;
    const SiPid* rules_;
    PresenceWatch watch_;
    bool applies_ = false;
    bool timed_ = false;
};

}  // namespace muxtap::analyzer
