#include "common/feed/message_publisher.h"

#include <algorithm>
#include <atomic>
#include <utility>
#include <zmq.hpp>

namespace muxtap::feed {
namespace {

/// Bytes of payloads that ZeroMQ holds: its own thread gives them back.
using Account = std::shared_ptr<std::atomic<std::uint64_t>>;

/// The payload, noted in the account until its last holder lets go of it.
SharedBytes counted(const SharedBytes& payload, const Account& account) {
    const std::uint64_t bytes = payload->size();
    account->fetch_add(bytes);
    return {payload.get(), [payload, account, bytes](const void*) { account->fetch_sub(bytes); }};
}

}  // namespace

int messages_kept(std::uint64_t buffer_bytes, std::uint64_t usual_bytes) noexcept {
    constexpr std::uint64_t smallest = std::uint64_t{64} << 10;
    const std::uint64_t count = buffer_bytes / std::max(usual_bytes, smallest);
    return static_cast<int>(std::clamp<std::uint64_t>(count, 16, 100'000));
}

struct MessagePublisher::Implementation {
    [[nodiscard]] bool has_room(std::uint64_t bytes) const {
        const std::uint64_t most = (endpoint->connections() + 1) * buffer_bytes;
        const std::uint64_t there = under_way->load();
        // One payload always goes, however large.
        return there == 0 || (there < most && bytes <= most - there);
    }

    std::uint64_t buffer_bytes = 0;
    Account under_way = std::make_shared<std::atomic<std::uint64_t>>(0);
    std::atomic<bool> may_wait{false};
    zmq::context_t context{1};
    std::unique_ptr<FeedEndpoint> endpoint;
};

MessagePublisher::MessagePublisher(std::unique_ptr<Implementation> implementation)
    : implementation_(std::move(implementation)) {}
MessagePublisher::~MessagePublisher() = default;

Result<std::unique_ptr<MessagePublisher>> MessagePublisher::bind(const Settings& settings) {
    auto implementation = std::make_unique<Implementation>();
    implementation->buffer_bytes = settings.buffer_bytes;
    FeedEndpoint::Settings of_endpoint;
    of_endpoint.high_water_mark = messages_kept(settings.buffer_bytes, settings.usual_bytes);
    of_endpoint.other_address = settings.other_address;
    auto endpoint =
        FeedEndpoint::bind(implementation->context, settings.address, of_endpoint, implementation->may_wait);
    if (!endpoint) return tl::unexpected<Error>(endpoint.error());
    implementation->endpoint = std::move(*endpoint);
    return std::unique_ptr<MessagePublisher>(new MessagePublisher(std::move(implementation)));
}

std::string MessagePublisher::address() const {
    return implementation_->endpoint->address();
}

void MessagePublisher::look_after_subscribers() {
    implementation_->endpoint->read_subscriptions();
    (void)implementation_->endpoint->read_connections();
}

bool MessagePublisher::wanted(std::string_view topic) const {
    return implementation_->endpoint->wanted(topic);
}

void MessagePublisher::send(std::string_view topic, std::string_view header) {
    implementation_->endpoint->send(topic, header);
}

bool MessagePublisher::send(std::string_view topic, std::string_view header, const SharedBytes& payload) {
    if (!implementation_->has_room(payload->size())) return false;
    implementation_->endpoint->send(topic, header, counted(payload, implementation_->under_way));
    return true;
}

std::uint64_t MessagePublisher::bytes_under_way() const noexcept {
    return implementation_->under_way->load();
}

void MessagePublisher::close(std::chrono::milliseconds linger) {
    implementation_->endpoint->set_linger(linger);
    implementation_->endpoint.reset();
    // Waits for what lingers.
    implementation_->context.close();
}

}  // namespace muxtap::feed
