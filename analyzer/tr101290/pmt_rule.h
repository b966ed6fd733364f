#pragma once

#include <bitset>
#include <span>
#include <vector>

#include "analyzer/tr101290/presence_watch.h"
#include "analyzer/tr101290/rule_context.h"

namespace muxtap::analyzer {

/// TR 101 290, 1.5 PMT_error and 1.5.a PMT_error_2. The legacy one wants any PMT section on each program_map_PID, the
/// new one that of each program: several programs may share a PID. A PMT has its full time from when the PAT first
/// names it.
class PmtRule {
public:
    explicit PmtRule(const RuleContext& context)
        : context_(context), watch_(context.board, context.shadow, 2 * context.caps.programs) {}

    /// The clock begins to run.
    void start(UnixTime now);
    /// All programs of the PAT, without program 0 (network_PID). Those that are not there any more are forgotten.
    void set_pmt_pids(std::span<const PmtPid> programs, UnixTime now);
    /// Sections on PMT PIDs.
    void on_section(const SectionSeen& section);
    /// A packet on a PMT PID whose transport_scrambling_control is not 00.
    void on_scrambled(const Finding& packet);
    void expire(UnixTime now, std::uint64_t packet) { watch_.expire(now, packet); }

    [[nodiscard]] bool is_pmt_pid(ts::Pid pid) const noexcept { return pids_[pid % ts::pid_count]; }
    /// There are programs, and each has had a valid PMT section since the PAT named it.
    [[nodiscard]] bool all_seen() const noexcept { return !programs_.empty() && missing_ == 0; }
    [[nodiscard]] std::uint64_t left_out() const noexcept { return watch_.left_out(); }

private:
    struct Program {
        std::uint64_t key = 0;
        bool seen = false;
    };
    [[nodiscard]] Program* find(std::uint64_t key) noexcept;
    void expect_all(UnixTime now);

    RuleContext context_;
    PresenceWatch watch_;
    std::vector<Program> programs_;  ///< by key
    std::vector<Program> next_;      ///< kept for its memory
    std::size_t missing_ = 0;        ///< programs whose PMT was not seen
    std::bitset<ts::pid_count> pids_;
    bool started_ = false;
};

}  // namespace muxtap::analyzer
