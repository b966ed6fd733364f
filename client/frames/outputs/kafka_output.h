#pragma once

#include <memory>
#include <string>

#include "client/frames/outputs/output.h"
#include "client/frames/outputs/output_choice.h"
#include "client/kafka/sender.h"

namespace muxtap::frames {

/// Sends items to Kafka through an outbox, which keeps on disk what the broker does not take. A picture's message is
/// the image with its record as header, or the record with the image inside; sound and events are records alone. A
/// picture over the broker's limit goes without its image, and its record says so in `trimmed`.
class KafkaOutput final : public Output {
public:
    /// Opens the spool and starts the outbox's thread.
    [[nodiscard]] static Result<std::unique_ptr<Output>> open(KafkaChoice choice, app::Log& log);

    void write(std::span<const ItemPtr> items) override;
    void tick() override {}
    /// Its patience is `--kafka-timeout`, whatever that of the other outputs.
    void finish(std::chrono::milliseconds patience) override;
    [[nodiscard]] delivery::SinkFigures figures() const override { return sender_->figures(); }

private:
    KafkaOutput(KafkaChoice choice, std::unique_ptr<kafka::Sender> sender);

    KafkaChoice choice_;
    std::unique_ptr<kafka::Sender> sender_;
};

}  // namespace muxtap::frames
