#include "common/feed/message_publisher.h"

#include <catch2/catch.hpp>
#include <functional>
#include <zmq.hpp>

namespace muxtap::feed {
namespace {

constexpr std::chrono::seconds time_limit{20};
constexpr std::size_t small_buffer = std::size_t{4} << 20;

std::unique_ptr<MessagePublisher> publisher_with(std::uint64_t buffer_bytes) {
    auto publisher = MessagePublisher::bind({.address = "tcp://127.0.0.1:*", .buffer_bytes = buffer_bytes});
    REQUIRE(publisher);
    return std::move(*publisher);
}

SharedBytes payload_of(std::size_t bytes) {
    return std::make_shared<const std::vector<std::uint8_t>>(bytes, std::uint8_t{7});
}

class Subscriber {
public:
    explicit Subscriber(const std::string& endpoint, const std::string& prefix = "")
        : socket_(context_, zmq::socket_type::sub) {
        socket_.set(zmq::sockopt::linger, 0);
        socket_.set(zmq::sockopt::rcvhwm, 2);
        socket_.set(zmq::sockopt::rcvbuf, 64 << 10);
        socket_.set(zmq::sockopt::rcvtimeo, 5);
        socket_.set(zmq::sockopt::subscribe, prefix);
        socket_.connect(endpoint);
    }

    /// Sizes of the next message's parts; none when nothing came soon.
    [[nodiscard]] std::vector<std::size_t> receive() {
        std::vector<std::size_t> sizes;
        zmq::message_t part;
        do {
            if (!socket_.recv(part)) return {};
            sizes.push_back(part.size());
        } while (part.more());
        return sizes;
    }

private:
    zmq::context_t context_;
    zmq::socket_t socket_;
};

bool comes_true(const std::function<bool()>& condition) {
    const auto end = steady_now() + time_limit;
    while (!condition()) {
        if (steady_now() > end) return false;
    }
    return true;
}

/// Waits until the publisher knows of a subscription to the topic.
void wait_until_wanted(MessagePublisher& publisher, std::string_view topic) {
    REQUIRE(comes_true([&] {
        publisher.look_after_subscribers();
        return publisher.wanted(topic);
    }));
}

}  // namespace

TEST_CASE("a message arrives as topic, header and payload, which is let go of afterwards") {
    const auto publisher = publisher_with(small_buffer);
    Subscriber subscriber(publisher->address(), "frame/");
    CHECK_FALSE(publisher->wanted("frame/a/"));
    wait_until_wanted(*publisher, "frame/a/");
    CHECK_FALSE(publisher->wanted("sound/a/"));
    SharedBytes payload = payload_of(100'000);
    const std::weak_ptr<const std::vector<std::uint8_t>> watched = payload;
    REQUIRE(publisher->send("frame/a/", "{}", payload));
    payload.reset();
    std::vector<std::size_t> sizes;
    CHECK(comes_true([&] { return !(sizes = subscriber.receive()).empty(); }));
    CHECK(sizes == std::vector<std::size_t>{8, 2, 100'000});
    CHECK(comes_true([&] { return watched.expired() && publisher->bytes_under_way() == 0; }));
    publisher->send("frame/a/", "[]");
    CHECK(comes_true([&] { return !(sizes = subscriber.receive()).empty(); }));
    CHECK(sizes == std::vector<std::size_t>{8, 2});
}

TEST_CASE("a payload that nobody has subscribed to is not held") {
    const auto publisher = publisher_with(small_buffer);
    REQUIRE(publisher->send("frame/a/", "{}", payload_of(1000)));
    CHECK(publisher->bytes_under_way() == 0);
}

TEST_CASE("an address in use is an error that names it and the option") {
    const auto publisher = publisher_with(small_buffer);
    const auto other = MessagePublisher::bind({.address = publisher->address()});
    REQUIRE_FALSE(other);
    CHECK_THAT(other.error().message, Catch::Contains(publisher->address()) && Catch::Contains("--publish"));
}

TEST_CASE("a subscriber that stops costs bounded memory, however large the payloads are") {
    const auto publisher = publisher_with(small_buffer);
    Subscriber stopped(publisher->address());
    wait_until_wanted(*publisher, "frame/a/");
    std::uint64_t most = 0;
    bool refused = false;
    for (int i = 0; i < 200; ++i) {
        refused |= !publisher->send("frame/a/", "{}", payload_of(1'000'000));
        most = std::max(most, publisher->bytes_under_way());
    }
    CHECK(refused);
    CHECK(most <= 2 * small_buffer);

    SECTION("and gets messages again when it goes on") {
        // The last payload may be let go of a moment after its message has come.
        CHECK(comes_true([&] {
            (void)stopped.receive();
            return publisher->bytes_under_way() == 0;
        }));
        REQUIRE(publisher->send("frame/a/", "again", payload_of(10)));
        CHECK(comes_true([&] {
            const auto sizes = stopped.receive();
            return sizes.size() == 3 && sizes[1] == 5;
        }));
    }
}

TEST_CASE("one payload goes although it is larger than all that may be under way") {
    const auto publisher = publisher_with(1000);
    Subscriber subscriber(publisher->address());
    wait_until_wanted(*publisher, "frame/a/");
    REQUIRE(publisher->send("frame/a/", "{}", payload_of(1'000'000)));
    CHECK(comes_true([&] { return subscriber.receive().size() == 3; }));
}

TEST_CASE("messages sent before the end arrive, for as long as they may linger") {
    auto publisher = publisher_with(small_buffer);
    Subscriber subscriber(publisher->address());
    wait_until_wanted(*publisher, "event/");
    for (int i = 0; i < 5; ++i) publisher->send("event/", "{}");
    publisher->close(std::chrono::milliseconds{10'000});
    for (int i = 0; i < 5; ++i) CHECK(comes_true([&] { return subscriber.receive().size() == 2; }));
}

TEST_CASE("so many messages are kept as the buffer holds of usual ones") {
    struct Row {
        std::uint64_t buffer;
        std::uint64_t usual;
        int kept;
    };
    for (const Row& row : {Row{64 << 20, 0, 1024}, Row{64 << 20, 64 << 10, 1024}, Row{64 << 20, 1 << 20, 64},
                           Row{1 << 20, 64 << 10, 16}, Row{1, 1 << 20, 16}, Row{std::uint64_t{1} << 50, 1, 100'000}}) {
        CHECK(messages_kept(row.buffer, row.usual) == row.kept);
    }
}

}  // namespace muxtap::feed
