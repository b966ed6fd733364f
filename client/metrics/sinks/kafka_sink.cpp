#include "client/metrics/sinks/kafka_sink.h"

namespace muxtap::metrics {
namespace {

constexpr std::chrono::milliseconds longest_wait{50};

bool trim_message(kafka::Message& message, std::size_t limit) {
    // What is around the payload counts too.
    const std::size_t around = message.size() - message.payload.size();
    return limit > around && trim_json(message.payload, limit - around);
}

}  // namespace

KafkaSink::KafkaSink(Settings settings, std::unique_ptr<kafka::Outbox> outbox)
    : settings_(std::move(settings)), outbox_(std::move(outbox)) {
    thread_ = std::jthread([this](const std::stop_token& stop) {
        while (!stop.stop_requested()) outbox_->do_work(longest_wait);
    });
}

Result<std::unique_ptr<Sink>> KafkaSink::open(Settings settings, app::Log& log) {
    settings.outbox.trim = trim_message;
    auto outbox = kafka::Outbox::open(settings.outbox, log);
    if (!outbox) return tl::unexpected<Error>(outbox.error());
    return std::unique_ptr<Sink>(new KafkaSink(std::move(settings), std::move(*outbox)));
}

KafkaSink::~KafkaSink() {
    stop();
}

void KafkaSink::stop() {
    thread_.request_stop();
    if (thread_.joinable()) thread_.join();
}

kafka::Message KafkaSink::message_of(const Record& record) const {
    const client::RecordIdentity& identity = record.identity();
    std::string key = settings_.key;
    if (key.empty()) key = identity.stream.empty() ? identity.probe : identity.stream;
    return {.topic = record.interval() != nullptr ? settings_.metrics_topic : settings_.events_topic,
            .key = std::move(key),
            .payload = record.json(),
            .headers = {{"schema", record.schema()},
                        {"probe", identity.probe},
                        {"stream", identity.stream},
                        {"epoch", std::to_string(identity.epoch)},
                        {"seq", std::to_string(identity.seq)}},
            .time = record.time()};
}

void KafkaSink::write(std::span<const RecordPtr> records) {
    for (const RecordPtr& record : records) (void)outbox_->offer(message_of(*record));
}

void KafkaSink::finish(std::chrono::milliseconds patience) {
    stop();
    outbox_->finish(patience);
}

SinkFigures KafkaSink::figures() const {
    const kafka::OutboxStatus status = outbox_->status();
    return {.name = "kafka",
            .delivered = status.delivered,
            .dropped = status.dropped_full + status.dropped_too_large + status.dropped_damaged,
            .waiting = status.waiting,
            .spool_bytes = status.spool_bytes,
            .healthy = !status.spool_failing,
            .problem = status.problem};
}

}  // namespace muxtap::metrics
