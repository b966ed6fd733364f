#include "probe/flow/stream_assembler.h"

#include <catch2/catch.hpp>

#include "tests/probe/flow/flow_rig.h"

namespace muxtap::probe {
namespace {

using namespace muxtap::test;
using namespace std::chrono_literals;
using ts::RejectReason;
using Entries = std::vector<proto::DatagramEntry>;

constexpr std::int64_t merged_gap = proto::gap_not_measurable;

ByteView tail_of(const ByteVector& bytes, std::size_t from) {
    return ByteView(bytes).subspan(from);
}

TEST_CASE("a batch goes out when it is full, and what is left over at a flush") {
    AssemblerRig rig({.batch_packets = 20});
    const ByteVector packets = packet_run(49);
    for (std::size_t at = 0; at < packets.size(); at += 7 * 188) rig.offer(ByteView(packets).subspan(at, 7 * 188));
    CHECK(rig.queue.pushed == 2);
    rig.assembler().flush();
    REQUIRE(rig.queue.pushed == 3);
    rig.assembler().flush();
    CHECK(rig.queue.pushed == 3);
    CHECK(rig.queue.batches[0].payload.size() == 20 * 188);
    CHECK(rig.queue.batches[2].payload.size() == 9 * 188);
    CHECK(same(rig.queue.packets(), packets));
    for (const RecordedBatch& batch : rig.queue.batches) CHECK(is_consistent(batch));
    CHECK(rig.totals().packets == 49);
    CHECK(rig.totals().datagrams == 7);
    CHECK(rig.totals().bytes == packets.size());
    CHECK(rig.totals().rejected.total() == 0);
}

TEST_CASE("a full batch does not wait for the next datagram") {
    AssemblerRig rig({.batch_packets = 7});
    rig.offer(packet_run(7));
    CHECK(rig.queue.pushed == 1);
    CHECK(rig.assembler().opened() == SteadyTime::max());
}

TEST_CASE("each datagram has its packets and its distance in the batch") {
    AssemblerRig rig;
    const UnixTime start = rig.now;
    rig.offer(packet_run(7));
    rig.offer_after(375'812ns, packet_run(3));
    rig.offer_after(1ns, packet_run(1));
    rig.offer_after(-5ns, packet_run(2));
    rig.assembler().flush();
    REQUIRE(rig.queue.pushed == 1);
    CHECK(rig.queue.batches[0].datagrams == Entries{{7, 0}, {3, 375'812}, {1, 1}, {2, 0}});
    CHECK(rig.queue.batches[0].time == start);

    // The next batch's time is its first datagram's: its gap is told by that.
    rig.offer_after(20ms, packet_run(4));
    rig.offer_after(30ms, packet_run(5));
    rig.assembler().flush();
    REQUIRE(rig.queue.pushed == 2);
    CHECK(rig.queue.batches[1].datagrams == Entries{{4, 0}, {5, 30'000'000}});
    CHECK(rig.queue.batches[1].time == start + 375'812ns + 1ns - 5ns + 20ms);
}

TEST_CASE("a datagram without a packet has no entry, and distances go over it") {
    AssemblerRig rig;
    rig.offer(packet_run(1));
    rig.offer_after(10ns, filler(100));
    rig.offer_after(10ns, packet_run(1, 1));
    rig.assembler().flush();
    REQUIRE(rig.queue.pushed == 1);
    CHECK(rig.queue.batches[0].datagrams == Entries{{1, 0}, {1, 20}});
    CHECK(rig.totals().datagrams == 2);
}

TEST_CASE("a datagram that two batches share has an entry in both") {
    AssemblerRig rig({.batch_packets = 10});
    const ByteVector packets = packet_run(24);
    rig.offer(ByteView(packets).first(8 * 188));
    rig.offer_after(5us, tail_of(packets, 8 * 188));
    rig.assembler().flush();
    REQUIRE(rig.queue.pushed == 3);
    CHECK(rig.queue.batches[0].datagrams == Entries{{8, 0}, {2, 5000}});
    CHECK(rig.queue.batches[1].datagrams == Entries{{10, 0}});
    CHECK(rig.queue.batches[2].datagrams == Entries{{4, 0}});
    CHECK(rig.queue.batches[1].time == rig.now);
    CHECK(same(rig.queue.packets(), packets));
}

TEST_CASE("a batch's header says what had come before its first packet, and nothing of itself") {
    AssemblerRig rig({.batch_packets = 10});
    const ByteVector nulls = packet_run(7, 0, {.pid = ts::null_pid, .tei = true});
    for (int i = 0; i < 10; ++i) rig.offer(nulls);
    REQUIRE(rig.queue.pushed == 7);
    for (std::size_t i = 0; i < rig.queue.batches.size(); ++i) {
        CAPTURE(i);
        const RecordedBatch& batch = rig.queue.batches[i];
        CHECK(is_consistent(batch));
        CHECK(batch.first_packet == i * 10);
        CHECK(batch.totals.packets == i * 10);
        CHECK(batch.totals.null == i * 10);
        CHECK(batch.totals.tei == i * 10);
    }
}

TEST_CASE("what does not get into the queue is counted there, and the numbers jump over it") {
    AssemblerRig rig({.batch_packets = 7});
    rig.offer(packet_run(7));
    rig.queue.full = true;
    rig.offer(packet_run(7, 7));
    rig.offer(packet_run(7, 14));
    rig.queue.full = false;
    rig.offer(packet_run(7, 21));
    CHECK(rig.totals().queue_dropped == 14);
    CHECK(rig.totals().packets == 28);
    REQUIRE(rig.queue.pushed == 2);
    CHECK(rig.queue.batches[1].first_packet == 21);
    CHECK(rig.queue.batches[1].totals.queue_dropped == 14);
    CHECK(same(rig.queue.batches[1].payload, packet_run(7, 21)));
}

TEST_CASE("what there is no memory for is counted as dropped by the queue, too") {
    AssemblerRig rig;
    rig.queue.without_memory = true;
    rig.offer(packet_run(7));
    CHECK(rig.assembler().landing().empty());
    CHECK(rig.totals().queue_dropped == 7);
    rig.queue.without_memory = false;
    rig.offer(packet_run(7, 7));
    rig.assembler().flush();
    REQUIRE(rig.queue.pushed == 1);
    CHECK(rig.queue.batches[0].first_packet == 7);
}

TEST_CASE("packets are left out on the operator's wish, and only those") {
    ByteVector mixed;
    append(mixed, numbered_packet(0));
    append(mixed, numbered_packet(1, {.tei = true}));
    append(mixed, numbered_packet(2, {.pid = ts::null_pid}));
    append(mixed, numbered_packet(3));
    append(mixed, numbered_packet(4, {.pid = ts::null_pid, .tei = true}));
    struct Row {
        const char* name;
        DropRules drop;
        std::vector<std::uint32_t> kept;
    };
    const std::vector<Row> rows = {
        {"none", {}, {0, 1, 2, 3, 4}},
        {"tei", {.tei = true}, {0, 2, 3}},
        {"null", {.null = true}, {0, 1, 3}},
        {"both", {.tei = true, .null = true}, {0, 3}},
    };
    for (const Row& row : rows) {
        INFO(row.name);
        AssemblerRig rig({.drop = row.drop});
        rig.offer(mixed);
        rig.assembler().flush();
        ByteVector kept;
        for (const std::uint32_t number : row.kept) append(kept, tail_of(mixed, number * 188).first(188));
        CHECK(same(rig.queue.packets(), kept));
        CHECK(rig.totals().dropped == 5 - row.kept.size());
        CHECK(rig.totals().tei == 2);
        CHECK(rig.totals().null == 2);
        CHECK(rig.totals().packets == row.kept.size());
    }
}

TEST_CASE("what is rejected is named, and the rest of the datagram goes on") {
    AssemblerRig rig;
    ByteVector bytes = packet_run(7);
    bytes[0] = 0x46;
    bytes[2 * 188 + 3] = 0x00;
    rig.offer(bytes);
    rig.assembler().flush();
    CHECK(rig.rejected(RejectReason::sync_byte) == 1);
    CHECK(rig.rejected(RejectReason::reserved_afc) == 1);
    CHECK(rig.totals().packets == 5);
    CHECK(same(rig.queue.packets(), joined({packet_run(1, 1), packet_run(4, 3)})));
    CHECK(rig.queue.batches[0].datagrams == Entries{{5, 0}});
}

TEST_CASE("datagrams that are not transport stream are counted and leave nothing in the feed") {
    AssemblerRig rig;
    std::uint64_t refused = 0;
    const auto refuse = [&](const char* name, ByteView payload) {
        INFO(name);
        rig.offer(payload);
        CHECK(rig.rejected(RejectReason::not_ts) == ++refused);
        CHECK(rig.totals().packets == 0);
    };
    refuse("empty", {});
    refuse("one byte", filler(1));
    refuse("a lonely sync byte", ByteVector{0x47});
    refuse("text", filler(1316, 'a'));
    refuse("jumbo", filler(8972));
    refuse("largest", filler(65507));
    refuse("187 bytes", ByteView(packet_run(1)).first(187));
    refuse("RTP around nothing", rtp({}, {}));
    refuse("RTP around rubbish", rtp({}, filler(1316)));
    refuse("RTCP", joined({{0x80, 200}, filler(50)}));
    rig.assembler().finish();
    CHECK(rig.queue.pushed == 0);
    CHECK(rig.totals().datagrams == 0);
}

TEST_CASE("jumbo datagrams are taken whole") {
    AssemblerRig rig;
    const ByteVector packets = packet_run(47);
    rig.offer(packets);
    rig.assembler().flush();
    CHECK(same(rig.queue.packets(), packets));
    CHECK(rig.queue.batches[0].datagrams == Entries{{47, 0}});
}

TEST_CASE("packets that the snap length cut off are counted as truncated") {
    struct Row {
        const char* name;
        std::size_t captured, missing;
        std::uint64_t packets, truncated;
    };
    const std::vector<Row> rows = {
        {"nothing", 7 * 188, 0, 7, 0},           {"one byte", 7 * 188 - 1, 1, 6, 1},
        {"a packet", 6 * 188, 188, 6, 1},        {"half of them", 3 * 188 + 50, 4 * 188 - 50, 3, 4},
        {"all but two", 2 * 188, 5 * 188, 2, 5},
    };
    const ByteVector packets = packet_run(7);
    for (const Row& row : rows) {
        INFO(row.name);
        for (const bool with_rtp : {false, true}) {
            AssemblerRig rig;
            const ByteVector payload = with_rtp ? rtp({}, packets) : packets;
            net::Datagram datagram = rig.datagram(ByteView(payload).first(payload.size() - row.missing));
            datagram.missing_bytes = row.missing;
            rig.assembler().on_datagram(datagram);
            CHECK(rig.totals().packets == row.packets);
            CHECK(rig.rejected(RejectReason::truncated) == row.truncated);
            CHECK(rig.totals().rejected.total() == row.truncated);
        }
    }
}

TEST_CASE("RTP headers come off, and their numbers tell of losses") {
    AssemblerRig rig;
    const auto offer = [&](unsigned number) {
        rig.offer(rtp({.sequence_number = static_cast<std::uint16_t>(number), .csrc_count = 1, .padding = 4},
                      packet_run(7, number * 7)));
    };
    for (const unsigned number : {1U, 2U, 4U, 3U, 5U, 5U, 8U, 9U}) offer(number);
    CHECK(rig.totals().rtp_lost == 0);
    CHECK(rig.totals().rtp_reordered == 2);
    rig.assembler().settle();
    CHECK(rig.totals().rtp_lost == 2);
    rig.assembler().finish();
    CHECK(rig.totals().packets == 8 * 7);
    CHECK(rig.totals().rejected.total() == 0);
    CHECK(rig.assembler().description()->encapsulation == proto::Encapsulation::rtp);
    ByteVector expected;
    for (const unsigned number : {1U, 2U, 4U, 3U, 5U, 5U, 8U, 9U}) append(expected, packet_run(7, number * 7));
    CHECK(same(rig.queue.packets(), expected));
}

TEST_CASE("the rest of a packet, or a broken sync byte, is no RTP header although it looks like one") {
    AssemblerRig rig;
    ByteVector packets = packet_run(70);
    for (std::size_t at = 4; at < packets.size(); ++at) {
        if (at % 188 >= 4) packets[at] = static_cast<std::uint8_t>(0x80 | (at & 0x2F));  // each looks like version 2
    }
    const ByteView whole(packets);
    for (std::size_t at = 0; at < packets.size(); at += 1472) {
        rig.offer(whole.subspan(at, std::min<std::size_t>(1472, packets.size() - at)));
    }
    ByteVector broken = packet_run(7, 70);
    broken[0] = 0xA7;
    rig.offer(broken);
    rig.assembler().finish();
    CHECK(same(rig.queue.packets(), joined({packets, packet_run(6, 71)})));
    CHECK(rig.rejected(RejectReason::sync_byte) == 1);
    CHECK(rig.totals().rejected.total() == 1);
    CHECK(rig.assembler().description()->encapsulation == proto::Encapsulation::udp);
}

TEST_CASE("a loss stands in the header of the batch behind it") {
    AssemblerRig rig({.batch_packets = 7});
    rig.offer(rtp({.sequence_number = 1}, packet_run(7)));
    rig.offer(rtp({.sequence_number = 3}, packet_run(7)));
    rig.assembler().settle();
    rig.offer(rtp({.sequence_number = 4}, packet_run(7)));
    REQUIRE(rig.queue.pushed == 3);
    CHECK(rig.queue.batches[1].totals.rtp_lost == 0);
    CHECK(rig.queue.batches[2].totals.rtp_lost == 1);
}

TEST_CASE("a stream that takes only RTP refuses plain packets by name") {
    AssemblerRig rig({.rtp_only = true});
    rig.offer(packet_run(7));
    CHECK(rig.totals().packets == 0);
    CHECK(rig.rejected(RejectReason::not_ts) == 1);
    rig.offer(rtp({}, packet_run(7)));
    CHECK(rig.totals().packets == 7);
}

TEST_CASE("RTCP on the same port is no packet and no loss") {
    AssemblerRig rig;
    rig.offer(rtp({.sequence_number = 1}, packet_run(7)));
    for (const unsigned type : {192U, 200U, 201U, 202U, 203U, 204U, 207U, 223U}) {
        rig.offer(joined({{0x81, static_cast<std::uint8_t>(type), 0, 7}, filler(28)}));
    }
    rig.offer(rtp({.sequence_number = 2}, packet_run(7)));
    rig.assembler().finish();
    CHECK(rig.totals().packets == 14);
    CHECK(rig.totals().rtp_lost == 0);
    CHECK(rig.totals().rtp_reordered == 0);
    CHECK(rig.rejected(RejectReason::not_ts) == 8);
    // A marker bit does not make RTCP of transport stream.
    rig.offer(rtp({.sequence_number = 3, .marker = true}, packet_run(7)));
    CHECK(rig.totals().packets == 21);
}

TEST_CASE("merged datagrams are taken apart, and only the first one's time is its own") {
    const ByteVector packets = packet_run(21);
    const auto part = [&](std::size_t i) { return ByteView(packets).subspan(i * 7 * 188, 7 * 188); };
    const ByteVector three_rtp = joined({rtp({.sequence_number = 1}, part(0)), rtp({.sequence_number = 2}, part(1)),
                                         rtp({.sequence_number = 3}, part(2))});
    struct Row {
        const char* name;
        const ByteVector& payload;
        std::size_t segment;
        Entries entries;
    };
    const std::vector<Row> rows = {
        {"RTP, size known", three_rtp, 1328, {{7, 1000}, {7, merged_gap}, {7, merged_gap}}},
        {"RTP, size not known", three_rtp, 0, {{7, 1000}, {7, merged_gap}, {7, merged_gap}}},
        {"plain, size known", packets, 1316, {{7, 1000}, {7, merged_gap}, {7, merged_gap}}},
        {"plain, size not known", packets, 0, {{21, 1000}}},
    };
    for (const Row& row : rows) {
        INFO(row.name);
        AssemblerRig rig;
        rig.offer(packet_run(1, 99));
        rig.now += 1000ns;
        net::Datagram datagram = rig.datagram(row.payload);
        datagram.merged = true;
        datagram.segment_size = row.segment;
        rig.assembler().on_datagram(datagram);
        rig.assembler().finish();
        Entries expected = row.entries;
        expected.insert(expected.begin(), {1, 0});
        REQUIRE(rig.queue.pushed == 1);
        CHECK(rig.queue.batches[0].datagrams == expected);
        CHECK(same(rig.queue.packets(), joined({packet_run(1, 99), packets})));
        CHECK(rig.totals().rtp_lost == 0);
        CHECK(rig.totals().rtp_reordered == 0);
        CHECK(rig.totals().rejected.total() == 0);
    }
}

TEST_CASE("the last of merged datagrams may be shorter, and a segment size that lies does no harm") {
    const ByteVector packets = packet_run(17);
    for (const std::size_t segment : {1316U, 188U, 1U, 7U, 100'000U}) {
        CAPTURE(segment);
        AssemblerRig rig;
        net::Datagram datagram = rig.datagram(packets);
        datagram.merged = true;
        datagram.segment_size = segment;
        rig.assembler().on_datagram(datagram);
        rig.assembler().finish();
        if (segment != 1 && segment != 7) CHECK(same(rig.queue.packets(), packets));
    }
}

TEST_CASE("two senders in turn do not make a batch for each datagram, and a batch names its first sender") {
    AssemblerRig rig({.batch_packets = 70});
    for (int i = 0; i < 10; ++i) {
        rig.sender = i % 2 == 0 ? "10.0.0.1" : "10.0.0.2";
        rig.offer(packet_run(7));
    }
    REQUIRE(rig.queue.pushed == 1);
    CHECK(rig.queue.batches[0].stream->ip == "10.0.0.1");
    CHECK(rig.queue.batches[0].stream->port == 4000);
    rig.sender = "10.0.0.2";
    rig.offer(packet_run(7));
    rig.assembler().flush();
    CHECK(rig.queue.batches[1].stream->ip == "10.0.0.2");
    CHECK(rig.queue.batches[1].stream->name == "news");
}

TEST_CASE("packets that land in the batch stay where they are") {
    AssemblerRig rig;
    const std::span<std::uint8_t> room = rig.assembler().landing();
    REQUIRE(room.size() >= 21 * 188);
    const ByteVector packets = packet_run(21);
    std::copy(packets.begin(), packets.end(), room.begin());
    for (std::size_t i = 0; i < 3; ++i) rig.offer(room.subspan(i * 1316, 1316));
    rig.assembler().flush();
    REQUIRE(rig.queue.pushed == 1);
    CHECK(rig.queue.batches[0].memory == room.data());
    CHECK(same(rig.queue.batches[0].payload, packets));
    CHECK(rig.queue.batches[0].datagrams.size() == 3);
}

TEST_CASE("what lands behind a rejected packet moves up") {
    AssemblerRig rig;
    const std::span<std::uint8_t> room = rig.assembler().landing();
    ByteVector packets = packet_run(14);
    packets[3 * 188] = 0;
    std::copy(packets.begin(), packets.end(), room.begin());
    rig.offer(room.first(1316));
    rig.offer(room.subspan(1316, 1316));
    rig.assembler().flush();
    REQUIRE(rig.queue.pushed == 1);
    CHECK(rig.queue.batches[0].memory == room.data());
    CHECK(same(rig.queue.packets(), joined({packet_run(3), packet_run(10, 4)})));
}

TEST_CASE("what lands with RTP headers or longer strides is moved together") {
    const ByteVector packets = packet_run(14);
    const ByteView first = ByteView(packets).first(1316);
    const ByteView second = tail_of(packets, 1316);
    struct Row {
        const char* name;
        ByteVector one, two;
    };
    const std::vector<Row> rows = {
        {"RTP", rtp({.sequence_number = 1}, first), rtp({.sequence_number = 2}, second)},
        {"204", in_strides(first, 204), in_strides(second, 204)},
        {"192", in_strides(first, 192), in_strides(second, 192)},
    };
    for (const Row& row : rows) {
        INFO(row.name);
        AssemblerRig rig;
        const std::span<std::uint8_t> room = rig.assembler().landing();
        std::copy(row.one.begin(), row.one.end(), room.begin());
        std::copy(row.two.begin(), row.two.end(), room.begin() + static_cast<std::ptrdiff_t>(row.one.size()));
        rig.offer(room.first(row.one.size()));
        rig.offer(room.subspan(row.one.size(), row.two.size()));
        rig.assembler().flush();
        REQUIRE(rig.queue.pushed == 1);
        CHECK(rig.queue.batches[0].memory == room.data());
        CHECK(same(rig.queue.packets(), packets));
        CHECK(rig.totals().rejected.total() == 0);
    }
}

TEST_CASE("the room for landing is what is left of the batch") {
    AssemblerRig rig({.batch_packets = 10});
    CHECK(rig.assembler().landing().size() == 10 * 188);
    rig.offer(packet_run(7));
    CHECK(rig.assembler().landing().size() == 3 * 188);
    rig.offer(packet_run(3));
    CHECK(rig.assembler().landing().size() == 10 * 188);
}

TEST_CASE("a discovered stream gives its packets away when it has proven itself") {
    AssemblerRig rig({.packets_to_prove = 5});
    CHECK_FALSE(rig.assembler().proven());
    rig.offer(packet_run(2));
    rig.assembler().flush();
    CHECK(rig.queue.pushed == 0);
    CHECK_FALSE(rig.assembler().proven());
    rig.offer(packet_run(3, 2));
    CHECK(rig.assembler().proven());
    rig.assembler().flush();
    CHECK(same(rig.queue.packets(), packet_run(5)));
}

TEST_CASE("the age of a batch counts from the capture of its first packet") {
    AssemblerRig rig({.batch_age = 20ms});
    CHECK(rig.assembler().opened() == SteadyTime::max());
    const SteadyTime before = steady_now();
    rig.now = unix_now() - 15ms;
    rig.offer(packet_run(1));
    CHECK(rig.assembler().opened() >= before - 16ms - 1s);
    CHECK(rig.assembler().opened() <= steady_now() - 15ms);
    rig.assembler().flush();
    CHECK(rig.assembler().opened() == SteadyTime::max());
    // A recording from last year is not overdue by a year.
    rig.now = from_unix_ns(0);
    rig.offer(packet_run(1));
    CHECK(rig.assembler().opened() >= before - 20ms);
}

TEST_CASE("batches grow with what comes in between two flushes and shrink again") {
    AssemblerRig rig;
    rig.queue.discard = true;
    const auto room_after = [&](std::size_t packets, int rounds) {
        for (int i = 0; i < rounds; ++i) {
            rig.offer(packet_run(packets));
            rig.assembler().flush();
        }
        return rig.assembler().landing().size() / 188;
    };
    CHECK(room_after(7, 50) <= 87);
    CHECK(room_after(600, 20) == 1400);
    CHECK(room_after(7, 50) <= 87);
}

}  // namespace
}  // namespace muxtap::probe
