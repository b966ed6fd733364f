#include "client/frames/outputs/publish_output.h"

#include <utility>

#include "proto/topic.h"

namespace muxtap::frames {
namespace {

std::string topic_safe(const std::string& stream) {
    if (proto::is_stream_name(stream)) return stream;
    std::string safe = stream.substr(0, proto::max_stream_name);
    for (char& c : safe) {
        if (!proto::is_stream_name({&c, 1}) && c != '.') c = '_';
    }
    return proto::is_stream_name(safe) ? safe : "_";
}

/// The bytes that go along; null for records alone.
feed::SharedBytes payload_of(const Item& item) {
    if (const PictureItem* const picture = item.picture()) return picture->image;
    if (const AccessUnitItem* const unit = item.access_unit()) return unit->bytes;
    return nullptr;
}

}  // namespace

std::string topic_of(const Item& item) {
    std::string topic = item.event() != nullptr ? "event/" : item.sound() != nullptr ? "sound/" : "frame/";
    if (item.identity().stream.empty()) return topic;
    return topic + topic_safe(item.identity().stream) + "/";
}

PublishOutput::PublishOutput(std::unique_ptr<feed::MessagePublisher> publisher, app::Log& log)
    : publisher_(std::move(publisher)), log_(log) {
    figures_.name = "zmq:" + publisher_->address();
}

Result<std::unique_ptr<PublishOutput>> PublishOutput::open(const feed::MessagePublisher::Settings& settings,
                                                           app::Log& log) {
    auto publisher = feed::MessagePublisher::bind(settings);
    if (!publisher) return tl::unexpected<Error>(publisher.error());
    return std::unique_ptr<PublishOutput>(new PublishOutput(std::move(*publisher), log));
}

void PublishOutput::write(std::span<const ItemPtr> items) {
    publisher_->look_after_subscribers();
    std::uint64_t dropped = 0;
    for (const ItemPtr& item : items) dropped += publish(*item) ? 0 : 1;
    if (dropped > 0) note_dropped(dropped);
    const std::scoped_lock lock(mutex_);
    figures_.delivered += items.size() - dropped;
    figures_.dropped += dropped;
    figures_.healthy = dropped == 0;
    figures_.problem = dropped == 0 ? "" : "subscribers do not keep up";
}

bool PublishOutput::publish(const Item& item) {
    const std::string topic = topic_of(item);
    if (!publisher_->wanted(topic)) return true;
    if (const feed::SharedBytes payload = payload_of(item)) return publisher_->send(topic, item.json(), payload);
    publisher_->send(topic, item.json());
    return true;
}

void PublishOutput::note_dropped(std::uint64_t count) {
    const auto since = drops_.note(steady_now(), count);
    if (!since) return;
    log_.warning("output_dropping", "subscribers do not keep up: " + std::to_string(*since) + " messages dropped",
                 {{"endpoint", std::string_view{figures_.name}}, {"count", *since}});
}

void PublishOutput::finish(std::chrono::milliseconds patience) {
    publisher_->close(patience);
}

delivery::SinkFigures PublishOutput::figures() const {
    const std::scoped_lock lock(mutex_);
    return figures_;
}

}  // namespace muxtap::frames
