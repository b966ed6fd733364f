#include <set>
#include <thread>
#include <zmq.hpp>

#include "tests/common/feed/feed_rig.h"

namespace muxtap::feed {
namespace {

using proto::BatchMessage;
using proto::FeedDecoder;
using proto::InfoHeader;
using proto::StreamState;

/// The next message that is a batch, decoded; what it borrows lives in `message` and `decoder`.
BatchMessage next_batch(Rig& rig, Subscriber& subscriber, ReceivedMessage& message, FeedDecoder& decoder) {
    for (;;) {
        REQUIRE(rig.receive(subscriber, message));
        const auto decoded = decoder.decode(message.frames());
        REQUIRE(decoded.has_value());
        if (const auto* batch = std::get_if<BatchMessage>(&*decoded)) return *batch;
    }
}

TEST_CASE("a published batch reaches its subscriber byte for byte, with its header") {
    Rig rig;
    const auto stream = make_stream("news");
    const auto subscriber = rig.subscribe({"ts/news/"});
    rig.wait_for_subscription(*subscriber, stream);

    BatchPtr batch = rig.make_batch(stream, full_packets);
    const std::vector<std::uint8_t> sent(batch->payload().begin(), batch->payload().end());
    const std::uint64_t first_packet = batch->first_packet;
    REQUIRE(rig.writer().push(batch));
    rig.writer().deliver();

    ReceivedMessage message;
    FeedDecoder decoder;
    const BatchMessage received = next_batch(rig, *subscriber, message, decoder);
    CHECK(std::equal(received.payload.begin(), received.payload.end(), sent.begin(), sent.end()));
    CHECK(received.header.probe == "cap-a");
    CHECK(received.header.stream == "news");
    CHECK(received.header.epoch == 1763600000123456789);
    CHECK(received.header.first_packet == first_packet);
    CHECK(received.header.totals.packets == first_packet);
    CHECK(received.header.packets == full_packets);
    CHECK(received.header.time_ns == 1763600012345678901);
    CHECK(received.header.source == stream->source());
    CHECK(as_text(message.frames()[0]) == "ts/news/");
    CHECK(rig.work_until([&] { return rig.pool().bytes_in_use() == 0; }));
}

TEST_CASE("batches are numbered from 0 in each stream, subscribed or not") {
    Rig rig;
    const auto news = make_stream("news");
    const auto sport = make_stream("sport");
    for (int i = 0; i < 3; ++i) rig.publish(news, 1);
    const auto subscriber = rig.subscribe({"ts/"});
    rig.wait_for_subscription(*subscriber, sport);
    ReceivedMessage message;
    FeedDecoder decoder;
    rig.publish(news, 1);
    CHECK(next_batch(rig, *subscriber, message, decoder).header.seq == 3);
    rig.publish(news, 1);
    CHECK(next_batch(rig, *subscriber, message, decoder).header.seq == 4);
}

TEST_CASE("a subscriber gets its own stream only, also when another name begins the same") {
    Rig rig;
    const auto news = make_stream("news");
    const auto news2 = make_stream("news2");
    const auto subscriber = rig.subscribe({"ts/news/"});
    rig.wait_for_subscription(*subscriber, news);
    rig.publish(news2, 1);
    rig.publish(news, 1);
    ReceivedMessage message;
    FeedDecoder decoder;
    CHECK(next_batch(rig, *subscriber, message, decoder).header.stream == "news");
}

TEST_CASE("every stream has a status each second, whose state follows its packets, with what is known of the host") {
    Rig rig;
    const auto stream = make_stream("news");
    const auto subscriber = rig.subscribe({"info/news/"});
    const auto put_on_board = [&](std::uint64_t packets, bool ended) {
        std::vector<StreamStatus> statuses(1);
        statuses[0].stream = stream;
        statuses[0].totals.packets = packets;
        statuses[0].totals.bytes = packets * ts::packet_size;
        statuses[0].ended = ended;
        rig.board().publish(0, statuses);
    };
    ReceivedMessage message;
    FeedDecoder decoder;
    std::int64_t last_time = 0;
    const auto next_status = [&] {
        REQUIRE(rig.receive(*subscriber, message));
        const auto decoded = decoder.decode(message.frames());
        REQUIRE(decoded.has_value());
        const InfoHeader info = std::get<InfoHeader>(*decoded);
        CHECK(info.stream == "news");
        if (last_time != 0) CHECK(info.time_ns - last_time > 900'000'000);
        last_time = info.time_ns;
        return info;
    };

    put_on_board(0, false);
    CHECK(next_status().state == StreamState::waiting);
    put_on_board(1000, false);
    const InfoHeader live = next_status();
    CHECK(live.state == StreamState::live);
    CHECK(live.totals.packets == 1000);
    CHECK(live.rate_bps > 0);
    CHECK(live.rate_bps < 1000 * ts::packet_size * 8 * 10 / 9);
    CHECK(live.next_seq == 0);
    CHECK(live.host == nullptr);

    auto figures = std::make_shared<proto::HostFigures>();
    figures->host_name = "capture-1";
    rig.board().set_host(figures);
    rig.publish(stream, 1);
    const InfoHeader silent = next_status();
    CHECK(silent.state == StreamState::silent);
    CHECK(silent.rate_bps == 0);
    CHECK(silent.next_seq == 1);
    REQUIRE(silent.host != nullptr);
    CHECK(*silent.host == *figures);

    put_on_board(1000, true);
    rig.writer().finish();
    const SteadyTime deadline = steady_now() + time_limit;
    while (rig.publisher().do_work(one_ms)) REQUIRE(steady_now() < deadline);
    last_time = 0;  // the last one comes at once
    CHECK(next_status().state == StreamState::ended);
}

TEST_CASE("a raw endpoint gives bare packets, at most 697 in a message") {
    Publisher::Settings settings = Rig::feed_settings();
    settings.raw_endpoints = {"tcp://127.0.0.1:*"};
    Rig rig(settings);
    const auto stream = make_stream("news");
    const auto subscriber = rig.subscribe({""}, 1);
    rig.wait_for_subscription(*subscriber, stream);

    BatchPtr batch = rig.make_batch(stream, full_packets);
    const std::vector<std::uint8_t> sent(batch->payload().begin(), batch->payload().end());
    REQUIRE(rig.writer().push(batch));
    rig.writer().deliver();
    std::vector<std::uint8_t> received;
    ReceivedMessage message;
    for (const std::size_t packets : {697, 697, 6}) {
        REQUIRE(rig.receive(*subscriber, message));
        REQUIRE(message.frames().size() == 1);
        const ByteView part = message.frames()[0];
        CHECK(part.size() == packets * ts::packet_size);
        received.insert(received.end(), part.begin(), part.end());
    }
    CHECK(received == sent);
}

TEST_CASE("a lossless publisher waits for a slow subscriber, who gets everything") {
    constexpr std::uint64_t batches = 400;
    Publisher::Settings settings = Rig::feed_settings();
    settings.lossless = true;
    settings.queue_batches = 4;
    settings.subscriber_buffer_bytes = 4 * full_bytes;
    Rig rig(settings);
    const auto stream = make_stream("news");
    Subscriber::Settings slow;
    slow.endpoints = {rig.endpoint()};
    slow.prefixes = {"ts/"};
    slow.buffer_bytes = 2 * full_bytes;
    auto connected = Subscriber::connect(slow);
    REQUIRE(connected.has_value());
    Subscriber& subscriber = **connected;
    rig.wait_for_subscription(subscriber, stream);

    bool all_pushed = true;
    std::thread capture([&] {
        for (std::uint64_t i = 0; i < batches; ++i) {
            BatchPtr batch = rig.writer().acquire(full_packets);
            batch->stream = stream;
            std::fill(batch->room().begin(), batch->room().end(), ts::sync_byte);
            batch->datagrams.push_back({full_packets, 0});
            batch->commit(full_packets);
            all_pushed = rig.writer().push(batch) && all_pushed;
        }
        rig.writer().finish();
    });
    std::thread publishing([&] {
        while (rig.publisher().do_work(one_ms)) {
        }
    });
    ReceivedMessage message;
    FeedDecoder decoder;
    std::set<std::uint64_t> numbers;
    for (std::uint64_t i = 0; i < batches; ++i) {
        if (!subscriber.receive(message, time_limit)) break;
        const auto decoded = decoder.decode(message.frames());
        if (decoded) numbers.insert(std::get<BatchMessage>(*decoded).header.seq);
    }
    rig.publisher().stop_waiting();
    capture.join();
    publishing.join();
    CHECK(all_pushed);
    CHECK(numbers.size() == batches);
    CHECK(*numbers.rbegin() - *numbers.begin() == batches - 1);
}

TEST_CASE("a message of a stranger with too many frames is received whole and told as such") {
    zmq::context_t context;
    zmq::socket_t stranger(context, zmq::socket_type::xpub);
    stranger.bind("tcp://127.0.0.1:*");
    Subscriber::Settings settings;
    settings.endpoints = {stranger.get(zmq::sockopt::last_endpoint)};
    settings.prefixes = {""};
    auto connected = Subscriber::connect(settings);
    REQUIRE(connected.has_value());
    zmq::message_t subscription;
    stranger.set(zmq::sockopt::rcvtimeo, 20'000);
    REQUIRE(stranger.recv(subscription));
    constexpr int frames = 100;
    for (int i = 0; i < frames; ++i) {
        (void)stranger.send(zmq::str_buffer("x"), i + 1 < frames ? zmq::send_flags::sndmore : zmq::send_flags::none);
    }
    (void)stranger.send(zmq::str_buffer("next"), zmq::send_flags::none);
    ReceivedMessage message;
    REQUIRE((*connected)->receive(message, time_limit));
    CHECK(message.frames().size() == 4);
    FeedDecoder decoder;
    CHECK(decoder.decode(message.frames()).error() == proto::FeedReject::frame_count);
    REQUIRE((*connected)->receive(message, time_limit));
    REQUIRE(message.frames().size() == 1);
    CHECK(as_text(message.frames()[0]) == "next");
}

TEST_CASE("an endpoint that cannot be is named, with the form that is expected") {
    for (const std::string endpoint : {"5556", "tape://127.0.0.1:5556", "tcp://127.0.0.1:port", "tcp://"}) {
        INFO(endpoint);
        Subscriber::Settings settings;
        settings.endpoints = {endpoint};
        const auto connected = Subscriber::connect(settings);
        REQUIRE_FALSE(connected.has_value());
        CHECK_THAT(connected.error().message,
                   Catch::Contains("\"" + endpoint + "\"") && Catch::Contains("expected tcp://"));
    }
}

}  // namespace
}  // namespace muxtap::feed
