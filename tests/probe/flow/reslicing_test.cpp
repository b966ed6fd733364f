#include <catch2/catch.hpp>
#include <random>

#include "tests/probe/flow/flow_rig.h"

namespace muxtap::probe {
namespace {

using namespace muxtap::test;
using ts::RejectReason;

/// Packets whose payload has all bytes, 0x47 and what looks like RTP among them.
ByteVector random_packets(std::size_t count) {
    std::mt19937 random(5);
    ByteVector bytes = packet_run(count);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (i % 188 >= 4) bytes[i] = static_cast<std::uint8_t>(random());
    }
    for (std::size_t i = 0; i < count; i += 9) {
        bytes[i * 188 + 1] = 0x1F;
        bytes[i * 188 + 2] = 0xFF;
    }
    return bytes;
}

/// A UDP sender that pays no heed to packet boundaries, such as ffmpeg with its default of 1472 bytes.
AssemblerRig& send_in_pieces(AssemblerRig& rig, ByteView bytes, std::size_t first, std::size_t size, bool with_rtp) {
    std::uint16_t number = 0;
    for (std::size_t at = 0; at < bytes.size();) {
        const std::size_t length = std::min(at == 0 ? first : size, bytes.size() - at);
        const ByteView piece = bytes.subspan(at, length);
        if (with_rtp) {
            rig.offer(rtp({.sequence_number = number++}, piece));
        } else {
            rig.offer(piece);
        }
        at += length;
    }
    rig.assembler().finish();
    return rig;
}

TEST_CASE("datagrams of any size that ignore packet boundaries give the same packets") {
    const ByteVector packets = random_packets(60);
    const bool with_rtp = GENERATE(false, true);
    for (std::size_t size = 376; size <= 1500; ++size) {
        CAPTURE(with_rtp, size);
        AssemblerRig rig;
        send_in_pieces(rig, packets, size, size, with_rtp);
        REQUIRE(rig.totals().packets == 60);
        REQUIRE(rig.totals().null == 7);
        REQUIRE(rig.totals().rejected.total() == 0);
        REQUIRE(rig.totals().rtp_lost == 0);
        REQUIRE(same(rig.queue.packets(), packets));
        for (const RecordedBatch& batch : rig.queue.batches) REQUIRE(is_consistent(batch));
    }
}

TEST_CASE("the first boundary may be anywhere") {
    const ByteVector packets = random_packets(40);
    for (std::size_t first = 376; first <= 1472; ++first) {
        CAPTURE(first);
        AssemblerRig rig;
        send_in_pieces(rig, packets, first, 1472, false);
        REQUIRE(rig.totals().rejected.total() == 0);
        REQUIRE(same(rig.queue.packets(), packets));
    }
}

TEST_CASE("datagrams that land in the batch and ignore packet boundaries give the same packets") {
    const ByteVector packets = random_packets(300);
    for (const std::size_t size : {400U, 1000U, 1316U, 1472U, 1500U}) {
        CAPTURE(size);
        AssemblerRig rig({.batch_packets = 50});
        for (std::size_t at = 0; at < packets.size();) {
            const std::span<std::uint8_t> room = rig.assembler().landing();
            // As many as the room takes land, one more comes by another way.
            std::vector<ByteVector> beside;
            std::vector<ByteView> pieces;
            std::size_t used = 0;
            while (at < packets.size() && beside.empty()) {
                const std::size_t length = std::min(size, packets.size() - at);
                const auto begin = packets.begin() + static_cast<std::ptrdiff_t>(at);
                const auto end = begin + static_cast<std::ptrdiff_t>(length);
                if (used + length <= room.size()) {
                    std::copy(begin, end, room.begin() + static_cast<std::ptrdiff_t>(used));
                    pieces.push_back(room.subspan(used, length));
                    used += length;
                } else {
                    beside.emplace_back(begin, end);
                    pieces.emplace_back(beside.back());
                }
                at += length;
            }
            for (const ByteView piece : pieces) rig.offer(piece);
        }
        rig.assembler().finish();
        CHECK(rig.totals().rejected.total() == 0);
        CHECK(same(rig.queue.packets(), packets));
    }
}

TEST_CASE("a lost datagram costs the packets that were in it, whole or in part, and no more") {
    const ByteVector packets = random_packets(60);
    for (std::size_t lost = 0; lost < 8; ++lost) {
        CAPTURE(lost);
        AssemblerRig rig;
        std::size_t number = 0;
        for (std::size_t at = 0; at < packets.size(); at += 1472, ++number) {
            if (number == lost) continue;
            rig.offer(ByteView(packets).subspan(at, std::min<std::size_t>(1472, packets.size() - at)));
        }
        rig.assembler().finish();
        const std::size_t first_touched = lost * 1472 / 188;
        const std::size_t behind_touched = std::min<std::size_t>(60, ((lost + 1) * 1472 + 187) / 188);
        const ByteVector expected =
            joined({{packets.begin(), packets.begin() + static_cast<std::ptrdiff_t>(first_touched * 188)},
                    {packets.begin() + static_cast<std::ptrdiff_t>(behind_touched * 188), packets.end()}});
        CHECK(same(rig.queue.packets(), expected));
    }
}

TEST_CASE("datagrams too small to hold two packets of a straddling stream never bring a wrong packet") {
    const ByteVector packets = packet_run(30);
    for (std::size_t size = 1; size < 376; ++size) {
        CAPTURE(size);
        AssemblerRig rig;
        send_in_pieces(rig, packets, size, size, false);
        const ByteVector got = rig.queue.packets();
        for (std::size_t at = 0; at < got.size(); at += 188) {
            const auto begin = got.begin() + static_cast<std::ptrdiff_t>(at);
            const auto found = std::search(packets.begin(), packets.end(), begin, begin + 188);
            REQUIRE(found != packets.end());
            REQUIRE((found - packets.begin()) % 188 == 0);
        }
        if (size == 188) REQUIRE(same(got, packets));
    }
}

/// A file in pieces of any size, as StreamFileSource offers it: what is left over begins the next piece.
void read_in_pieces(AssemblerRig& rig, ByteView bytes, std::size_t size) {
    ByteVector piece;
    std::size_t at = 0;
    while (at < bytes.size()) {
        const std::size_t length = std::min(size, bytes.size() - at);
        append(piece, bytes.subspan(at, length));
        at += length;
        const std::size_t done = rig.assembler().on_file_bytes(piece, rig.now, false);
        REQUIRE(done <= piece.size());
        piece.erase(piece.begin(), piece.begin() + static_cast<std::ptrdiff_t>(done));
    }
    if (!piece.empty()) (void)rig.assembler().on_file_bytes(piece, rig.now, true);
    rig.assembler().finish();
}

TEST_CASE("a file in pieces of every size gives the same packets, in every stride") {
    const ByteVector packets = random_packets(20);
    for (const std::size_t stride : {188U, 204U, 192U}) {
        const ByteVector bytes = in_strides(packets, stride);
        for (std::size_t size = 1; size <= 4 * stride; ++size) {
            CAPTURE(stride, size);
            AssemblerRig rig;
            read_in_pieces(rig, bytes, size);
            REQUIRE(rig.totals().packets == 20);
            REQUIRE(rig.totals().rejected.total() == 0);
            REQUIRE(same(rig.queue.packets(), packets));
        }
    }
}

TEST_CASE("a file's end in a packet is counted, whatever the pieces") {
    for (const std::size_t stride : {188U, 204U, 192U}) {
        ByteVector bytes = in_strides(packet_run(10), stride);
        bytes.resize(bytes.size() - stride + 100);
        for (const std::size_t size : {1U, 100U, 1000U, 10'000U}) {
            CAPTURE(stride, size);
            AssemblerRig rig;
            read_in_pieces(rig, bytes, size);
            CHECK(same(rig.queue.packets(), packet_run(9)));
            CHECK(rig.rejected(RejectReason::truncated) == 1);
            CHECK(rig.totals().rejected.total() == 1);
        }
    }
}

TEST_CASE("a damaged file loses the packets that are damaged, whatever the pieces") {
    ByteVector bytes = packet_run(40);
    bytes[10 * 188] = 0x00;
    bytes[20 * 188 + 3] = 0x00;
    for (std::size_t size = 1; size <= 1000; ++size) {
        CAPTURE(size);
        AssemblerRig rig;
        read_in_pieces(rig, bytes, size);
        REQUIRE(rig.rejected(RejectReason::sync_byte) == 1);
        REQUIRE(rig.rejected(RejectReason::reserved_afc) == 1);
        REQUIRE(rig.totals().rejected.total() == 2);
        REQUIRE(same(rig.queue.packets(), joined({packet_run(10), packet_run(9, 11), packet_run(19, 21)})));
    }
}

TEST_CASE("rubbish before, between and behind packets costs no packet, whatever the pieces") {
    const ByteVector bytes =
        joined({filler(3333), packet_run(20), filler(777), packet_run(20, 20), filler(2000), packet_run(5, 40)});
    for (const std::size_t size : {1U, 7U, 100U, 188U, 500U, 1316U, 5000U, 100'000U}) {
        CAPTURE(size);
        AssemblerRig rig;
        read_in_pieces(rig, bytes, size);
        CHECK(same(rig.queue.packets(), packet_run(45)));
        CHECK(rig.totals().rejected.total() > 0);
    }
}

}  // namespace
}  // namespace muxtap::probe
