#include <arpa/inet.h>
#include <sys/socket.h>

#include <zmq.hpp>

#include "common/base/file_descriptor.h"
#include "tests/common/feed/feed_rig.h"

namespace muxtap::feed {
namespace {

constexpr std::size_t small_budget = std::size_t{4} << 20;

Publisher::Settings settings_with_budget(std::size_t bytes) {
    Publisher::Settings settings = Rig::feed_settings();
    settings.subscriber_buffer_bytes = bytes;
    return settings;
}

/// A subscriber that never reads: what it does not take stays with the publisher.
class StoppedSubscriber {
public:
    explicit StoppedSubscriber(const std::string& endpoint) : socket_(context_, zmq::socket_type::sub) {
        socket_.set(zmq::sockopt::linger, 0);
        socket_.set(zmq::sockopt::rcvhwm, 1);
        socket_.set(zmq::sockopt::rcvbuf, 64 << 10);
        socket_.set(zmq::sockopt::subscribe, "");
        socket_.connect(endpoint);
    }

private:
    zmq::context_t context_;
    zmq::socket_t socket_;
};

std::uint32_t subscribers_of(Rig& rig) {
    return rig.publisher().counters().subscribers.load();
}

/// Publishes until batches stay with the publisher because nobody takes them any more.
void stall(Rig& rig, const StreamDescriptionPtr& stream) {
    REQUIRE(rig.work_until([&] {
        rig.publish(stream, full_packets);
        return rig.pool().bytes_in_use() > small_budget / 2;
    }));
}

TEST_CASE("a full queue says no and leaves the batch with the caller") {
    Publisher::Settings settings = Rig::feed_settings();
    settings.queue_batches = 8;
    Rig rig(settings);
    const auto stream = make_stream("news");
    const auto subscriber = rig.subscribe({"ts/"});
    rig.wait_for_subscription(*subscriber, stream);
    std::size_t pushed = 0;
    BatchPtr batch;
    for (;; ++pushed) {
        REQUIRE(pushed < 100);
        batch = rig.make_batch(stream, 1);
        if (!rig.writer().push(batch)) break;
        CHECK_FALSE(batch);
    }
    rig.writer().deliver();
    CHECK(pushed == 8);
    REQUIRE(batch);
    CHECK(batch->packets() == 1);
    CHECK(rig.work_until([&] { return rig.writer().push(batch); }));
}

TEST_CASE("batches still queued when a publisher goes are back in their pool") {
    Rig rig;
    const auto stream = make_stream("news");
    const auto subscriber = rig.subscribe({"ts/"});
    rig.wait_for_subscription(*subscriber, stream);
    for (int i = 0; i < 10; ++i) {
        BatchPtr batch = rig.make_batch(stream, 1);
        REQUIRE(rig.writer().push(batch));
    }
    CHECK(rig.pool().bytes_in_use() > 0);
    rig.drop_publisher();
    CHECK(rig.pool().bytes_in_use() == 0);
}

TEST_CASE("a batch that nobody has subscribed to goes straight back, and its number is not used again") {
    Rig rig;
    const auto stream = make_stream("news");
    for (int i = 0; i < 10; ++i) {
        BatchPtr batch = rig.make_batch(stream, 1);
        REQUIRE(rig.writer().push(batch));
        CHECK(rig.pool().bytes_in_use() == 0);
    }
    rig.writer().deliver();
    const auto subscriber = rig.subscribe({"ts/"});
    ReceivedMessage message;
    proto::FeedDecoder decoder;
    REQUIRE(rig.work_until([&] {
        rig.publish(stream, 1);
        return subscriber->receive(message, one_ms);
    }));
    const auto decoded = decoder.decode(message.frames());
    REQUIRE(decoded.has_value());
    const proto::BatchHeader& header = std::get<proto::BatchMessage>(*decoded).header;
    CHECK(header.seq >= 10);
    // Batches of one packet: the two count alike.
    CHECK(header.seq == header.first_packet);
}

TEST_CASE("a publisher may go while writers that have finished are still there, and takes what they pushed") {
    StatusBoard board(1);
    BatchPool pool(full_packets, 0);
    std::unique_ptr<BatchQueueWriter> writer;
    for (const bool published : {true, false}) {
        auto publisher = Publisher::bind(Rig::feed_settings(), pool, board);
        REQUIRE(publisher.has_value());
        writer = (*publisher)->make_writer();
        for (int i = 0; i < 10; ++i) {
            BatchPtr batch = writer->acquire(1);
            batch->stream = make_stream("news");
            REQUIRE(writer->push(batch));
        }
        writer->finish();
        if (published) {
            while ((*publisher)->do_work(one_ms)) {
            }
        }
        publisher->reset();
        CHECK(pool.bytes_in_use() == 0);
    }
}

TEST_CASE("subscribers are counted as they come and go") {
    Rig rig;
    CHECK(subscribers_of(rig) == 0);
    {
        const StoppedSubscriber one(rig.endpoint());
        CHECK(rig.work_until([&] { return subscribers_of(rig) == 1; }));
        {
            const StoppedSubscriber two(rig.endpoint());
            const StoppedSubscriber three(rig.endpoint());
            CHECK(rig.work_until([&] { return subscribers_of(rig) == 3; }));
        }
        CHECK(rig.work_until([&] { return subscribers_of(rig) == 1; }));
    }
    CHECK(rig.work_until([&] { return subscribers_of(rig) == 0; }));
}

TEST_CASE("a connection that is no subscriber is never counted") {
    Rig rig;
    const StoppedSubscriber subscriber(rig.endpoint());
    REQUIRE(rig.work_until([&] { return subscribers_of(rig) == 1; }));
    const std::string& endpoint = rig.endpoint();
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(std::stoi(endpoint.substr(endpoint.rfind(':') + 1))));
    for (const std::string_view greeting : {"", "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"}) {
        {
            const FileDescriptor scanner(::socket(AF_INET, SOCK_STREAM, 0));
            REQUIRE(::connect(scanner.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
            REQUIRE(::send(scanner.get(), greeting.data(), greeting.size(), 0) ==
                    static_cast<ssize_t>(greeting.size()));
        }
        // Whatever came of it has been heard of when a later connection has come and gone.
        {
            const StoppedSubscriber later(rig.endpoint());
            REQUIRE(rig.work_until([&] { return subscribers_of(rig) == 2; }));
        }
        CHECK(rig.work_until([&] { return subscribers_of(rig) == 1; }));
    }
}

TEST_CASE("without subscribers batches go straight back to the pool") {
    Rig rig;
    const auto stream = make_stream("news");
    for (int i = 0; i < 100; ++i) rig.publish(stream, full_packets);
    CHECK(rig.pool().bytes_in_use() == 0);
}

TEST_CASE("what waits for a stopped subscriber stays within its budget, and goes back when it leaves") {
    Rig rig(settings_with_budget(small_budget));
    const auto stream = make_stream("news");
    for (const std::size_t packets : {full_packets, std::size_t{7}}) {
        INFO(packets << " packets a batch");
        {
            const StoppedSubscriber stopped(rig.endpoint());
            stall(rig, stream);
            // Far more than the budget and the kernel's buffers together.
            const std::size_t batches = packets == full_packets ? 300 : 30'000;
            for (std::size_t i = 0; i < batches; ++i) rig.publish(stream, packets);
            // Beside the queue ZeroMQ has a message or two in its hands.
            CHECK(rig.pool().bytes_in_use() <= small_budget + 2 * full_bytes);
            CHECK(rig.pool().bytes_in_use() > 0);
        }
        CHECK(rig.work_until([&] { return rig.pool().bytes_in_use() == 0; }));
    }
}

TEST_CASE("a half-empty batch counts with all of its memory, on a raw endpoint too") {
    Publisher::Settings settings = settings_with_budget(small_budget);
    settings.feed_endpoints = {};
    settings.raw_endpoints = {"tcp://127.0.0.1:*"};
    Rig rig(settings);
    const auto stream = make_stream("news");
    const auto publish_half_empty = [&] {
        BatchPtr batch = rig.writer().acquire(full_packets);
        REQUIRE(batch);
        batch->stream = stream;
        std::fill_n(batch->room().data(), full_bytes / 2, ts::sync_byte);
        batch->commit(full_packets / 2 - 10);
        REQUIRE(rig.writer().push(batch));
        rig.writer().deliver();
        rig.work();
    };
    const auto reader = rig.subscribe({""});
    rig.wait_for_subscription(*reader, stream);
    ReceivedMessage message;
    constexpr int enough_to_adapt = 1000;
    for (int i = 0; i < enough_to_adapt; ++i) {
        publish_half_empty();
        REQUIRE(rig.receive(*reader, message));
    }
    const StoppedSubscriber stopped(rig.endpoint());
    REQUIRE(rig.work_until([&] { return subscribers_of(rig) == 2; }));
    for (int i = 0; i < 300; ++i) {
        publish_half_empty();
        REQUIRE(rig.receive(*reader, message));
    }
    CHECK(rig.pool().bytes_in_use() <= small_budget + 2 * full_bytes);
    CHECK(rig.pool().bytes_in_use() > full_bytes);
}

TEST_CASE("several stopped subscribers hold the same memory, not a copy each") {
    Rig rig(settings_with_budget(small_budget));
    const auto stream = make_stream("news");
    const StoppedSubscriber one(rig.endpoint());
    const StoppedSubscriber two(rig.endpoint());
    const StoppedSubscriber three(rig.endpoint());
    REQUIRE(rig.work_until([&] { return subscribers_of(rig) == 3; }));
    constexpr std::size_t batches = 60;
    for (std::size_t i = 0; i < batches; ++i) {
        rig.publish(stream, full_packets);
        CHECK(rig.pool().bytes_in_use() <= (i + 1) * full_bytes);
    }
    CHECK(rig.pool().bytes_in_use() > 0);
}

TEST_CASE("a stopped subscriber costs a reading one nothing") {
    Rig rig(settings_with_budget(small_budget));
    const auto stream = make_stream("news");
    const StoppedSubscriber stopped(rig.endpoint());
    stall(rig, stream);
    const auto reader = rig.subscribe({"ts/"});
    rig.wait_for_subscription(*reader, stream);
    ReceivedMessage message;
    proto::FeedDecoder decoder;
    std::uint64_t expected = 0;
    for (int i = 0; i < 200; ++i) {
        rig.publish(stream, full_packets);
        REQUIRE(rig.receive(*reader, message));
        const auto decoded = decoder.decode(message.frames());
        REQUIRE(decoded.has_value());
        const auto& header = std::get<proto::BatchMessage>(*decoded).header;
        if (expected != 0) CHECK(header.seq == expected);
        expected = header.seq + 1;
    }
}

TEST_CASE("a lossless publisher that is told to stop waiting does not hang on a stopped subscriber") {
    Publisher::Settings settings = settings_with_budget(small_budget);
    settings.lossless = true;
    Rig rig(settings);
    const auto stream = make_stream("news");
    const StoppedSubscriber stopped(rig.endpoint());
    REQUIRE(rig.work_until([&] { return subscribers_of(rig) == 1; }));
    rig.publisher().stop_waiting();
    for (int i = 0; i < 200; ++i) rig.publish(stream, full_packets);
    CHECK(rig.pool().bytes_in_use() <= small_budget + 2 * full_bytes);
}

TEST_CASE("an address in use is named, with the options that choose another") {
    Rig rig;
    Publisher::Settings settings = Rig::feed_settings();
    settings.feed_endpoints = {rig.endpoint()};
    const auto second = Publisher::bind(settings, rig.pool(), rig.board());
    REQUIRE_FALSE(second.has_value());
    CHECK_THAT(second.error().message, Catch::Contains(rig.endpoint()) && Catch::Contains("Address already in use") &&
                                           Catch::Contains("--target-port"));
}

}  // namespace
}  // namespace muxtap::feed
