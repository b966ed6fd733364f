#pragma once

#include <chrono>
#include <memory>
#include <thread>

#include "client/delivery/sink.h"
#include "client/kafka/outbox.h"

namespace muxtap::kafka {

/// An outbox and the thread that works for it. `finish` is called by one thread; the rest may be called by any.
class Sender {
public:
    /// Opens the spool and starts the thread.
    [[nodiscard]] static Result<std::unique_ptr<Sender>> open(const Outbox::Settings& settings, app::Log& log);
    ~Sender();
    Sender(const Sender&) = delete;
    Sender& operator=(const Sender&) = delete;

    /// Never waits for disk or broker. A message that finds no room is dropped and counted.
    void send(Message message) { (void)outbox_->offer(std::move(message)); }

    /// The last call: delivers what it can for at most this long; what is not acknowledged by then stays in the spool.
    void finish(std::chrono::milliseconds patience);

    [[nodiscard]] delivery::SinkFigures figures() const;

private:
    explicit Sender(std::unique_ptr<Outbox> outbox);
    void stop();

    std::unique_ptr<Outbox> outbox_;
    std::jthread thread_;
};

}  // namespace muxtap::kafka
