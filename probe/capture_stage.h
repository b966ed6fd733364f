#pragma once

#include <memory>
#include <vector>

#include "common/base/result.h"
#include "common/feed/status_board.h"
#include "probe/flow/flow_table.h"
#include "probe/source/source.h"

namespace muxtap::probe {

/// Newest counters of one capture thread, for whoever reports.
struct CaptureStatus {
    SourceCounters source;
    FlowCounters flows;
    std::string damage;
};

/// The capture thread's work: source -> flow table -> batches -> queue, and the status of its streams ten times a
/// second. A stage: one thread calls `do_work` until it says that it is done, then `finish`.
class CaptureStage {
public:
    CaptureStage(std::unique_ptr<Source> source, FlowTable::Settings settings,
                 std::unique_ptr<feed::BatchQueueWriter> output, feed::StatusBoard& board, std::size_t number);

    /// One round; waits a tenth of a second at most when nothing comes. False when the input has ended or the packet
    /// limit is reached.
    [[nodiscard]] Result<bool> do_work();
    /// At a stop: takes in what a live source's ring still holds, until it is empty for its time-out and a moment.
    void drain(std::chrono::milliseconds ring_time_out, std::chrono::milliseconds longest);
    /// Hands on all that was captured and says that it was the last.
    void finish();

    /// Any thread.
    [[nodiscard]] CaptureStatus status() const;

private:
    void report(bool ended);

    std::unique_ptr<Source> source_;
    std::unique_ptr<feed::BatchQueueWriter> output_;
    FlowTable flows_;
    feed::StatusBoard& board_;
    std::size_t number_;
    std::vector<feed::StreamStatus> statuses_;
    SteadyTime next_report_{};
    mutable std::mutex mutex_;
    CaptureStatus status_;
};

}  // namespace muxtap::probe
