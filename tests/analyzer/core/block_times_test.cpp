#include "analyzer/core/block_times.h"

#include <array>
#include <catch2/catch.hpp>
#include <vector>

namespace muxtap::analyzer {
namespace {

UnixTime at_ns(std::int64_t ns) {
    return from_unix_ns(ns);
}

/// A block of `count` packets; nobody looks at the bytes.
PacketBlock block_of(const std::vector<std::uint8_t>& bytes) {
    PacketBlock block;
    block.bytes = bytes;
    return block;
}

}  // namespace

TEST_CASE("packets of a datagram have its time, asked for in any order") {
    const std::vector<std::uint8_t> bytes(10 * 188);
    const std::array<DatagramMark, 3> marks = {
        {{7, at_ns(1000), false}, {1, at_ns(2000), true}, {2, at_ns(5000), false}}};
    PacketBlock block = block_of(bytes);
    block.datagrams = marks;
    BlockTimes times(block);
    const std::vector<std::int64_t> expected = {1000, 1000, 1000, 1000, 1000, 1000, 1000, 2000, 5000, 5000};
    for (std::size_t i = 0; i < expected.size(); ++i) CHECK(to_unix_ns(times.at(i)) == expected[i]);
    for (std::size_t i = expected.size(); i-- > 0;) CHECK(to_unix_ns(times.at(i)) == expected[i]);
    CHECK(times.exact(6));
    CHECK_FALSE(times.exact(7));
    CHECK(times.exact(8));
    CHECK(to_unix_ns(times.end()) == 5000);
}

TEST_CASE("a block is cut between datagrams where a time lies") {
    const std::vector<std::uint8_t> bytes(10 * 188);
    const std::array<DatagramMark, 3> marks = {
        {{7, at_ns(1000), false}, {1, at_ns(2000), false}, {2, at_ns(5000), false}}};
    PacketBlock block = block_of(bytes);
    block.datagrams = marks;
    BlockTimes times(block);
    CHECK(times.packets_before(at_ns(500), 0) == 0);
    CHECK(times.packets_before(at_ns(1000), 0) == 0);
    CHECK(times.packets_before(at_ns(1001), 0) == 7);
    CHECK(times.packets_before(at_ns(1001), 9) == 9);
    CHECK(times.packets_before(at_ns(5000), 0) == 8);
    CHECK(times.packets_before(at_ns(5001), 0) == 10);
}

TEST_CASE("without marks the packets are spread evenly, and cut to agree with that") {
    const std::vector<std::uint8_t> bytes(1000 * 188);
    PacketBlock block = block_of(bytes);
    block.begin = at_ns(7);
    block.end = at_ns(7 + 333'333);
    BlockTimes times(block);
    CHECK(to_unix_ns(times.at(0)) == 7);
    CHECK(times.at(999) < block.end);
    for (std::int64_t time = 0; time < 340'000; time += 97) {
        const std::size_t before = times.packets_before(at_ns(time), 0);
        if (before > 0) CHECK(times.at(before - 1) < at_ns(time));
        if (before < 1000 && time >= 7) CHECK(times.at(before) >= at_ns(time));
    }
    CHECK(times.packets_before(at_ns(400'000), 3) == 1000);
}

TEST_CASE("a block without time is never cut") {
    const std::vector<std::uint8_t> bytes(10 * 188);
    PacketBlock block = block_of(bytes);
    block.timed = false;
    const BlockTimes times(block);
    CHECK(times.packets_before(at_ns(1), 0) == 10);
}

TEST_CASE("the last packet of a block may end at its 188th byte") {
    const std::vector<std::uint8_t> bytes(3 * 204);
    PacketBlock block = block_of(bytes);
    block.stride = 204;
    CHECK(block.packets() == 3);
    block.bytes = ByteView(bytes).first(2 * 204 + 188);
    CHECK(block.packets() == 3);
    block.bytes = ByteView(bytes).first(2 * 204 + 187);
    CHECK(block.packets() == 2);
    block.bytes = {};
    CHECK(block.packets() == 0);
}

}  // namespace muxtap::analyzer
