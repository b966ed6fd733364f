#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "common/feed/batch.h"

namespace zmq {
class context_t;
class message_t;
class socket_t;
}  // namespace zmq

namespace muxtap::feed {

/// A payload that several messages may share, immutable.
using SharedBytes = std::shared_ptr<const std::vector<std::uint8_t>>;

/// One address on which a feed is published: an XPUB socket, its subscriptions and its connections. With topics and
/// headers, or bare: then each message is nothing but packets. Used by the publisher's thread.
class FeedEndpoint {
public:
    struct Settings {
        bool bare = false;
        int high_water_mark = 0;  ///< messages kept for a subscriber that does not keep up
        bool lossless = false;    ///< wait for room instead of dropping
        /// Which options choose another address, for the error.
        std::string_view other_address = "--target-ip, --target-port, --ipc-path and --raw-endpoint choose";
    };
    /// Binds. `may_wait` turning false ends lossless waits; it and the context outlive the endpoint. The error names
    /// the address.
    [[nodiscard]] static Result<std::unique_ptr<FeedEndpoint>> bind(zmq::context_t& context, const std::string& address,
                                                                    const Settings& settings,
                                                                    const std::atomic<bool>& may_wait);
    ~FeedEndpoint();
    FeedEndpoint(const FeedEndpoint&) = delete;
    FeedEndpoint& operator=(const FeedEndpoint&) = delete;

    [[nodiscard]] bool bare() const noexcept { return bare_; }
    /// The address really bound, with the port chosen for port 0.
    [[nodiscard]] std::string address() const;
    /// Connections with a finished handshake.
    [[nodiscard]] std::size_t connections() const noexcept { return connections_; }
    /// Whether somebody has subscribed to a prefix of this topic. Bare messages have no topic: any subscriber counts.
    [[nodiscard]] bool wanted(std::string_view topic) const;
    /// Whether somebody has subscribed to packets of any stream.
    [[nodiscard]] bool wants_packets() const;

    /// For zmq_poll: when they are readable, call the function beside.
    [[nodiscard]] void* subscriptions_handle() noexcept;
    [[nodiscard]] void* connections_handle() noexcept;
    void read_subscriptions();
    /// True when the number of connections has changed.
    [[nodiscard]] bool read_connections();

    /// Sends a status: topic and header.
    void send(std::string_view topic, std::string_view header);
    /// Sends a batch: topic, header and packets, or bare packets in messages that FFmpeg's zmq: protocol can read. The
    /// packets are not copied; the messages share the batch.
    void send(std::string_view topic, std::string_view header, const SharedBatch& batch);
    void send_bare(const SharedBatch& batch);
    /// Sends topic, header and a payload, which is not copied: the message shares it.
    void send(std::string_view topic, std::string_view header, const SharedBytes& payload);

    /// Messages not yet sent may take this long to leave when the endpoint is destroyed.
    void set_linger(std::chrono::milliseconds linger);

private:
    FeedEndpoint(zmq::context_t& context, const Settings& settings, const std::atomic<bool>& may_wait);
    void start_monitor(zmq::context_t& context);
    void count_event(int event);
    void set_lossless(bool lossless);
    void send_part(zmq::message_t part, bool more);

    std::unique_ptr<zmq::socket_t> socket_;
    std::unique_ptr<zmq::socket_t> monitor_;
    bool bare_;
    const std::atomic<bool>& may_wait_;
    std::multiset<std::string> prefixes_;
    std::size_t connections_ = 0;
    bool handshake_failed_ = false;
};

}  // namespace muxtap::feed
