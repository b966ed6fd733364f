#pragma once

#include <memory>
#include <string>

#include "client/kafka/sender.h"
#include "client/metrics/sinks/sink.h"

namespace muxtap::metrics {

/// Sends records to Kafka through an outbox, which keeps on disk what the broker does not take.
class KafkaSink final : public Sink {
public:
    struct Settings {
        kafka::Outbox::Settings outbox;  ///< `trim` is set here
        std::string metrics_topic;
        std::string events_topic;
        std::string key;  ///< of every message; empty: the stream's name
    };

    /// Opens the spool and starts the outbox's thread.
    [[nodiscard]] static Result<std::unique_ptr<Sink>> open(Settings settings, app::Log& log);

    void write(std::span<const RecordPtr> records) override;
    void tick() override {}
    void finish(std::chrono::milliseconds patience) override { sender_->finish(patience); }
    [[nodiscard]] SinkFigures figures() const override { return sender_->figures(); }

private:
    KafkaSink(Settings settings, std::unique_ptr<kafka::Sender> sender);
    [[nodiscard]] kafka::Message message_of(const Record& record) const;

    Settings settings_;
    std::unique_ptr<kafka::Sender> sender_;
};

}  // namespace muxtap::metrics
