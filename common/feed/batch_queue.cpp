#include "common/feed/batch_queue.h"

#include <algorithm>
#include <thread>
#include <utility>
#include <vector>
#include <zmq.hpp>

namespace muxtap::feed {
namespace {

constexpr const char* queue_address = "inproc://batches";

}  // namespace

/// PUSH end: what travels is the batch's address, and with it the ownership.
class BatchQueue::Writer : public BatchQueueWriter {
public:
    explicit Writer(BatchQueue& queue) : queue_(queue), socket_(queue.context_, zmq::socket_type::push) {
        socket_.set(zmq::sockopt::sndhwm, 0);
        socket_.set(zmq::sockopt::linger, 0);
        socket_.connect(queue_address);
        pending_.reserve(most_pending);
    }

    BatchPtr acquire(std::size_t packets) override {
        BatchPtr batch = queue_.pool_.acquire(packets);
        while (!batch && wait_a_moment()) batch = queue_.pool_.acquire(packets);
        return batch;
    }

    bool push(BatchPtr& batch) override {
        if (!queue_.wanted_.load(std::memory_order_relaxed)) {
            queue_.skip(batch->stream->name);
            batch.reset();
            return true;
        }
        while (queue_.queued_.load(std::memory_order_relaxed) >= queue_.limit_) {
            if (!wait_a_moment()) return false;
        }
        queue_.queued_.fetch_add(1, std::memory_order_relaxed);
        batch->skipped_before = queue_.skipped(batch->stream->name, true);
        pending_.push_back(std::move(batch));
        if (pending_.size() == most_pending) deliver();
        return true;
    }

    void deliver() override {
        for (BatchPtr& batch : pending_) {
            batch->hand_over();
            send(batch.release());
        }
        pending_.clear();
    }

    void finish() override {
        deliver();
        send(nullptr);
        // What is queued still arrives; the queue cannot go while a writer's socket is open.
        socket_.close();
    }

private:
    static constexpr std::size_t most_pending = 64;

    /// In lossless mode: gives the publisher something to do and a moment to do it.
    bool wait_a_moment() {
        deliver();
        if (!queue_.waiting_allowed_.load(std::memory_order_relaxed)) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds{1});
        return true;
    }

    void send(Batch* address) {
        // What travels is the address itself. NOLINTNEXTLINE(bugprone-sizeof-expression)
        zmq::message_t message(&address, sizeof address);
        socket_.send(message, zmq::send_flags::none);
    }

    BatchQueue& queue_;
    zmq::socket_t socket_;
    std::vector<BatchPtr> pending_;
};

BatchQueue::BatchQueue(zmq::context_t& context, BatchPool& pool, std::size_t limit, bool lossless)
    : pool_(pool),
      context_(context),
      socket_(std::make_unique<zmq::socket_t>(context, zmq::socket_type::pull)),
      limit_(std::max<std::size_t>(limit, 1)),
      waiting_allowed_(lossless) {
    socket_->set(zmq::sockopt::rcvhwm, 0);
    socket_->set(zmq::sockopt::linger, 0);
    socket_->bind(queue_address);
}

BatchQueue::~BatchQueue() {
    // Batches still queued go back to their pool.
    BatchPtr batch;
    while (take(batch) != Item::none) batch.reset();
}

std::unique_ptr<BatchQueueWriter> BatchQueue::make_writer() {
    return std::make_unique<Writer>(*this);
}

BatchQueue::Item BatchQueue::take(BatchPtr& batch) {
    zmq::message_t message;
    if (!socket_->recv(message, zmq::recv_flags::dontwait)) return Item::none;
    batch.reset(*message.data<Batch*>());
    if (!batch) return Item::writer_finished;
    batch->take_over();
    queued_.fetch_sub(1, std::memory_order_relaxed);
    return Item::batch;
}

void* BatchQueue::poll_handle() noexcept {
    return socket_->handle();
}

void BatchQueue::skip(const std::string& stream) {
    const std::scoped_lock lock(mutex_);
    ++skipped_[stream];
}

std::uint64_t BatchQueue::skipped(const std::string& stream, bool forget) {
    const std::scoped_lock lock(mutex_);
    const auto found = skipped_.find(stream);
    if (found == skipped_.end()) return 0;
    return forget ? std::exchange(found->second, 0) : found->second;
}

}  // namespace muxtap::feed
