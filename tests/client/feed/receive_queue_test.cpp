#include "client/feed/receive_queue.h"

#include <catch2/catch.hpp>
#include <string>
#include <thread>
#include <zmq.hpp>

#include "common/base/clock.h"
#include "tests/support/temp_folder.h"

namespace muxtap::client {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t message_bytes = 10'000;
using std::chrono::milliseconds;
constexpr auto time_limit = 20s;

/// A socket that publishes numbered messages, and a queue that receives them.
struct Rig {
    test::TempFolder folder;
    std::string endpoint = "ipc://" + (folder / "feed");
    zmq::context_t context;
    zmq::socket_t socket{context, zmq::socket_type::xpub};
    std::unique_ptr<ReceiveQueue> queue;

    explicit Rig(std::size_t most_bytes) {
        socket.bind(endpoint);
        auto subscriber = feed::Subscriber::connect(
            {.endpoints = {endpoint}, .prefixes = {""}, .buffer_bytes = std::uint64_t{256} << 20});
        queue = std::make_unique<ReceiveQueue>(std::move(*subscriber), most_bytes);
        // Subscriptions reach the socket in their own time, and are told here.
        socket.set(zmq::sockopt::rcvtimeo, static_cast<int>(milliseconds(time_limit).count()));
        zmq::message_t subscription;
        REQUIRE(socket.recv(subscription));
    }
    void send(const std::string& text) { socket.send(zmq::buffer(text), zmq::send_flags::none); }
    void send_number(int number) {
        std::string text = std::to_string(number) + " ";
        text.resize(message_bytes, 'x');
        send(text);
    }
    static int number_of(const feed::ReceivedMessage& message) {
        return std::stoi(std::string{reinterpret_cast<const char*>(message.frames().front().data()), 8});
    }
};

}  // namespace

TEST_CASE("What is received ahead is bounded by its bytes, and the rest comes as it is taken") {
    constexpr int messages = 100;
    Rig rig(5 * message_bytes);
    for (int i = 0; i < messages; ++i) rig.send_number(i);
    const SteadyTime deadline = steady_now() + time_limit;
    while (rig.queue->waiting_bytes() < 5 * message_bytes) {
        REQUIRE(steady_now() < deadline);
        std::this_thread::yield();
    }
    for (int i = 0; i < messages; ++i) {
        CHECK(rig.queue->waiting_bytes() < 7 * message_bytes);
        const auto message = rig.queue->take(time_limit);
        REQUIRE(message);
        CHECK(Rig::number_of(*message) == i);
    }
    CHECK(rig.queue->waiting_bytes() == 0);
}

TEST_CASE("Nothing has come when the wait is over") {
    Rig rig(5 * message_bytes);
    CHECK_FALSE(rig.queue->take(1ms));
}

TEST_CASE("A queue that is full can end") {
    Rig rig(message_bytes);
    for (int i = 0; i < 10; ++i) rig.send_number(i);
    const SteadyTime deadline = steady_now() + time_limit;
    while (rig.queue->waiting_bytes() < message_bytes) {
        REQUIRE(steady_now() < deadline);
        std::this_thread::yield();
    }
    rig.queue.reset();
    CHECK_FALSE(rig.queue);
}

}  // namespace muxtap::client
