#pragma once

#include <cstdint>
#include <string>

namespace muxtap::client {

/// `(probe, stream, epoch, seq)` names a record of one kind for ever: one that comes twice can be recognised.
struct RecordIdentity {
    std::string probe;        ///< empty in events that are about no probe
    std::string stream;       ///< empty in events that are about no stream
    std::uint64_t epoch = 0;  ///< start of the probe, nanoseconds since 1970; 0 while none was heard
    /// Of interval records: number of the interval since 1970, so a number that is missing is a record that is missing.
    /// Of events: goes up by one from event to event of a worker, starting at its start in microseconds since 1970.
    std::uint64_t seq = 0;

    [[nodiscard]] bool operator==(const RecordIdentity&) const = default;
};

/// Which worker made a record.
struct WorkerIdentity {
    std::string name;         ///< `--worker-id`, by default the host's name
    std::uint64_t epoch = 0;  ///< its start, nanoseconds since 1970: counters of the analysis began then

    [[nodiscard]] bool operator==(const WorkerIdentity&) const = default;
};

}  // namespace muxtap::client
