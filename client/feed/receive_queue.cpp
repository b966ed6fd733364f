#include "client/feed/receive_queue.h"

#include <pthread.h>

namespace muxtap::client {
namespace {

/// Longest time between the wish to end and the end.
constexpr std::chrono::milliseconds longest_wait{50};

std::size_t size_of(const feed::ReceivedMessage& message) {
    std::size_t bytes = sizeof(message);
    for (const ByteView frame : message.frames()) bytes += frame.size();
    return bytes;
}

}  // namespace

ReceiveQueue::ReceiveQueue(std::unique_ptr<feed::Subscriber> subscriber, std::size_t most_bytes)
    : subscriber_(std::move(subscriber)),
      most_bytes_(most_bytes),
      thread_([this](const std::stop_token& stop) { run(stop); }) {
    ::pthread_setname_np(thread_.native_handle(), "receive");
}

ReceiveQueue::~ReceiveQueue() {
    thread_.request_stop();
    thread_.join();
}

std::shared_ptr<feed::ReceivedMessage> ReceiveQueue::take(std::chrono::milliseconds wait) {
    std::unique_lock lock(mutex_);
    if (!filled_.wait_for(lock, wait, [this] { return !items_.empty(); })) return nullptr;
    Item item = std::move(items_.front());
    items_.pop_front();
    const bool was_full = bytes_ >= most_bytes_;
    bytes_ -= item.bytes;
    lock.unlock();
    if (was_full) emptied_.notify_one();
    return std::move(item.message);
}

std::size_t ReceiveQueue::waiting_bytes() const {
    const std::scoped_lock lock(mutex_);
    return bytes_;
}

void ReceiveQueue::wait_for_room(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    (void)emptied_.wait(lock, stop, [this] { return bytes_ < most_bytes_; });
}

void ReceiveQueue::run(const std::stop_token& stop) {
    auto message = std::make_shared<feed::ReceivedMessage>();
    while (!stop.stop_requested()) {
        wait_for_room(stop);
        if (!subscriber_->receive(*message, longest_wait)) continue;
        const std::size_t bytes = size_of(*message);
        const std::unique_lock lock(mutex_);
        items_.push_back({std::move(message), bytes});
        bytes_ += bytes;
        filled_.notify_one();
        message = std::make_shared<feed::ReceivedMessage>();
    }
}

}  // namespace muxtap::client
