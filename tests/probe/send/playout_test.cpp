#include "probe/send/playout.h"

#include <catch2/catch.hpp>

#include "tests/probe/send/stream_maker.h"

using namespace muxtap;
using namespace std::chrono_literals;

namespace {

struct Sent {
    std::size_t packets;
    std::chrono::nanoseconds due;
};

std::vector<Sent> play(std::size_t count, const send::Playout::Settings& settings, std::size_t at_most = 1000) {
    const send::TsFile file = test::make_programme(count);
    const auto schedule = send::PcrSchedule::from_pcrs(file, std::nullopt).value();
    send::Playout playout(file, schedule, {}, settings);
    std::vector<Sent> all;
    send::Datagram datagram;
    while (all.size() < at_most && playout.next(datagram)) all.push_back({datagram.packet_count(), datagram.due});
    return all;
}

}  // namespace

TEST_CASE("a datagram is due when its first packet is: one packet a millisecond here") {
    const auto sent = play(100, {.loops = 1});
    REQUIRE(sent.size() == 15);
    for (std::size_t i = 0; i < sent.size(); ++i) CHECK(sent[i].due == 7ms * i);
    CHECK(sent.back().packets == 2);
}

TEST_CASE("datagrams are filled over the seam and time goes on there") {
    const auto sent = play(100, {.loops = 7});
    REQUIRE(sent.size() == 100);
    for (std::size_t i = 0; i < sent.size(); ++i) {
        CHECK(sent[i].packets == 7);
        CHECK(sent[i].due == 7ms * i);
    }
}

TEST_CASE("a play without end does not end") {
    CHECK(play(100, {.loops = 0}, 5000).size() == 5000);
}

TEST_CASE("a play of limited length ends before the first packet that is due then") {
    const auto sent = play(100, {.loops = 0, .longest = 205ms});
    REQUIRE(sent.size() == 30);
    CHECK(sent.back().packets == 2);
}

TEST_CASE("a datagram holds as many packets as asked for") {
    const std::size_t packets = GENERATE(1, 2, 100, 340);
    const auto sent = play(100, {.loops = 1, .packets_per_datagram = packets});
    CHECK(sent.size() == (100 + packets - 1) / packets);
}
