#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "analyzer/report/event.h"
#include "analyzer/report/indicator.h"
#include "common/base/clock.h"
#include "common/ts/packet_view.h"

namespace muxtap::analyzer {

/// One thing that a rule found wrong.
struct Finding {
    UnixTime time{};           ///< when it was wrong; for a missing table when its limit passed
    std::uint64_t packet = 0;  ///< number of the packet that showed it, from 0
    std::optional<ts::Pid> pid{};
    std::optional<std::uint16_t> program{};
    bool shadow = false;  ///< in the shadow of a capture loss or of lost sync: not held against the stream
    std::uint64_t count = 1;
    /// A finding of 2.3a or 2.3b is one of 2.3 as well, unless the same fault has been counted there already.
    bool in_legacy = true;
    std::string_view what{};                             ///< for people; must outlive the call only
    std::optional<std::uint8_t> table_id{};              ///< put behind the text
    std::optional<std::chrono::nanoseconds> duration{};  ///< put behind the text
};

/// Counts the findings of all rules and keeps the state of each indicator of TR 101 290, 5.2. Allocates only for the
/// text of an event, when an indicator begins or ends. Legacy 2.3 is derived here from 2.3a and 2.3b; the other legacy
/// indicators have rules of their own.
class IndicatorBoard {
public:
    /// An indicator is in error until so long after its last finding.
    static constexpr std::chrono::nanoseconds memory = std::chrono::seconds(1);
    static constexpr std::size_t listed_pids = 32;

    /// Puts events behind those in `events`, which must outlive the board, while there are fewer than `most_events`.
    explicit IndicatorBoard(std::vector<Event>& events, std::size_t most_events = 4096)
        : events_(&events), most_events_(most_events) {}

    /// A point finding. One on an indicator that is not applicable is not taken.
    void found(IndicatorId id, const Finding& finding);
    /// As above, with the indicator's name as text.
    void found(IndicatorId id, UnixTime time, std::uint64_t packet, std::optional<ts::Pid> pid, bool capture_shadow,
               std::uint64_t count = 1) {
        found(id, Finding{.time = time, .packet = packet, .pid = pid, .shadow = capture_shadow, .count = count});
    }

    /// A finding that lasts: counted once, the indicator stays in error until `end_condition`. Conditions are counted,
    /// so each one that began must end once; one that began in the shadow does not last.
    void begin_condition(IndicatorId id, const Finding& finding);
    void end_condition(IndicatorId id, UnixTime time);

    /// What the indicator is without findings: ok, not_applicable or not_measured, as at the start.
    void set_state(IndicatorId id, IndicatorState state) noexcept { lamp(id).base = state; }

    /// Ends what has been over for long enough.
    void tick(UnixTime now);

    [[nodiscard]] IndicatorState state(IndicatorId id) const noexcept;
    /// Cumulative; the state as of the last finding or tick.
    [[nodiscard]] Indicators report() const;
    /// Events that found no room.
    [[nodiscard]] std::uint64_t events_dropped() const noexcept { return events_dropped_; }

private:
    struct Lamp {
        IndicatorState base = IndicatorState::not_measured;
        bool lit = false;
        bool more_pids = false;
        std::uint32_t conditions = 0;
        std::uint64_t count = 0;
        std::uint64_t capture_loss = 0;
        std::uint64_t first_packet = 0;
        UnixTime first{};
        UnixTime last{};
        UnixTime until{};  ///< in error up to here when no condition lasts
        UnixTime lit_at{};
        std::uint64_t count_before = 0;  ///< `count` when it went into error
        std::optional<ts::Pid> lit_pid{};
        std::optional<std::uint16_t> lit_program{};
        std::optional<std::uint64_t> last_packet{};  ///< of the last finding, also in the shadow
        std::optional<ts::Pid> last_pid{};
        std::size_t pid_entries = 0;
        std::array<IndicatorPid, listed_pids> pids{};
    };

    [[nodiscard]] Lamp& lamp(IndicatorId id) noexcept { return lamps_[static_cast<std::size_t>(id)]; }
    [[nodiscard]] const Lamp& lamp(IndicatorId id) const noexcept { return lamps_[static_cast<std::size_t>(id)]; }
    void count(IndicatorId id, const Finding& finding);
    void count_legacy(IndicatorId id, const Finding& finding);
    void light(IndicatorId id, Lamp& lamp, const Finding& finding);
    void settle(IndicatorId id, Lamp& lamp, UnixTime now);
    void push(Event&& event);
    static void count_pid(Lamp& lamp, ts::Pid pid, std::uint64_t count) noexcept;

    std::vector<Event>* events_;
    std::size_t most_events_;
    std::uint64_t events_dropped_ = 0;
    std::uint64_t packet_ = 0;  ///< newest one heard of
    std::array<Lamp, indicator_count> lamps_{};
};

}  // namespace muxtap::analyzer
