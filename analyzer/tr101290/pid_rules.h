#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "analyzer/tr101290/presence_watch.h"
#include "analyzer/tr101290/rule_context.h"

namespace muxtap::analyzer {

/// What a PID is referred to as. Video, audio and PCR have to come all the time; what is sparse (subtitles, teletext,
/// splice information, data, ECM, EMM) and tables (network_PID, PIDs of the MGT) need not.
enum class ReferenceKind : std::uint8_t { video, audio, clock, sparse, table };

/// A PID that PAT, CAT, a PMT or the MGT refers to.
struct ReferencedPid {
    ts::Pid pid = 0;
    std::uint16_t program = 0;
    ReferenceKind kind{};
};

/// A PID that has been seen, and when. Without packets that have transport_error_indicator.
struct PidActivity {
    ts::Pid pid = 0;
    UnixTime first_seen{};
    UnixTime last_seen{};
};

/// TR 101 290, 1.6 PID_error and 3.4, 3.4.a Unreferenced_PID.
///
/// 1.6: a referenced video, audio or PCR PID without packets for longer than its limit (5 s), once per absence, also
/// when it never came. 3.4 and 3.4.a agree here: PIDs of the CAT are exempt from both, in the standard's words as
/// "CAT_PIDs" of the first. A PID has 0.5 s from its first packet, or from when its last reference went away, to be
/// referred to; the error lasts until it is, or until it is silent for the limit of 1.6. 0x0000 to 0x001F, the null PID
/// and 0x1FFB are exempt.
class PidRules {
public:
    explicit PidRules(const RuleContext& context);

    /// All references there are now, in any order; a PID may have several. PMT PIDs need not be among them.
    void set_referenced(std::span<const ReferencedPid> references, UnixTime now);

    /// Looks at all PIDs that were ever seen, in any order; call every 100 ms. With `hold` no PID is unreferenced yet,
    /// since not all tables have had their time. `is_pmt_pid(pid)` says what the PAT refers to.
    template <typename IsPmtPid>
    void tick(UnixTime now, std::uint64_t packet, std::span<const PidActivity> pids, bool hold, IsPmtPid&& is_pmt_pid) {
        if (hold) held_until_ = now;
        for (const PidActivity& pid : pids) {
            if (pid.pid >= ts::pid_count) continue;
            const Use use = uses_[pid.pid];
            if (use == Use::watched) watch_.touch(pid.pid, pid.last_seen);
            if (exempt(pid.pid)) continue;
            if (use != Use::none || is_pmt_pid(pid.pid)) {
                referenced(unknown_[pid.pid], now);
            } else {
                unreferenced(pid, now, packet, hold);
            }
        }
        watch_.expire(now, packet);
    }

private:
    enum class Use : std::uint8_t { none, referenced, watched };
    /// What is known of a PID as unreferenced one.
    struct Unknown {
        UnixTime since{};
        bool met = false;      ///< was looked at before
        bool running = false;  ///< its time runs from `since`
        bool raised = false;
        bool shadow_counted = false;
    };

    [[nodiscard]] static bool exempt(ts::Pid pid) noexcept {
        return pid <= 0x001F || pid == ts::null_pid || pid == psip_base_pid;
    }
    void referenced(Unknown& state, UnixTime now) {
        state.met = true;
        if (state.running) stop(state, now);
    }
    void unreferenced(const PidActivity& pid, UnixTime now, std::uint64_t packet, bool hold);
    void stop(Unknown& state, UnixTime now);

    RuleContext context_;
    PresenceWatch watch_;
    std::vector<Use> uses_;         ///< by PID
    std::vector<Unknown> unknown_;  ///< by PID
    UnixTime held_until_ = UnixTime::min();
};

}  // namespace muxtap::analyzer
