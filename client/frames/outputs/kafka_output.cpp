#include "client/frames/outputs/kafka_output.h"

#include <utility>

#include "client/frames/outputs/frame_messages.h"

namespace muxtap::frames {

KafkaOutput::KafkaOutput(KafkaChoice choice, std::unique_ptr<kafka::Sender> sender)
    : choice_(std::move(choice)), sender_(std::move(sender)) {}

Result<std::unique_ptr<Output>> KafkaOutput::open(KafkaChoice choice, app::Log& log) {
    choice.kafka.outbox.trim = trim_message;
    auto sender = kafka::Sender::open(choice.kafka.outbox, log);
    if (!sender) return tl::unexpected<Error>(sender.error());
    return std::unique_ptr<Output>(new KafkaOutput(std::move(choice), std::move(*sender)));
}

void KafkaOutput::write(std::span<const ItemPtr> items) {
    for (const ItemPtr& item : items) {
        make_messages(*item, choice_, [this](kafka::Message message) { sender_->send(std::move(message)); });
    }
}

void KafkaOutput::finish(std::chrono::milliseconds /*patience*/) {
    sender_->finish(choice_.kafka.timeout);
}

}  // namespace muxtap::frames
