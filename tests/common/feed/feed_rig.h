#pragma once

#include <catch2/catch.hpp>
#include <functional>
#include <utility>

#include "common/feed/publisher.h"
#include "common/feed/subscriber.h"
#include "proto/feed_decoder.h"

namespace muxtap::feed {

/// Longest wait for anything in these tests: only a failure takes that long.
inline constexpr std::chrono::seconds time_limit{20};
inline constexpr std::chrono::milliseconds one_ms{1};

inline constexpr std::size_t full_packets = 1400;
inline constexpr std::size_t full_bytes = full_packets * ts::packet_size;

[[nodiscard]] inline StreamDescriptionPtr make_stream(std::string name) {
    auto stream = std::make_shared<StreamDescription>();
    stream->set_name(std::move(name));
    stream->ip = "10.0.0.5";
    stream->port = 41000;
    stream->dst_ip = "239.1.1.1";
    stream->dst_port = 5000;
    stream->interface = "eth0";
    return stream;
}

/// A publisher on a free port of the loopback, its pool and one writer. The test's thread does the publisher's work.
class Rig {
public:
    explicit Rig(Publisher::Settings settings = feed_settings()) : pool_(full_packets, 0) {
        auto bound = Publisher::bind(settings, pool_, board_);
        REQUIRE(bound.has_value());
        publisher_ = std::move(*bound);
        writer_ = publisher_->make_writer();
    }

    [[nodiscard]] static Publisher::Settings feed_settings() {
        Publisher::Settings settings;
        settings.probe = "cap-a";
        settings.epoch = 1763600000123456789;
        settings.feed_endpoints = {"tcp://127.0.0.1:*"};
        return settings;
    }

    [[nodiscard]] Publisher& publisher() { return *publisher_; }
    [[nodiscard]] BatchQueueWriter& writer() { return *writer_; }
    [[nodiscard]] BatchPool& pool() { return pool_; }
    [[nodiscard]] StatusBoard& board() { return board_; }
    [[nodiscard]] const std::string& endpoint() const { return publisher_->bound_endpoints().at(0); }

    /// Ends the publisher and its writer; what was queued is lost.
    void drop_publisher() {
        writer_.reset();
        publisher_.reset();
    }

    /// A batch of `packets` packets, each told from the others by its number in bytes 4 to 7.
    [[nodiscard]] BatchPtr make_batch(const StreamDescriptionPtr& stream, std::size_t packets) {
        BatchPtr batch = writer_->acquire(packets);
        REQUIRE(batch);
        batch->stream = stream;
        batch->first_packet = next_packet_;
        batch->time = from_unix_ns(1763600012345678901);
        batch->totals = {};
        batch->totals.packets = next_packet_;
        for (std::size_t i = 0; i < packets; ++i) {
            std::uint8_t* const packet = batch->room().data();
            std::fill_n(packet, ts::packet_size, std::uint8_t{0xFF});
            packet[0] = ts::sync_byte;
            packet[1] = 0x1F;
            packet[3] = 0x10;
            for (int byte = 0; byte < 4; ++byte) {
                packet[4 + byte] = static_cast<std::uint8_t>(next_packet_ >> (24 - 8 * byte));
            }
            batch->commit(1);
            ++next_packet_;
        }
        batch->datagrams.push_back({static_cast<std::uint32_t>(packets), 0});
        return batch;
    }

    /// Through the queue and out to the subscribers.
    void publish(const StreamDescriptionPtr& stream, std::size_t packets) {
        BatchPtr batch = make_batch(stream, packets);
        REQUIRE(writer_->push(batch));
        writer_->deliver();
        work();
    }

    void work() { (void)publisher_->do_work(one_ms); }

    [[nodiscard]] bool work_until(const std::function<bool()>& condition) {
        const SteadyTime deadline = steady_now() + time_limit;
        while (!condition()) {
            if (steady_now() > deadline) return false;
            work();
        }
        return true;
    }

    [[nodiscard]] std::unique_ptr<Subscriber> subscribe(std::vector<std::string> prefixes, std::size_t endpoint = 0) {
        Subscriber::Settings settings;
        settings.endpoints = {publisher_->bound_endpoints().at(endpoint)};
        settings.prefixes = std::move(prefixes);
        auto connected = Subscriber::connect(settings);
        REQUIRE(connected.has_value());
        return std::move(*connected);
    }

    /// The next message, while the publisher works.
    [[nodiscard]] bool receive(Subscriber& subscriber, ReceivedMessage& message) {
        return work_until([&] { return subscriber.receive(message, std::chrono::milliseconds{0}); });
    }

    /// Publishes batches until the subscriber has one: its subscription has arrived. Then takes in all of them.
    void wait_for_subscription(Subscriber& subscriber, const StreamDescriptionPtr& stream) {
        ReceivedMessage message;
        std::uint64_t published = 0;
        REQUIRE(work_until([&] {
            publish(stream, 1);
            ++published;
            return subscriber.receive(message, one_ms);
        }));
        // The last one published marks the end: it has the number before the next.
        const std::uint64_t last = next_packet_ - 1;
        const auto is_last = [&] {
            const ByteView bytes = message.frames().back();
            return bytes.size() == ts::packet_size && read_u32(bytes, 4) == last;
        };
        while (!is_last()) REQUIRE(receive(subscriber, message));
    }

private:
    BatchPool pool_;
    StatusBoard board_{1};
    std::unique_ptr<Publisher> publisher_;
    std::unique_ptr<BatchQueueWriter> writer_;
    std::uint64_t next_packet_ = 0;
};

}  // namespace muxtap::feed
