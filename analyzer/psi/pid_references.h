#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "analyzer/report/report.h"
#include "common/ts/packet_view.h"

namespace muxtap::psi {

/// Why a table refers to a PID.
enum class PidRole : std::uint8_t {
    pmt,
    elementary_stream,
    ecm,
    emm,
    pcr,                  ///< PCR_PID that is no stream of the same program
    network_information,  ///< program 0 of the PAT
    psip_events,          ///< an event information table of ATSC
    psip_other,
    splice,  ///< an elementary stream of splice_info_sections, besides being one
};
inline constexpr std::size_t pid_role_count = 9;

struct PidReference {
    ts::Pid pid = 0;
    PidRole role = PidRole::elementary_stream;

    [[nodiscard]] auto operator<=>(const PidReference&) const noexcept = default;  // NOLINT(modernize-use-nullptr)
};

/// Adds a reference, unless the PID is one with a fixed meaning that no table can give away (0x0000..0x000F, null).
void refer(std::vector<PidReference>& references, ts::Pid pid, PidRole role);

/// Sorts references and leaves each in once, as `PidReferences` wants them.
void tidy(std::vector<PidReference>& references);

/// Which PIDs the tables refer to, as what, and from which programs.
class PidReferences {
public:
    PidReferences() : pids_(ts::pid_count) {}

    /// Puts `after` in the place of `before`, both tidy. `program` 0 stands for what belongs to no program.
    void replace(std::uint16_t program, std::span<const PidReference> before, std::span<const PidReference> after);

    [[nodiscard]] bool has(ts::Pid pid, PidRole role) const noexcept {
        return pids_[pid].counts[static_cast<std::size_t>(role)] > 0;
    }
    /// What the tables say of the PID: `unreferenced` when nothing.
    [[nodiscard]] analyzer::PidUse use_of(ts::Pid pid) const noexcept;
    /// Programs that refer to it, sorted; borrowed until the next `replace`.
    [[nodiscard]] std::span<const std::uint16_t> programs_of(ts::Pid pid) const noexcept { return pids_[pid].programs; }
    /// Changes when any of the above does.
    [[nodiscard]] std::uint64_t generation() const noexcept { return generation_; }

private:
    struct Uses {
        std::array<std::uint16_t, pid_role_count> counts{};
        std::uint32_t all = 0;  ///< sum of the counts
        std::vector<std::uint16_t> programs;
    };
    std::vector<Uses> pids_;
    std::uint64_t generation_ = 1;
};

}  // namespace muxtap::psi
