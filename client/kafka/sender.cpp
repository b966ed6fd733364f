#include "client/kafka/sender.h"

#include <utility>

namespace muxtap::kafka {
namespace {

constexpr std::chrono::milliseconds longest_wait{50};

}  // namespace

Sender::Sender(std::unique_ptr<Outbox> outbox) : outbox_(std::move(outbox)) {
    thread_ = std::jthread([this](const std::stop_token& stop) {
        while (!stop.stop_requested()) outbox_->do_work(longest_wait);
    });
}

Result<std::unique_ptr<Sender>> Sender::open(const Outbox::Settings& settings, app::Log& log) {
    auto outbox = Outbox::open(settings, log);
    if (!outbox) return tl::unexpected<Error>(outbox.error());
    return std::unique_ptr<Sender>(new Sender(std::move(*outbox)));
}

Sender::~Sender() {
    stop();
}

void Sender::stop() {
    thread_.request_stop();
    if (thread_.joinable()) thread_.join();
}

void Sender::finish(std::chrono::milliseconds patience) {
    stop();
    outbox_->finish(patience);
}

delivery::SinkFigures Sender::figures() const {
    const OutboxStatus status = outbox_->status();
    return {.name = "kafka",
            .delivered = status.delivered,
            .dropped = status.dropped_full + status.dropped_too_large + status.dropped_damaged,
            .waiting = status.waiting,
            .spool_bytes = status.spool_bytes,
            .healthy = !status.spool_failing,
            .problem = status.problem};
}

}  // namespace muxtap::kafka
