#include "client/metrics/sink_queue.h"

#include <pthread.h>

namespace muxtap::metrics {
namespace {

constexpr std::chrono::milliseconds tick_interval{50};
/// So that a sink with much to do still ticks.
constexpr std::size_t most_at_once = 256;

}  // namespace

SinkQueue::SinkQueue(std::unique_ptr<Sink> sink, std::size_t most_bytes)
    : sink_(std::move(sink)), most_bytes_(most_bytes), thread_([this] { run(); }) {
    ::pthread_setname_np(thread_.native_handle(), sink_->figures().name.substr(0, 15).c_str());
}

SinkQueue::~SinkQueue() {
    stop(std::chrono::milliseconds{0});
    join();
}

std::size_t SinkQueue::weight(const Record& record) {
    constexpr std::size_t base = 4096;
    constexpr std::size_t per_pid = 1024;
    constexpr std::size_t per_program = 1024;
    const IntervalRecord* const interval = record.interval();
    if (interval == nullptr) return 1024 + record.event()->event.text.size();
    const analyzer::Report& report = *interval->report;
    // The JSON that is made of it takes about as much again.
    return 2 * (base + report.pids.size() * per_pid + report.programs.size() * per_program +
                report.tables.size() * sizeof(analyzer::TableInfo));
}

void SinkQueue::offer(const RecordPtr& record) {
    const std::size_t bytes = weight(*record);
    const std::scoped_lock lock(mutex_);
    if (waiting_bytes_ + bytes > most_bytes_) {
        ++dropped_;
        return;
    }
    waiting_bytes_ += bytes;
    waiting_.push_back(record);
    changed_.notify_one();
}

void SinkQueue::stop(std::chrono::milliseconds patience) {
    const std::scoped_lock lock(mutex_);
    if (stopping_) return;
    stopping_ = true;
    patience_ = patience;
    changed_.notify_one();
}

void SinkQueue::join() {
    if (thread_.joinable()) thread_.join();
}

SinkFigures SinkQueue::figures() const {
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

void SinkQueue::run() {
    std::vector<RecordPtr> batch;
    for (;;) {
        {
            std::unique_lock lock(mutex_);
            changed_.wait_for(lock, tick_interval, [this] { return stopping_ || !waiting_.empty(); });
            if (waiting_.empty() && stopping_) break;
            for (; !waiting_.empty() && batch.size() < most_at_once; waiting_.pop_front()) {
                waiting_bytes_ -= weight(*waiting_.front());
                batch.push_back(std::move(waiting_.front()));
            }
            in_hand_ = batch.size();
        }
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

}  // namespace muxtap::metrics
