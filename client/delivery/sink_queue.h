#pragma once

#include <pthread.h>

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "client/delivery/sink.h"

namespace muxtap::delivery {

/// The bounded queue in front of a sink, and the thread that the sink works in. A sink that does not keep up costs its
/// own newest records, never the feed or another sink.
template <typename T>
class SinkQueue {
public:
    /// About what a record takes in memory, in bytes; the same at every call.
    using Weight = std::size_t (*)(const T& record);

    /// `most_bytes`: of records that wait, by `weight`.
    SinkQueue(std::unique_ptr<Sink<T>> sink, std::size_t most_bytes, Weight weight)
        : sink_(std::move(sink)), most_bytes_(most_bytes), weight_(weight), thread_([this] { run(); }) {
        ::pthread_setname_np(thread_.native_handle(), sink_->figures().name.substr(0, 15).c_str());
    }
    /// Stops as by `stop` without patience.
    ~SinkQueue() {
        stop(std::chrono::milliseconds{0});
        join();
    }
    SinkQueue(const SinkQueue&) = delete;
    SinkQueue& operator=(const SinkQueue&) = delete;

    /// Never waits. False: there was no room; the record is dropped and counted.
    bool offer(const T& record) {
        const std::size_t bytes = weight_(record);
        const std::scoped_lock lock(mutex_);
        if (waiting_bytes_ + bytes > most_bytes_) {
            ++dropped_;
            return false;
        }
        waiting_bytes_ += bytes;
        waiting_.push_back(record);
        changed_.notify_one();
        return true;
    }

    /// Nothing more is offered: the sink takes what waits and finishes, for at most about `patience`. Does not wait
    /// for that.
    void stop(std::chrono::milliseconds patience) {
        const std::scoped_lock lock(mutex_);
        if (stopping_) return;
        stopping_ = true;
        patience_ = patience;
        changed_.notify_one();
    }

    /// Waits for the end after `stop`.
    void join() {
        if (thread_.joinable()) thread_.join();
    }

    /// The sink's figures, with what waits and was dropped in front of it.
    [[nodiscard]] SinkFigures figures() const {
        SinkFigures figures = sink_->figures();
        const std::scoped_lock lock(mutex_);
        figures.waiting += waiting_.size() + in_hand_;
        figures.dropped += dropped_;
        if (waiting_bytes_ > most_bytes_ / 2 && figures.problem.empty()) {
            figures.healthy = false;
            figures.problem = "does not keep up";
        }
        return figures;
    }

    [[nodiscard]] bool closed() const noexcept { return sink_->closed(); }

private:
    static constexpr std::chrono::milliseconds tick_interval{50};
    /// So that a sink with much to do still ticks.
    static constexpr std::size_t most_at_once = 256;

    void run() {
        std::vector<T> batch;
        while (take(batch)) {
            if (!batch.empty()) sink_->write(batch);
            batch.clear();
            {
                const std::scoped_lock lock(mutex_);
                in_hand_ = 0;
            }
            sink_->tick();
        }
        sink_->finish(patience_);
    }

    /// Waits for records until the next tick. False when there are no more, nor will be.
    bool take(std::vector<T>& batch) {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, tick_interval, [this] { return stopping_ || !waiting_.empty(); });
        if (waiting_.empty() && stopping_) return false;
        for (; !waiting_.empty() && batch.size() < most_at_once; waiting_.pop_front()) {
            waiting_bytes_ -= weight_(waiting_.front());
            batch.push_back(std::move(waiting_.front()));
        }
        in_hand_ = batch.size();
        return true;
    }

    std::unique_ptr<Sink<T>> sink_;
    const std::size_t most_bytes_;
    const Weight weight_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<T> waiting_;
    std::size_t waiting_bytes_ = 0;
    std::uint64_t in_hand_ = 0;  ///< taken out, not yet given to the sink whole
    std::uint64_t dropped_ = 0;
    bool stopping_ = false;
    std::chrono::milliseconds patience_{0};
    std::thread thread_;
};

}  // namespace muxtap::delivery
