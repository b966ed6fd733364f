#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>

#include "common/feed/subscriber.h"

namespace muxtap::client {

/// Receives ahead in a thread of its own, for a worker that is busy for longer than a socket's few messages last: what
/// a socket keeps is bounded by a number of messages, however small they are, this by their bytes. When it is full
/// nothing is received, and what the socket then drops shows as gaps of the feed.
class ReceiveQueue {
public:
    ReceiveQueue(std::unique_ptr<feed::Subscriber> subscriber, std::size_t most_bytes);
    ~ReceiveQueue();
    ReceiveQueue(const ReceiveQueue&) = delete;
    ReceiveQueue& operator=(const ReceiveQueue&) = delete;

    /// The oldest message; null when none came within `wait`.
    [[nodiscard]] std::shared_ptr<feed::ReceivedMessage> take(std::chrono::milliseconds wait);

    /// Of messages that wait.
    [[nodiscard]] std::size_t waiting_bytes() const;

private:
    struct Item {
        std::shared_ptr<feed::ReceivedMessage> message;
        std::size_t bytes = 0;
    };
    void run(const std::stop_token& stop);
    void wait_for_room(const std::stop_token& stop);

    std::unique_ptr<feed::Subscriber> subscriber_;
    const std::size_t most_bytes_;
    mutable std::mutex mutex_;
    std::condition_variable filled_;
    std::condition_variable_any emptied_;
    std::deque<Item> items_;
    std::size_t bytes_ = 0;
    std::jthread thread_;
};

}  // namespace muxtap::client
