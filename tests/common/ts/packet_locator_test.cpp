#include "common/ts/packet_locator.h"

#include <catch2/catch.hpp>
#include <map>
#include <random>

#include "common/ts/packet_view.h"
#include "tests/support/ts_packets.h"

namespace muxtap::ts {
namespace {

using test::ByteVector;
using test::filler;
using test::in_strides;
using test::joined;
using test::numbered_packet;
using test::packet_run;

using Offsets = std::vector<std::uint32_t>;
using Reasons = std::map<RejectReason, std::uint64_t>;

Offsets every(std::uint32_t stride, std::uint32_t count, std::uint32_t first = 0) {
    Offsets offsets;
    for (std::uint32_t i = 0; i < count; ++i) offsets.push_back(first + i * stride);
    return offsets;
}

ByteVector part(const ByteVector& bytes, std::size_t from, std::size_t count) {
    const auto begin = bytes.begin() + static_cast<std::ptrdiff_t>(from);
    return {begin, begin + static_cast<std::ptrdiff_t>(count)};
}

/// Seven packets of which the numbered ones have a byte of their header replaced.
ByteVector damaged(std::initializer_list<std::size_t> which, std::size_t at = 0, std::uint8_t value = 0x46) {
    ByteVector bytes = packet_run(7);
    for (const std::size_t packet : which) bytes[packet * packet_size + at] = value;
    return bytes;
}

struct Row {
    const char* name;
    ByteVector block;
    LocatorHint hint;
    bool is_ts;
    std::size_t stride;
    Offsets offsets;
    Reasons rejected;
    std::size_t tail;  ///< counted from the end: 0 is "there is none"
};

void check(const Row& row) {
    INFO(row.name);
    PacketLocator locator;
    const Located& located = locator.locate(row.block, row.hint);
    CHECK(located.is_ts == row.is_ts);
    if (row.is_ts) CHECK(located.stride == row.stride);
    CHECK(located.offsets == row.offsets);
    CHECK(row.block.size() - located.tail == row.tail);
    for (std::size_t i = 0; i < reject_reason_count; ++i) {
        const auto reason = static_cast<RejectReason>(i);
        INFO(name_of(reason));
        const auto expected = row.rejected.find(reason);
        CHECK(located.rejected.of(reason) == (expected == row.rejected.end() ? 0 : expected->second));
    }
}

const LocatorHint fresh{};
const LocatorHint proven{.stride = 188, .proven = true};
const Reasons none{};
const Reasons not_ts{{RejectReason::not_ts, 1}};
const Reasons one_sync{{RejectReason::sync_byte, 1}};

TEST_CASE("packets are found in a clean datagram of every stride") {
    for (const std::uint32_t count : {1U, 2U, 3U, 7U, 40U}) {
        const ByteVector packets = packet_run(count);
        for (const std::size_t hint : {188U, 204U, 192U}) {
            CAPTURE(count, hint);
            check({"188", packets, {.stride = hint}, true, 188, every(188, count), none, 0});
            check({"204", in_strides(packets, 204), {.stride = hint}, true, 204, every(204, count), none, 0});
            check({"192", in_strides(packets, 192), {.stride = hint}, true, 192, every(192, count, 4), none, 0});
        }
    }
}

TEST_CASE("a bad packet costs that packet and is named") {
    const std::vector<Row> rows = {
        {"first sync byte", damaged({0}), fresh, true, 188, every(188, 6, 188), one_sync, 0},
        {"middle sync byte", damaged({3}), fresh, true, 188, {0, 188, 376, 752, 940, 1128}, one_sync, 0},
        {"last sync byte", damaged({6}), fresh, true, 188, every(188, 6), one_sync, 0},
        {"two apart", damaged({1, 5}), fresh, true, 188, {0, 376, 564, 752, 1128}, {{RejectReason::sync_byte, 2}}, 0},
        {"two together",
         damaged({2, 3}),
         fresh,
         true,
         188,
         {0, 188, 752, 940, 1128},
         {{RejectReason::sync_byte, 2}},
         0},
        {"reserved control",
         damaged({3}, 3, 0x00),
         fresh,
         true,
         188,
         {0, 188, 376, 752, 940, 1128},
         {{RejectReason::reserved_afc, 1}},
         0},
        {"all controls reserved",
         damaged({0, 1, 2, 3, 4, 5, 6}, 3, 0x00),
         fresh,
         true,
         188,
         {},
         {{RejectReason::reserved_afc, 7}},
         0},
    };
    for (const Row& row : rows) check(row);
    // In the payloads a pair of bytes that could be sync bytes of a shifted run.
    ByteVector tempting = damaged({2, 3});
    tempting[2 * 188 + 60] = tempting[3 * 188 + 60] = 0x47;
    check({"two together, and 0x47 by chance",
           tempting,
           fresh,
           true,
           188,
           {0, 188, 752, 940, 1128},
           {{RejectReason::sync_byte, 2}},
           0});
    ByteVector absurd = packet_run(7, 0, {.control = 3, .adaptation_length = 10});
    absurd[188 + 4] = 183;
    check({"adaptation length",
           absurd,
           fresh,
           true,
           188,
           {0, 376, 564, 752, 940, 1128},
           {{RejectReason::adaptation_length, 1}},
           0});
    for (const std::uint32_t stride : {204U, 192U}) {
        ByteVector bytes = in_strides(damaged({3}), stride);
        const std::uint32_t first = stride == 192 ? 4 : 0;
        Offsets offsets = every(stride, 7, first);
        offsets.erase(offsets.begin() + 3);
        check({"in longer strides", bytes, {.stride = stride}, true, stride, offsets, one_sync, 0});
    }
}

TEST_CASE("packets that have shifted are found again where others follow at the stride") {
    const ByteVector first = packet_run(3);
    const ByteVector second = packet_run(4, 10);
    const auto shifted_by = [&](std::size_t extra) { return joined({first, filler(extra), second}); };
    for (const std::uint32_t extra : {1U, 50U, 187U}) {
        CAPTURE(extra);
        Offsets offsets = every(188, 3);
        for (const std::uint32_t offset : every(188, 4, 564 + extra)) offsets.push_back(offset);
        check({"up to a packet of rubbish", shifted_by(extra), fresh, true, 188, offsets, one_sync, 0});
    }
    Offsets offsets = every(188, 3);
    for (const std::uint32_t offset : every(188, 4, 564 + 400)) offsets.push_back(offset);
    check({"more than two packets of rubbish",
           shifted_by(400),
           fresh,
           true,
           188,
           offsets,
           {{RejectReason::sync_byte, 3}},
           0});
    // A lonely 0x47 in the rubbish is no reason to stop there.
    ByteVector decoy = filler(50);
    decoy[20] = sync_byte;
    Offsets behind = every(188, 3);
    for (const std::uint32_t offset : every(188, 4, 614)) behind.push_back(offset);
    check({"a decoy", joined({first, decoy, second}), fresh, true, 188, behind, one_sync, 0});
}

TEST_CASE("0x47 by chance at one place of the stride in three is not where a file goes on") {
    ByteVector text = filler(1000 * 188);
    for (std::size_t at = 3 * 188; at < text.size(); at += 3 * 188) text[at] = 0x47;
    PacketLocator locator;
    CHECK(!locator.locate(text, {.stride = 188, .proven = false, .continuous = true}).is_ts);
}

TEST_CASE("0x47 by chance is not a transport stream") {
    const auto with_sync_at = [](std::size_t size, std::initializer_list<std::size_t> places) {
        ByteVector bytes = filler(size);
        for (const std::size_t at : places) bytes[at] = sync_byte;
        return bytes;
    };
    // An EMM in a 223-byte message, as DVB SimulCrypt sends it over UDP: one whole valid packet, at offset 35.
    const ByteVector emm = joined({filler(35), packet_run(1)});
    REQUIRE(emm.size() == 223);
    const std::vector<Row> rows = {
        {"empty", {}, fresh, false, 0, {}, not_ts, 0},
        {"one byte", {sync_byte}, fresh, false, 0, {}, not_ts, 0},
        {"187 bytes", part(packet_run(1), 0, 187), fresh, false, 0, {}, not_ts, 0},
        {"one 0x47 at the start", with_sync_at(1316, {0}), fresh, false, 0, {}, not_ts, 0},
        {"two at the stride, seven fit", with_sync_at(1316, {0, 188}), fresh, false, 0, {}, not_ts, 0},
        {"three at the stride, seven fit", with_sync_at(1316, {0, 188, 376}), fresh, false, 0, {}, not_ts, 0},
        {"a message with a packet in it", emm, fresh, false, 0, {}, not_ts, 0},
        {"even in a flow that has proven itself", emm, proven, false, 0, {}, not_ts, 0},
        {"a packet that does not fill its block", joined({packet_run(1), filler(100)}), fresh, false, 0, {}, not_ts, 0},
        {"rubbish", filler(1316), fresh, false, 0, {}, not_ts, 0},
        {"nothing but 0x47: reserved controls",
         ByteVector(700, sync_byte),
         fresh,
         true,
         188,
         {},
         {{RejectReason::reserved_afc, 3}},
         136},
    };
    for (const Row& row : rows) check(row);
}

TEST_CASE("a single packet is believed when it fills its block, or at the start of a proven flow's") {
    const ByteVector packet = packet_run(1);
    const std::vector<Row> rows = {
        {"fills it", packet, fresh, true, 188, {0}, none, 0},
        {"fills it, 204", in_strides(packet, 204), fresh, true, 204, {0}, none, 0},
        {"fills it, 192", in_strides(packet, 192), fresh, true, 192, {4}, none, 0},
        {"rubbish behind, not proven", joined({packet, filler(80)}), fresh, false, 0, {}, not_ts, 0},
        {"rubbish behind, proven",
         joined({packet, filler(80)}),
         proven,
         true,
         188,
         {0},
         {{RejectReason::truncated, 1}},
         0},
        {"next one behind, not proven", joined({packet, part(packet, 0, 80)}), fresh, false, 0, {}, not_ts, 0},
        {"next one behind, proven", joined({packet, part(packet, 0, 80)}), proven, true, 188, {0}, none, 80},
        {"rubbish in front, proven", joined({filler(20), packet}), proven, false, 0, {}, not_ts, 0},
    };
    for (const Row& row : rows) check(row);
}

TEST_CASE("what the end of a datagram cuts off is told, not judged") {
    const ByteVector packets = packet_run(8);
    for (const std::size_t cut : {1U, 4U, 100U, 187U}) {
        CAPTURE(cut);
        check({"a packet's beginning", part(packets, 0, 3 * 188 + cut), fresh, true, 188, every(188, 3), none, cut});
        check({"not a packet's beginning",
               joined({packet_run(3), filler(cut)}),
               fresh,
               true,
               188,
               every(188, 3),
               {{RejectReason::truncated, 1}},
               0});
    }
    check({"begins in a packet, too", part(packets, 100, 1316), fresh, true, 188, every(188, 6, 88), one_sync, 100});
}

TEST_CASE("of a continuous block nothing is judged before it is whole") {
    const auto more = [](std::size_t stride) { return LocatorHint{.stride = stride, .continuous = true}; };
    for (const std::size_t stride : {188U, 204U, 192U}) {
        const ByteVector bytes = in_strides(packet_run(6), stride);
        const std::uint32_t lead = stride == 192 ? 4 : 0;
        for (std::size_t cut = 0; cut < stride; ++cut) {
            CAPTURE(stride, cut);
            check({"the rest of a stride", part(bytes, 0, 5 * stride + cut), more(stride), true, stride,
                   every(static_cast<std::uint32_t>(stride), 5, lead), none, cut});
        }
    }
    PacketLocator locator;
    // However much damage there is around them, two packets are proof enough.
    const ByteVector damage = joined({filler(40'000), packet_run(4), filler(40'000)});
    const Located& located = locator.locate(damage, more(188));
    CHECK(located.is_ts);
    CHECK(located.offsets == every(188, 4, 40'000));
}

TEST_CASE("too little of a continuous block to judge is left for later, and nothing is counted") {
    PacketLocator locator;
    const ByteVector bytes = packet_run(4);
    for (std::size_t size = 0; size < 2 * packet_size; ++size) {
        CAPTURE(size);
        const Located& located = locator.locate(ByteView(bytes).first(size), {.continuous = true});
        REQUIRE(located.rejected.total() == 0);
        if (!located.is_ts) REQUIRE(located.tail == 0);
    }
    const ByteVector rubbish = filler(100'000);
    const Located& located = locator.locate(rubbish, {.continuous = true});
    CHECK_FALSE(located.is_ts);
    CHECK(located.rejected.of(RejectReason::not_ts) == 1);
    // Two packets that begin at its end are still found with what follows.
    CHECK(rubbish.size() - located.tail >= 2 * 204);
    CHECK(located.tail > 0);
}

TEST_CASE("whatever the bytes, every offset is a valid packet and no two overlap") {
    std::mt19937 random(7);
    PacketLocator locator;
    for (int round = 0; round < 3000; ++round) {
        const std::size_t stride = std::array<std::size_t, 3>{188, 204, 192}[random() % 3];
        ByteVector bytes = in_strides(packet_run(1 + random() % 12), stride);
        for (unsigned changes = random() % 8; changes > 0; --changes) {
            const auto at = static_cast<std::ptrdiff_t>(random() % bytes.size());
            switch (random() % 3) {
                case 0: bytes[static_cast<std::size_t>(at)] = static_cast<std::uint8_t>(random()); break;
                case 1: bytes.erase(bytes.begin() + at); break;
                default: bytes.insert(bytes.begin() + at, sync_byte); break;
            }
            if (bytes.empty()) bytes.push_back(0);
        }
        const LocatorHint hint{.stride = std::array<std::size_t, 3>{188, 204, 192}[random() % 3],
                               .proven = random() % 2 == 0,
                               .continuous = random() % 2 == 0};
        CAPTURE(round, hint.stride, hint.proven, hint.continuous, bytes.size());
        const Located& located = locator.locate(bytes, hint);
        REQUIRE(located.tail <= bytes.size());
        std::size_t free_from = 0;
        for (const std::uint32_t offset : located.offsets) {
            REQUIRE(offset >= free_from);
            REQUIRE(offset + packet_size <= located.tail);
            REQUIRE(check_packet(&bytes[offset]) == RejectReason::accepted);
            free_from = offset + packet_size;
        }
        if (!located.is_ts) REQUIRE(located.offsets.empty());
    }
}

}  // namespace
}  // namespace muxtap::ts
