#include "client/frames/outputs/publish_output.h"

#include <catch2/catch.hpp>
#include <zmq.hpp>

#include "tests/client/frames/outputs/sample_items.h"

using namespace muxtap;
using namespace muxtap::frames;

namespace {

using Parts = std::vector<std::string>;

std::unique_ptr<PublishOutput> open_output() {
    static app::Log log({.program = "test", .silent = true});
    auto output = PublishOutput::open({.address = "tcp://127.0.0.1:*"}, log);
    REQUIRE(output);
    return std::move(*output);
}

class Subscriber {
public:
    Subscriber(const PublishOutput& output, const std::string& prefix) : socket_(context_, zmq::socket_type::sub) {
        socket_.set(zmq::sockopt::linger, 0);
        socket_.set(zmq::sockopt::rcvtimeo, 20);
        socket_.set(zmq::sockopt::subscribe, prefix);
        socket_.connect(output.address());
    }

    /// The parts of the next message; none when nothing came in 20 ms.
    [[nodiscard]] Parts receive() {
        Parts parts;
        zmq::message_t part;
        do {
            if (!socket_.recv(part)) return {};
            parts.push_back(part.to_string());
        } while (part.more());
        return parts;
    }

    /// Writes the items until something of them has arrived: the subscription has.
    [[nodiscard]] Parts write_until_one_comes(PublishOutput& output, const std::vector<ItemPtr>& items) {
        const auto end = steady_now() + std::chrono::seconds{20};
        while (steady_now() < end) {
            output.write(items);
            if (Parts parts = receive(); !parts.empty()) return parts;
        }
        return {};
    }

private:
    zmq::context_t context_;
    zmq::socket_t socket_;
};

}  // namespace

TEST_CASE("a picture is published as topic, record and image") {
    const auto output = open_output();
    Subscriber subscriber(*output, "frame/");
    const ItemPtr item = frames::test::picture();
    CHECK(subscriber.write_until_one_comes(*output, {item}) ==
          Parts{"frame/239.1.1.1:5000/", item->json(), std::string("\xFF\xD8\0jp", 5)});
}

TEST_CASE("an access unit is published as topic, record and bytes") {
    const auto output = open_output();
    Subscriber subscriber(*output, "frame/239.1.1.1:5000/");
    const ItemPtr item = frames::test::access_unit();
    CHECK(subscriber.write_until_one_comes(*output, {item}) ==
          Parts{"frame/239.1.1.1:5000/", item->json(), std::string("\0\0\1\x65", 4)});
}

TEST_CASE("sound and events are published as topic and record, to those who want them") {
    const auto output = open_output();
    Subscriber of_sound(*output, "sound/");
    Subscriber of_events(*output, "event/");
    const std::vector<ItemPtr> items = {frames::test::picture(), frames::test::sound(), frames::test::event("black")};
    CHECK(of_sound.write_until_one_comes(*output, items) == Parts{"sound/239.1.1.1:5000/", items[1]->json()});
    CHECK(of_events.write_until_one_comes(*output, items) == Parts{"event/239.1.1.1:5000/", items[2]->json()});
}

TEST_CASE("every item is counted, whether somebody wants it or not") {
    const auto output = open_output();
    output->write(std::vector<ItemPtr>{frames::test::picture(), frames::test::sound()});
    output->tick();
    CHECK(output->figures().delivered == 2);
    CHECK(output->figures().dropped == 0);
    CHECK_THAT(output->figures().name, Catch::StartsWith("zmq:tcp://"));
    output->finish(std::chrono::milliseconds{0});
    CHECK(output->figures().delivered == 2);
}

TEST_CASE("a topic holds the stream's name as far as a topic can") {
    struct Row {
        ItemPtr item;
        const char* topic;
    };
    const auto row = GENERATE(values<Row>({
        {frames::test::picture(), "frame/239.1.1.1:5000/"},
        {frames::test::event("", ""), "event/"},
        {frames::test::event("", "a b/c\n\"d\""), "event/a_b_c__d_/"},
        {frames::test::event("", ".."), "event/_/"},
        {frames::test::event("", "caf\xC3\xA9.1"), "event/caf__.1/"},
    }));
    CHECK(topic_of(*row.item) == row.topic);
    const ItemPtr longest = frames::test::event("", std::string(1000, 'x'));
    CHECK(topic_of(*longest) == "event/" + std::string(128, 'x') + "/");
}
