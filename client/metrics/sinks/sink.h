#pragma once

#include <chrono>
#include <span>

#include "client/metrics/records/record.h"

namespace muxtap::metrics {

/// Where records go. Everything but `figures` and `closed` is called by one thread of the sink's own (`SinkQueue`), so
/// a sink may take its time: the queue before it is bounded, and what it has no room for is dropped there and counted.
class Sink {
public:
    virtual ~Sink() = default;

    /// The next records, in order. What cannot be stored or sent is counted in `figures().dropped`.
    virtual void write(std::span<const RecordPtr> records) = 0;

    /// Called at least ten times a second, also when there are no records: retries, retention, rotation.
    virtual void tick() = 0;

    /// The last call: sends what waits, for at most about this long.
    virtual void finish(std::chrono::milliseconds patience) = 0;

    /// Nobody takes the records any more, nor ever will (`muxtap-metrics | head`). Any thread.
    [[nodiscard]] virtual bool closed() const noexcept { return false; }

    /// What it has done so far. Any thread.
    [[nodiscard]] virtual SinkFigures figures() const = 0;
};

}  // namespace muxtap::metrics
