#pragma once

#include <memory>
#include <string>
#include <thread>

#include "client/kafka/outbox.h"
#include "client/metrics/sinks/sink.h"

namespace muxtap::metrics {

/// Sends records to Kafka through an outbox, which keeps on disk what the broker does not take. Headers name the
/// record's schema and identity, so that a consumer can choose and drop duplicates without parsing.
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
    ~KafkaSink() override;
    KafkaSink(const KafkaSink&) = delete;
    KafkaSink& operator=(const KafkaSink&) = delete;

    void write(std::span<const RecordPtr> records) override;
    void tick() override {}
    void finish(std::chrono::milliseconds patience) override;
    [[nodiscard]] SinkFigures figures() const override;

private:
    KafkaSink(Settings settings, std::unique_ptr<kafka::Outbox> outbox);
    [[nodiscard]] kafka::Message message_of(const Record& record) const;
    void stop();

    Settings settings_;
    std::unique_ptr<kafka::Outbox> outbox_;
    std::jthread thread_;
};

}  // namespace muxtap::metrics
