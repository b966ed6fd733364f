#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "common/base/result.h"
#include "common/feed/feed_endpoint.h"

namespace muxtap::feed {

/// Publishes messages with a topic, a header and a payload of any size on one address, as the feed does with packets.
/// Never waits: a subscriber that does not keep up loses messages, which only it can notice (libzmq does not tell), by
/// the gaps in its numbers. Used by one thread, after `bind`.
class MessagePublisher {
public:
    struct Settings {
        std::string address;
        /// ZeroMQ counts messages, not bytes, and its bound is fixed (docs/decisions/0005): so many messages are kept
        /// for each subscriber as the buffer holds of `usual_bytes` each, of at least 64 KiB, and at least 16. Payloads
        /// that turn out larger are bounded by all of them together, one buffer more than there are subscribers: beyond
        /// it, messages go to nobody.
        std::uint64_t buffer_bytes = std::uint64_t{64} << 20;
        std::uint64_t usual_bytes = std::uint64_t{64} << 10;
        std::string_view other_address = "--publish chooses";  ///< as in FeedEndpoint::Settings
    };

    /// The error names the address.
    [[nodiscard]] static Result<std::unique_ptr<MessagePublisher>> bind(const Settings& settings);
    ~MessagePublisher();
    MessagePublisher(const MessagePublisher&) = delete;
    MessagePublisher& operator=(const MessagePublisher&) = delete;

    /// The address really bound, with the port chosen for port 0.
    [[nodiscard]] std::string address() const;

    /// Takes in who has connected and subscribed to what since the last call. To be called some times a second.
    void look_after_subscribers();
    /// Whether somebody has subscribed to a prefix of this topic.
    [[nodiscard]] bool wanted(std::string_view topic) const;

    void send(std::string_view topic, std::string_view header);
    /// The payload is shared, not copied; it is never null. False: too much is under way already, and it was dropped.
    [[nodiscard]] bool send(std::string_view topic, std::string_view header, const SharedBytes& payload);

    /// Bytes of payloads that ZeroMQ still holds.
    [[nodiscard]] std::uint64_t bytes_under_way() const noexcept;

    /// Closes the address: messages not yet sent may take this long to leave. Nothing else is called afterwards.
    void close(std::chrono::milliseconds linger);

private:
    struct Implementation;
    explicit MessagePublisher(std::unique_ptr<Implementation> implementation);
    std::unique_ptr<Implementation> implementation_;
};

/// How many messages are kept for a subscriber: see `MessagePublisher::Settings`.
[[nodiscard]] int messages_kept(std::uint64_t buffer_bytes, std::uint64_t usual_bytes) noexcept;

}  // namespace muxtap::feed
