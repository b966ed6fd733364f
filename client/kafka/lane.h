#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "client/kafka/entry.h"
#include "common/base/clock.h"

namespace muxtap::kafka {

/// The messages of one topic on their way to the broker. Oldest first: what is ready, then the rows of the spool
/// behind the cursor, then what is only in memory outside.
struct Lane {
    using Entries = std::map<std::uint64_t, std::unique_ptr<Entry>>;

    std::string topic;
    Entries ready;                   ///< to be given to the producer next
    Entries in_flight;               ///< given, not yet reported
    std::uint64_t cursor = 0;        ///< newest that was ever made ready
    std::uint64_t last_spooled = 0;  ///< newest in the spool
    std::uint64_t given = 0;         ///< newest that was ever given
    /// Keys of which the present producer has had one acknowledged, and those whose first is on its way. A broker that
    /// knows nothing of a producer takes any number as its first: if that one were refused, the one behind it would
    /// overtake it. So only one goes until it is acknowledged. (Each key has a partition, which is what counts.)
    std::set<std::string> known_keys;
    std::set<std::string> keys_on_trial;
    bool proven = false;                     ///< the broker has taken one since the last trouble
    bool draining = false;                   ///< nothing is given until all is reported
    SteadyTime not_before{};                 ///< nothing is given until then
    SteadyTime silent_since = steady_now();  ///< of the latest answer, or of having nothing to be answered
    std::chrono::milliseconds back_off{0};
    std::string problem;  ///< why the broker does not take this topic; empty when it does

    /// What the broker was seen to refuse and to take, in bytes, until `refused_until`.
    std::size_t refused = std::numeric_limits<std::size_t>::max();
    std::size_t taken = 0;
    SteadyTime refused_until{};

    [[nodiscard]] bool caught_up() const noexcept { return cursor >= last_spooled; }
};

}  // namespace muxtap::kafka
