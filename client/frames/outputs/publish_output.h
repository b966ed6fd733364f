#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "client/frames/outputs/output.h"
#include "common/app/log.h"
#include "common/base/repeat_limiter.h"
#include "common/base/result.h"
#include "common/feed/message_publisher.h"

namespace muxtap::frames {

/// Publishes items over ZeroMQ: pictures and access units as topic, record and bytes at `frame/<stream>/`, sound and
/// events as topic and record at `sound/<stream>/` and `event/<stream>/`. Nothing is made of what nobody has subscribed
/// to; that counts as delivered.
class PublishOutput final : public Output {
public:
    [[nodiscard]] static Result<std::unique_ptr<PublishOutput>> open(const feed::MessagePublisher::Settings& settings,
                                                                     app::Log& log);

    /// The address really bound, with the port chosen for port 0.
    [[nodiscard]] std::string address() const { return publisher_->address(); }

    void write(std::span<const ItemPtr> items) override;
    void tick() override { publisher_->look_after_subscribers(); }
    void finish(std::chrono::milliseconds patience) override;
    [[nodiscard]] delivery::SinkFigures figures() const override;

private:
    PublishOutput(std::unique_ptr<feed::MessagePublisher> publisher, app::Log& log);
    void note_dropped(std::uint64_t count);
    /// False when it was dropped.
    [[nodiscard]] bool publish(const Item& item);

    std::unique_ptr<feed::MessagePublisher> publisher_;
    app::Log& log_;
    RepeatLimiter drops_{std::chrono::seconds{10}};
    mutable std::mutex mutex_;
    delivery::SinkFigures figures_;
};

/// The topic of an item, "frame/news/". Characters that a topic cannot hold become an underscore; what is about no
/// stream has only the first part, "event/".
[[nodiscard]] std::string topic_of(const Item& item);

}  // namespace muxtap::frames
