#include "common/ts/packet_run.h"

#include <catch2/catch.hpp>
#include <random>

#include "tests/support/ts_packets.h"

namespace muxtap::ts {
namespace {

using test::ByteVector;

/// Packet by packet, field by field.
RunTally slow_tally(const std::uint8_t* bytes, std::size_t count, std::size_t stride) {
    RunTally tally;
    for (; tally.valid < count; ++tally.valid) {
        const std::uint8_t* const packet = bytes + tally.valid * stride;
        if (check_packet(packet) != RejectReason::accepted) break;
        tally.tei += (packet[1] & 0x80U) != 0 ? 1 : 0;
        tally.null += (packet[1] & 0x1FU) == 0x1F && packet[2] == 0xFF ? 1 : 0;
    }
    return tally;
}

void check_same(const ByteVector& bytes, std::size_t count, std::size_t stride) {
    // A copy of exactly the size: AddressSanitizer sees a read behind the last packet.
    const std::size_t needed = count == 0 ? 0 : (count - 1) * stride + packet_size;
    const ByteVector exact(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(needed));
    const RunTally fast = tally_run(exact.data(), count, stride);
    const RunTally slow = slow_tally(exact.data(), count, stride);
    REQUIRE(fast.valid == slow.valid);
    REQUIRE(fast.tei == slow.tei);
    REQUIRE(fast.null == slow.null);
}

/// Headers from few values, so that edges are met often: mostly valid ones when `bad_in` is large.
ByteVector random_packets(std::mt19937& random, std::size_t count, std::size_t stride, unsigned bad_in) {
    ByteVector bytes(count * stride + packet_size);
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random());
    for (std::size_t i = 0; i < count; ++i) {
        std::uint8_t* const packet = &bytes[i * stride];
        const bool bad = random() % bad_in == 0;
        constexpr std::uint8_t lengths[] = {0, 1, 181, 182, 183, 184, 255};
        packet[0] = bad && random() % 2 == 0 ? static_cast<std::uint8_t>(0x46 + random() % 3) : sync_byte;
        if (random() % 4 == 0) packet[1] = static_cast<std::uint8_t>(0x1F | (random() % 8) << 5);
        if (random() % 4 == 0) packet[2] = 0xFF;
        packet[3] = static_cast<std::uint8_t>((packet[3] & 0xCFU) | (bad ? random() % 4 : 1 + random() % 3) << 4);
        packet[4] = bad ? lengths[random() % std::size(lengths)] : static_cast<std::uint8_t>(random() % 183);
    }
    return bytes;
}

TEST_CASE("a run is tallied as the slow way tallies it, for every count up to 40 and every stride") {
    const std::size_t stride = GENERATE(as<std::size_t>{}, 188, 192, 204, 189);
    const unsigned bad_in = GENERATE(2U, 20U, 1000U);
    std::mt19937 random(static_cast<unsigned>(stride) * 31 + bad_in);
    for (std::size_t count = 0; count <= 40; ++count) {
        for (int round = 0; round < 30; ++round) {
            CAPTURE(stride, bad_in, count, round);
            check_same(random_packets(random, count + 1, stride, bad_in), count, stride);
        }
    }
}

TEST_CASE("a run stops before its first bad packet, wherever that stands and whatever is wrong") {
    struct Row {
        const char* name;
        std::size_t at;
        std::uint8_t value;
    };
    const Row row = GENERATE(values<Row>({{"sync byte", 0, 0x48}, {"control", 3, 0x00}, {"length", 4, 184}}));
    for (std::size_t count = 1; count <= 40; ++count) {
        for (std::size_t bad = 0; bad < count; ++bad) {
            ByteVector bytes = test::packet_run(count, 0, {.pid = null_pid, .tei = true, .control = 2});
            bytes[bad * packet_size + row.at] = row.value;
            CAPTURE(row.name, count, bad);
            const RunTally tally = tally_run(bytes.data(), count);
            REQUIRE(tally.valid == bad);
            REQUIRE(tally.tei == bad);
            REQUIRE(tally.null == bad);
        }
    }
}

TEST_CASE("every header that a packet can have is judged as the slow way judges it") {
    ByteVector bytes = test::packet_run(1);
    for (unsigned control = 0; control < 256; ++control) {
        for (unsigned length = 0; length < 256; ++length) {
            bytes[3] = static_cast<std::uint8_t>(control);
            bytes[4] = static_cast<std::uint8_t>(length);
            const bool accepted = check_packet(bytes.data()) == RejectReason::accepted;
            if ((tally_run(bytes.data(), 1).valid == 1) != accepted) FAIL(control << " " << length);
        }
    }
    SUCCEED();
}

TEST_CASE("null packets and damaged packets are counted by their fields") {
    struct Row {
        std::uint8_t second, third;
        std::uint64_t tei, null;
    };
    const Row row = GENERATE(values<Row>({{0x1F, 0xFF, 0, 1},
                                          {0xFF, 0xFF, 1, 1},
                                          {0x5F, 0xFF, 0, 1},
                                          {0x1F, 0xFE, 0, 0},
                                          {0x0F, 0xFF, 0, 0},
                                          {0x80, 0x00, 1, 0},
                                          {0x7F, 0x00, 0, 0}}));
    ByteVector bytes = test::packet_run(1);
    bytes[1] = row.second;
    bytes[2] = row.third;
    const RunTally tally = tally_run(bytes.data(), 1);
    CHECK(tally.tei == row.tei);
    CHECK(tally.null == row.null);
}

}  // namespace
}  // namespace muxtap::ts
