#pragma once

#include <memory>
#include <utility>

#include "client/delivery/sink_queue.h"
#include "client/metrics/sinks/sink.h"

namespace muxtap::metrics {

/// The bounded queue in front of a sink of the metrics worker, and its thread.
class SinkQueue : public delivery::SinkQueue<RecordPtr> {
public:
    /// `most_bytes`: of records that wait, by `weight`.
    SinkQueue(std::unique_ptr<Sink> sink, std::size_t most_bytes)
        : delivery::SinkQueue<RecordPtr>(std::move(sink), most_bytes, weight_of) {}

    /// About what a record takes in memory, in bytes.
    [[nodiscard]] static std::size_t weight(const Record& record);

private:
    [[nodiscard]] static std::size_t weight_of(const RecordPtr& record) { return weight(*record); }
};

}  // namespace muxtap::metrics
