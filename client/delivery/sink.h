#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>

namespace muxtap::delivery {

/// What one of a worker's sinks has done.
struct SinkFigures {
    std::string name;             ///< "kafka", "sqlite:metrics.db"
    std::uint64_t delivered = 0;  ///< records
    std::uint64_t dropped = 0;    ///< records lost here: its queue, its disk or its spool was full
    std::uint64_t waiting = 0;    ///< records not yet delivered
    std::uint64_t spool_bytes = 0;
    bool healthy = true;
    std::string problem;  ///< one line, empty when healthy
};

/// Where a worker's records go. `T` is a record as it is passed around: a shared pointer to something immutable.
/// Everything but `figures` and `closed` is called by one thread of the sink's own (`SinkQueue`), so a sink may take
/// its time: the queue before it is bounded, and what it has no room for is dropped there and counted.
template <typename T>
class Sink {
public:
    virtual ~Sink() = default;

    /// The next records, in order. What cannot be stored or sent is counted in `figures().dropped`.
    virtual void write(std::span<const T> records) = 0;

    /// Called at least ten times a second, also when there are no records: retries, retention, rotation.
    virtual void tick() = 0;

    /// The last call: sends what waits, for at most about this long.
    virtual void finish(std::chrono::milliseconds patience) = 0;

    /// Nobody takes the records any more, nor ever will (`muxtap-metrics | head`). Any thread.
    [[nodiscard]] virtual bool closed() const noexcept { return false; }

    /// What it has done so far. Any thread.
    [[nodiscard]] virtual SinkFigures figures() const = 0;
};

}  // namespace muxtap::delivery
