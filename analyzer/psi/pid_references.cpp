#include "analyzer/psi/pid_references.h"

#include <algorithm>

namespace muxtap::psi {

void refer(std::vector<PidReference>& references, ts::Pid pid, PidRole role) {
    if (pid >= 0x10 && pid != ts::null_pid) references.push_back({pid, role});
}

void tidy(std::vector<PidReference>& references) {
    std::sort(references.begin(), references.end());
    references.erase(std::unique(references.begin(), references.end()), references.end());
}

void PidReferences::replace(std::uint16_t program, std::span<const PidReference> before,
                            std::span<const PidReference> after) {
    if (std::equal(before.begin(), before.end(), after.begin(), after.end())) return;
    ++generation_;
    for (const PidReference& one : before) {
        Uses& uses = pids_[one.pid];
        --uses.counts[static_cast<std::size_t>(one.role)];
        --uses.all;
        const auto at = std::lower_bound(uses.programs.begin(), uses.programs.end(), program);
        if (at != uses.programs.end() && *at == program) uses.programs.erase(at);
    }
    for (const PidReference& one : after) {
        Uses& uses = pids_[one.pid];
        ++uses.counts[static_cast<std::size_t>(one.role)];
        ++uses.all;
        if (program == 0) continue;
        const auto at = std::lower_bound(uses.programs.begin(), uses.programs.end(), program);
        if (at == uses.programs.end() || *at != program) uses.programs.insert(at, program);
    }
}

analyzer::PidUse PidReferences::use_of(ts::Pid pid) const noexcept {
    using analyzer::PidUse;
    if (pids_[pid].all == 0) return PidUse::unreferenced;
    struct Row {
        PidRole role;
        PidUse use;
    };
    // A PID that is several things is the first of these.
    constexpr std::array rows = {Row{PidRole::pmt, PidUse::pmt},
                                 Row{PidRole::elementary_stream, PidUse::elementary_stream},
                                 Row{PidRole::ecm, PidUse::ecm},
                                 Row{PidRole::emm, PidUse::emm},
                                 Row{PidRole::network_information, PidUse::network_information},
                                 Row{PidRole::psip_events, PidUse::psip},
                                 Row{PidRole::psip_other, PidUse::psip},
                                 Row{PidRole::pcr, PidUse::pcr_only}};
    for (const Row& row : rows)
        if (has(pid, row.role)) return row.use;
    return PidUse::unreferenced;
}

}  // namespace muxtap::psi
