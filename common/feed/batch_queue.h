#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "common/feed/batch_pool.h"

namespace zmq {
class context_t;
class socket_t;
}  // namespace zmq

namespace muxtap::feed {

/// The capture threads' end of the bounded queue to the publisher. One writer belongs to one thread.
class BatchQueueWriter {
public:
    virtual ~BatchQueueWriter() = default;
    /// An empty batch for at least `packets` packets. Empty pointer when the memory for batches is used up; in lossless
    /// mode it waits instead, and an empty pointer means that the run is being stopped. The caller drops and counts.
    [[nodiscard]] virtual BatchPtr acquire(std::size_t packets) = 0;
    /// Hands the batch on. When the queue is full the batch stays with the caller and the result is false;
    /// in lossless mode it waits for room instead, and false means that the run is being stopped.
    [[nodiscard]] virtual bool push(BatchPtr& batch) = 0;
    /// Lets the publisher see what was pushed: once a round, so that one wake-up serves many batches. `acquire` and
    /// `push` do it before they wait.
    virtual void deliver() = 0;
    /// Says that this writer will push nothing more; called once, last.
    virtual void finish() = 0;
};

/// Bounded queue of batches from several writers to one reader: an inproc PUSH/PULL pair carries the batches'
/// addresses, the bound is kept here. When it is full a writer is told, or waits in lossless mode. While nobody wants
/// packets, batches end at the writers, which count them, so that nothing is woken for them.
class BatchQueue {
public:
    /// `limit`: most batches on their way. The context and the pool outlive the queue and its writers.
    BatchQueue(zmq::context_t& context, BatchPool& pool, std::size_t limit, bool lossless);
    ~BatchQueue();
    BatchQueue(const BatchQueue&) = delete;
    BatchQueue& operator=(const BatchQueue&) = delete;

    [[nodiscard]] std::unique_ptr<BatchQueueWriter> make_writer();

    /// What the reader takes from the queue.
    enum class Item : std::uint8_t { none, batch, writer_finished };
    /// Takes the next item without waiting; `batch` is set when it is one. The reader's thread.
    [[nodiscard]] Item take(BatchPtr& batch);
    /// For zmq_poll. The reader's thread.
    [[nodiscard]] void* poll_handle() noexcept;

    /// Whether somebody has subscribed to packets.
    void set_wanted(bool wanted) noexcept { wanted_.store(wanted, std::memory_order_relaxed); }
    /// Lossless waits end, in the writers and for whoever asks `may_wait`. Any thread.
    void stop_waiting() noexcept { waiting_allowed_.store(false, std::memory_order_relaxed); }
    [[nodiscard]] const std::atomic<bool>& may_wait() const noexcept { return waiting_allowed_; }

    /// Batches of the stream that ended at a writer since one was last queued; `forget` when the caller accounts for
    /// them from now on. Any thread.
    [[nodiscard]] std::uint64_t skipped(const std::string& stream, bool forget);

private:
    class Writer;
    void skip(const std::string& stream);

    BatchPool& pool_;
    zmq::context_t& context_;
    std::unique_ptr<zmq::socket_t> socket_;
    std::size_t limit_;
    std::atomic<std::size_t> queued_{0};
    std::atomic<bool> wanted_{false};
    std::atomic<bool> waiting_allowed_;
    std::mutex mutex_;
    std::unordered_map<std::string, std::uint64_t> skipped_;
};

}  // namespace muxtap::feed
