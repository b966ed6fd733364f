#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "client/metrics/sinks/sink.h"

namespace muxtap::metrics {

/// The bounded queue in front of a sink, and the thread that the sink works in. A sink that does not keep up costs its
/// own newest records, never the feed or another sink.
class SinkQueue {
public:
    /// `most_bytes`: of records that wait, by `weight`.
    SinkQueue(std::unique_ptr<Sink> sink, std::size_t most_bytes);
    /// Stops as by `stop` without patience.
    ~SinkQueue();
    SinkQueue(const SinkQueue&) = delete;
    SinkQueue& operator=(const SinkQueue&) = delete;

    /// Never waits. A record that finds no room is dropped and counted.
    void offer(const RecordPtr& record);

    /// Nothing more is offered: the sink takes what waits and finishes, for at most about `patience`. Does not wait
    /// for that.
    void stop(std::chrono::milliseconds patience);
    /// Waits for the end after `stop`.
    void join();

    /// The sink's figures, with what waits and was dropped in front of it.
    [[nodiscard]] SinkFigures figures() const;

    [[nodiscard]] bool closed() const noexcept { return sink_->closed(); }

    /// About what a record takes in memory, in bytes.
    [[nodiscard]] static std::size_t weight(const Record& record);

private:
    void run();

    std::unique_ptr<Sink> sink_;
    const std::size_t most_bytes_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<RecordPtr> waiting_;
    std::size_t waiting_bytes_ = 0;
    std::uint64_t in_hand_ = 0;  ///< taken out, not yet given to the sink whole
    std::uint64_t dropped_ = 0;
    bool stopping_ = false;
    std::chrono::milliseconds patience_{0};
    std::thread thread_;
};

}  // namespace muxtap::metrics
