#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>

#include "common/base/result.h"
#include "common/ts/pcr.h"
#include "probe/send/fault_record.h"
#include "probe/send/fault_selector.h"

namespace muxtap::send {

/// From which packet on the PCRs are elsewhere, and by how much.
struct PcrJump {
    ts::PcrTicks by{0};
    std::uint64_t packet = 0;    ///< number in the whole play
    std::optional<ts::Pid> pid;  ///< unset: every PID with PCRs

    /// From "500ms@1000" or "-2s@0", with ";pid=256" behind it. A bare number is in milliseconds.
    [[nodiscard]] static Result<PcrJump> parse(std::string_view text);
};

/// All faults of a run. Which ones hit depends on it and on nothing else.
struct FaultPlan {
    std::uint64_t seed = 1;
    std::array<std::optional<FaultSpec>, fault_kind_count> specs;  ///< by kind; none for pcr_jump and jitter
    std::optional<PcrJump> pcr_jump;
    std::optional<std::chrono::nanoseconds> jitter;  ///< longest delay

    [[nodiscard]] bool any() const noexcept;
    /// The decisions for one kind: each has random numbers of its own, so that asking for one fault does not move
    /// another. Hits nothing when the kind was not asked for.
    [[nodiscard]] FaultSelector selector(FaultKind kind) const;
    /// Seed of what else a kind draws at random.
    [[nodiscard]] std::uint64_t seed_of(FaultKind kind) const noexcept;
};

}  // namespace muxtap::send
