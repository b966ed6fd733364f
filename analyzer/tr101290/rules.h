#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "analyzer/options.h"
#include "analyzer/tr101290/cat_rule.h"
#include "analyzer/tr101290/eit_rule.h"
#include "analyzer/tr101290/indicator_board.h"
#include "analyzer/tr101290/pat_rule.h"
#include "analyzer/tr101290/pid_rules.h"
#include "analyzer/tr101290/pmt_rule.h"
#include "analyzer/tr101290/repetition_rule.h"
#include "analyzer/tr101290/section_gap.h"
#include "analyzer/tr101290/section_seen.h"
#include "analyzer/tr101290/shadow.h"
#include "analyzer/tr101290/si_pid_rule.h"
#include "analyzer/tr101290/sync_rule.h"

namespace muxtap::analyzer {

/// A service of the SDT of this stream.
struct EitService {
    std::uint16_t service_id = 0;
    bool present_following = false;  ///< EIT_present_following_flag
};

/// The rules of TR 101 290 that are about sync, tables, timers and
/// presence: 1.1, 1.2, 1.3, 1.5, 1.6, 2.2, 2.6, 3.1, 3.2 and 3.4 to 3.8. Also owns the board on which all other rules
/// put their findings.
///
/// Order of calls: times never go backwards. The clock begins with the first `tick`, or the first timed section; before
/// that nothing that needs time is measured. `tick` is called every 100 ms of the stream's time, also in silence, and
/// before the first packet after a longer silence. What was found wrong has the time when its limit passed, not that of
/// the tick. Nothing is allocated but when a table, PID or event is new.
class Rules {
public:
    /// Events go behind those in `events`, which must outlive the rules, as long as there are fewer than
    /// `options.caps.pending_events`; the caller takes them from there.
    Rules(const AnalyzerOptions& options, std::vector<Event>& events);
    ~Rules() = default;
    Rules(const Rules&) = delete;
    Rules& operator=(const Rules&) = delete;
    Rules(Rules&&) = delete;
    Rules& operator=(Rules&&) = delete;

    /// For the findings of others. States of indicators that are not of these rules are theirs to set.
    [[nodiscard]] IndicatorBoard& board() noexcept { return board_; }
    [[nodiscard]] const Shadow& shadow() const noexcept { return shadow_; }

    /// Sync bytes, see `SyncRule`. `on_good` is only needed while `sync().wants_good()`.
    void on_bad_sync(std::uint64_t n, UnixTime time, std::uint64_t packet);
    void on_skipped_bytes(std::uint64_t bytes, UnixTime time, std::uint64_t packet);
    void on_good(std::uint64_t n, UnixTime time) { sync_.on_good(n, time); }
    [[nodiscard]] const SyncRule& sync() const noexcept { return sync_; }
    /// Sync is lost: findings are not held against the stream.
    [[nodiscard]] bool in_shadow() const noexcept { return sync_.in_shadow(); }

    /// The capture lost packets between the newest time known here and `time`, that of the first packet behind the
    /// loss. Call it before any `tick` with that time: each interval that has a part of the loss in it is in its
    /// shadow.
    void on_capture_loss(UnixTime time);

    /// Sections on PIDs 0, 1, 0x10 to 0x14, PMT PIDs and network_PID, CRC right or wrong. Others are ignored.
    void on_section(const SectionSeen& seen);
    /// Every packet whose transport_scrambling_control is not 00, without null and TEI packets. Cheap.
    void on_scrambled(ts::Pid pid, UnixTime time, std::uint64_t packet, bool shadow) {
        const bool no_news_of_cat = cat_.expects_scrambled(time);
        if (no_news_of_cat && pid != pat_pid && !pmt_.is_pmt_pid(pid)) return;
        judge_scrambled(pid, time, packet, shadow);
    }

    /// Programs of the current PAT, without program 0. Call when they change.
    void set_pmt_pids(std::span<const PmtPid> programs, UnixTime now);
    /// All PIDs that PAT (network_PID), CAT, PMTs and MGT refer to. Call when they change.
    void set_referenced(std::span<const ReferencedPid> references, UnixTime now);
    /// Services of the current SDT of this stream. Call when they change.
    void set_eit_services(std::span<const EitService> services, UnixTime now);

    /// Time is `now`, `packet` packets came before, and `pids` were ever seen (borrowed for the call).
    void tick(UnixTime now, std::uint64_t packet, std::span<const PidActivity> pids);

    [[nodiscard]] Indicators report() const { return board_.report(); }
    /// Events that found no room.
    [[nodiscard]] std::uint64_t events_dropped() const noexcept { return board_.events_dropped(); }
    /// Times that a table was not followed because there are too many, for `Report::limits`.
    [[nodiscard]] std::uint64_t left_out() const noexcept;

private:
    void start(UnixTime now);
    void judge_scrambled(ts::Pid pid, UnixTime time, std::uint64_t packet, bool shadow);
    void expect_eit(UnixTime now);
    void expire(UnixTime now, std::uint64_t packet);
    void count_crc_error(const SectionSeen& section);
    [[nodiscard]] SiPidRule* si_rule(ts::Pid pid) noexcept;
    [[nodiscard]] std::optional<UnixTime> clock() const noexcept;

    Thresholds thresholds_;
    Caps caps_;
    Standard standard_;
    IndicatorBoard board_;
    Shadow shadow_;
    RuleContext context_;
    SyncRule sync_;
    PatRule pat_;
    PmtRule pmt_;
    CatRule cat_;
    SectionGap gap_;
    SiPidRule nit_;
    SiPidRule sdt_;
    SiPidRule eit_;
    SiPidRule rst_;
    SiPidRule tdt_;
    RepetitionRule repetition_;
    EitPfRule eit_pf_;
    PidRules pids_;
    std::vector<std::uint16_t> eit_services_;
    UnixTime now_{};
    std::uint64_t packet_ = 0;
    UnixTime grace_until_{};  ///< PMTs have had their time by then
    bool started_ = false;
    bool sdt_seen_ = false;
    bool eit_actual_seen_ = false;
};

}  // namespace muxtap::analyzer
