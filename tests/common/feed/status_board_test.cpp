#include "common/feed/status_board.h"

#include <catch2/catch.hpp>

namespace muxtap::feed {
namespace {

StreamStatus status_of(const std::string& name, std::int64_t last_packet_ns) {
    auto stream = std::make_shared<StreamDescription>();
    stream->set_name(name);
    return {.stream = std::move(stream), .totals = {}, .last_packet = from_unix_ns(last_packet_ns), .ended = false};
}

TEST_CASE("a stream that two capture threads were asked for appears once, as the one has it that it arrives on") {
    StatusBoard board(2);
    std::vector<StreamStatus> idle = {status_of("news", 0), status_of("sport", 7)};
    std::vector<StreamStatus> busy = {status_of("news", 5), status_of("sport", 0)};
    board.publish(0, idle);
    board.publish(1, busy);
    const auto all = board.read();
    REQUIRE(all.size() == 2);
    CHECK(all[0].stream->name == "news");
    CHECK(to_unix_ns(all[0].last_packet) == 5);
    CHECK(to_unix_ns(all[1].last_packet) == 7);
}

TEST_CASE("a writer's newest statuses replace its earlier ones") {
    StatusBoard board(1);
    std::vector<StreamStatus> first = {status_of("news", 1), status_of("gone", 1)};
    board.publish(0, first);
    std::vector<StreamStatus> second = {status_of("news", 2)};
    board.publish(0, second);
    REQUIRE(board.read().size() == 1);
    CHECK(to_unix_ns(board.read()[0].last_packet) == 2);
}

TEST_CASE("the host's newest figures stay with whoever read them, also when newer ones come") {
    StatusBoard board(1);
    CHECK(board.host() == nullptr);
    for (const std::int64_t time_ns : {1, 2}) {
        auto figures = std::make_shared<proto::HostFigures>();
        figures->time = from_unix_ns(time_ns);
        board.set_host(std::move(figures));
    }
    const auto read = board.host();
    board.set_host(nullptr);
    CHECK(board.host() == nullptr);
    REQUIRE(read != nullptr);
    CHECK(to_unix_ns(read->time) == 2);
}

}  // namespace
}  // namespace muxtap::feed
