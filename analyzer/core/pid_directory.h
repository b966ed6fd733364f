#pragma once

#include <array>
#include <memory>
#include <vector>

#include "analyzer/core/pid_state.h"
#include "analyzer/packets/pid_slot.h"

namespace muxtap::analyzer {

/// All PIDs: a slot each for the packet loop, and more for those seen.
class PidDirectory {
public:
    [[nodiscard]] PidSlots& slots() noexcept { return slots_; }
    [[nodiscard]] const PidSlot& slot(ts::Pid pid) const noexcept { return slots_[pid]; }
    [[nodiscard]] PidSlot& slot(ts::Pid pid) noexcept { return slots_[pid]; }

    /// Null when it was never asked for with `state_of`.
    [[nodiscard]] PidState* find(ts::Pid pid) noexcept { return states_[pid].get(); }
    [[nodiscard]] const PidState* find(ts::Pid pid) const noexcept { return states_[pid].get(); }
    /// Made when there is none.
    [[nodiscard]] PidState& state_of(ts::Pid pid) {
        if (!states_[pid]) {
            states_[pid] = std::make_unique<PidState>(pid, seen_.size());
            seen_.push_back(states_[pid].get());
        }
        return *states_[pid];
    }
    /// Those that have a state, in the order in which they were first seen.
    [[nodiscard]] const std::vector<PidState*>& seen() const noexcept { return seen_; }

private:
    PidSlots slots_;
    std::array<std::unique_ptr<PidState>, ts::pid_count> states_;
    std::vector<PidState*> seen_;
};

}  // namespace muxtap::analyzer
