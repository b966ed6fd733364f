#include "client/metrics/sinks/kafka_sink.h"

#include <utility>

#include "client/kafka/record_message.h"

namespace muxtap::metrics {
namespace {

bool trim_message(kafka::Message& message, std::size_t limit) {
    // What is around the payload counts too.
    const std::size_t around = message.size() - message.payload.size();
    return limit > around && trim_json(message.payload, limit - around);
}

}  // namespace

KafkaSink::KafkaSink(Settings settings, std::unique_ptr<kafka::Sender> sender)
    : settings_(std::move(settings)), sender_(std::move(sender)) {}

Result<std::unique_ptr<Sink>> KafkaSink::open(Settings settings, app::Log& log) {
    settings.outbox.trim = trim_message;
    auto sender = kafka::Sender::open(settings.outbox, log);
    if (!sender) return tl::unexpected<Error>(sender.error());
    return std::unique_ptr<Sink>(new KafkaSink(std::move(settings), std::move(*sender)));
}

kafka::Message KafkaSink::message_of(const Record& record) const {
    const std::string& topic = record.interval() != nullptr ? settings_.metrics_topic : settings_.events_topic;
    kafka::Message message =
        kafka::record_message(topic, settings_.key, record.identity(), record.schema(), record.time());
    message.payload = record.json();
    return message;
}

void KafkaSink::write(std::span<const RecordPtr> records) {
    for (const RecordPtr& record : records) sender_->send(message_of(*record));
}

}  // namespace muxtap::metrics
