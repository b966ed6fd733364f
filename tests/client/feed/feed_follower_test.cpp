#include "client/feed/feed_follower.h"

#include <catch2/catch.hpp>
#include <functional>
#include <zmq.hpp>

#include "common/ts/packet_view.h"
#include "proto/feed_encoder.h"
#include "proto/topic.h"
#include "tests/support/temp_folder.h"

namespace muxtap::client {
namespace {

using namespace std::chrono_literals;
using Kind = feed::FeedVerdict::Kind;
using proto::StreamState;

/// Notes what it is given.
struct Notes : FeedHandler {
    std::vector<std::string> streams;
    std::vector<std::pair<std::uint64_t, Kind>> batches;
    std::vector<StreamState> infos;
    std::vector<bool> silences;
    std::vector<std::pair<std::shared_ptr<feed::ReceivedMessage>, ByteView>> kept;
    const FollowedStream* last = nullptr;

    void on_stream(const FollowedStream& stream, SteadyTime /*now*/) override { streams.push_back(stream.stream()); }
    void on_batch(const FollowedStream& stream, const proto::BatchMessage& batch,
                  const std::shared_ptr<feed::ReceivedMessage>& message, const feed::FeedVerdict& verdict,
                  SteadyTime /*now*/) override {
        last = &stream;
        batches.emplace_back(batch.header.seq, verdict.kind);
        kept.emplace_back(message, batch.payload);
    }
    void on_info(const FollowedStream& stream, const proto::InfoHeader& info, const feed::FeedVerdict& /*verdict*/,
                 SteadyTime /*now*/) override {
        last = &stream;
        infos.push_back(info.state);
    }
    void on_probe_silence(std::string_view /*probe*/, bool silent, std::chrono::nanoseconds /*silent_for*/,
                          SteadyTime /*now*/) override {
        silences.push_back(silent);
    }
};

/// A probe's socket and a follower connected to it.
class Rig {
public:
    Rig() {
        socket_.bind(endpoint_);
        FeedSelection selection;
        selection.endpoints = {endpoint_};
        selection.streams = {{.name = {}, .prefix = true}};
        const auto receiving = GENERATE(FeedFollower::Receiving::in_turn, FeedFollower::Receiving::ahead);
        follower_ = FeedFollower::connect(selection, log_, health_, receiving).value();
        // Subscriptions, one for each kind of message, reach the socket in their own time, and are told here.
        socket_.set(zmq::sockopt::rcvtimeo, 20'000);
        zmq::message_t subscription;
        for (int kind = 0; kind < 2; ++kind) REQUIRE(socket_.recv(subscription));
    }

    Notes notes;

    [[nodiscard]] FeedFollower& follower() { return *follower_; }
    [[nodiscard]] std::uint64_t refused() const { return follower_->refused(); }

    void send(std::string_view topic, std::string_view header, ByteView payload, bool with_payload = false) {
        socket_.send(zmq::buffer(topic), zmq::send_flags::sndmore);
        socket_.send(zmq::buffer(header), with_payload ? zmq::send_flags::sndmore : zmq::send_flags::none);
        if (with_payload) socket_.send(zmq::buffer(payload.data(), payload.size()), zmq::send_flags::none);
    }
    void send_batch(std::uint64_t seq, std::uint64_t epoch = 1, std::uint8_t mark = 0, const char* name = "stream") {
        std::vector<std::uint8_t> packet(ts::packet_size, mark);
        packet[0] = 0x47;
        const proto::DatagramEntry datagram{.packets = 1, .gap_ns = 0};
        proto::BatchHeader header;
        header.probe = "probe";
        header.stream = name;
        header.epoch = epoch;
        header.seq = seq;
        header.first_packet = seq;
        header.packets = 1;
        header.datagrams = std::span{&datagram, 1};
        header.totals.packets = seq;
        send(proto::make_topic(proto::Kind::ts, name), encoder_.encode(header), packet, true);
    }
    void send_info(StreamState state, std::uint64_t next_seq) {
        proto::InfoHeader info;
        info.probe = "probe";
        info.stream = "stream";
        info.epoch = 1;
        info.next_seq = next_seq;
        info.state = state;
        send(proto::make_topic(proto::Kind::info, "stream"), encoder_.encode(info), {});
    }
    /// Receives until this many batches have been handed over.
    void take(std::size_t batches) {
        until([&] { return notes.batches.size() >= batches; });
    }
    void until(const std::function<bool()>& reached) {
        const SteadyTime deadline = steady_now() + 20s;
        while (!reached()) {
            REQUIRE(steady_now() < deadline);
            (void)follower_->receive(notes, 10ms);
        }
    }

private:
    test::TempFolder folder_;
    std::string endpoint_ = "ipc://" + (folder_ / "feed");
    app::Log log_{{.program = "test", .silent = true}};
    service::Health health_;
    zmq::context_t context_;
    zmq::socket_t socket_{context_, zmq::socket_type::xpub};
    proto::FeedEncoder encoder_;
    std::unique_ptr<FeedFollower> follower_;
};

using Batches = std::vector<std::pair<std::uint64_t, Kind>>;

}  // namespace

TEST_CASE("A stream is told once, before its first batch, and a gap with the batch behind it") {
    Rig rig;
    for (const std::uint64_t seq : {0, 1, 4}) rig.send_batch(seq);
    rig.take(3);
    CHECK(rig.notes.streams == std::vector<std::string>{"stream"});
    CHECK(rig.notes.batches == Batches{{0, Kind::first}, {1, Kind::in_order}, {4, Kind::gap}});
    CHECK(rig.notes.last->state() == StreamState::live);
    CHECK(rig.refused() == 0);
}

TEST_CASE("What came before is left out, a new epoch is not") {
    Rig rig;
    rig.send_batch(7, 5);
    rig.send_batch(6, 5);
    rig.send_batch(9, 4);
    rig.send_batch(0, 6);
    rig.take(2);
    CHECK(rig.notes.batches == Batches{{7, Kind::first}, {0, Kind::new_epoch}});
}

TEST_CASE("A message that a handler keeps stays as it was") {
    Rig rig;
    for (std::uint8_t mark = 0; mark < 20; ++mark) rig.send_batch(mark, 1, mark);
    rig.take(20);
    for (std::uint8_t mark = 0; mark < 20; ++mark) CHECK(rig.notes.kept[mark].second[1] == mark);
}

TEST_CASE("What is not of the feed is refused and counted, and the rest goes on") {
    Rig rig;
    rig.send("ts/stream/", "no JSON", {}, true);
    rig.send("info/stream/", "{\"v\":1}", {});
    rig.send_batch(0);
    rig.take(1);
    CHECK(rig.refused() == 2);
    CHECK(rig.follower().streams() == 1);
}

TEST_CASE("All have ended when every stream's probe has said so") {
    Rig rig;
    CHECK_FALSE(rig.follower().all_ended());
    rig.send_batch(0);
    rig.send_info(StreamState::live, 1);
    rig.until([&] { return rig.notes.infos.size() == 1; });
    CHECK_FALSE(rig.follower().all_ended());
    rig.send_info(StreamState::ended, 1);
    rig.until([&] { return rig.notes.infos.size() == 2; });
    CHECK(rig.follower().all_ended());
}

TEST_CASE("A probe that is not heard is silent once, and back with its next message") {
    Rig rig;
    rig.send_batch(0);
    rig.take(1);
    const SteadyTime heard = steady_now();
    rig.follower().check_silence(rig.notes, heard + 1s);
    CHECK(rig.notes.silences.empty());
    CHECK_FALSE(rig.follower().probe_silent("probe"));
    rig.follower().check_silence(rig.notes, heard + 10s);
    rig.follower().check_silence(rig.notes, heard + 11s);
    CHECK(rig.notes.silences == std::vector<bool>{true});
    CHECK(rig.follower().probe_silent("probe"));
    rig.send_batch(1);
    rig.take(2);
    CHECK(rig.notes.silences == std::vector<bool>{true, false});
}

}  // namespace muxtap::client
