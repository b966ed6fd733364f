#include "analyzer/es/pes_head.h"

#include <catch2/catch.hpp>
#include <memory>

#include "tests/analyzer/es/access_units.h"

namespace muxtap::test {
namespace {

/// A PES packet of video with PTS, two bytes of header stuffing and `payload`.
Bytes pes_packet(std::size_t length, const Bytes& payload) {
    BitWriter bits;
    bits.u(24, 1).u(8, 0xE0).u(16, length).u(16, 0x8080).u(8, 7);
    bits.u(8, 0x21).u(16, 0x0001).u(16, 0x2329).u(16, 0xFFFF);
    return joined({bits.bytes(), payload});
}

TEST_CASE("the elementary stream begins behind PES_header_data_length, however the packet is cut") {
    const Bytes payload = from_hex("000001b3aabb");
    const Bytes packet = pes_packet(0, payload);
    for (std::size_t cut = 1; cut < packet.size(); ++cut) {
        es::PesHead head;
        head.start(ByteView(packet).first(cut));
        CHECK(head.elementary().size() == (cut > 16 ? cut - 16 : 0));
        head.append(ByteView(packet).subspan(cut));
        const auto header = head.parse();
        REQUIRE(header.has_value());
        CHECK(header->pts->ticks() == 0x1194);
        CHECK(Bytes(head.elementary().begin(), head.elementary().end()) == payload);
        CHECK_FALSE(head.complete());
        CHECK_FALSE(head.full());
    }
}

TEST_CASE("PES_packet_length ends the elementary stream and tells when it is complete") {
    const Bytes packet = pes_packet(16 - 6 + 4, from_hex("0102030405060708"));
    es::PesHead head;
    head.start(ByteView(packet).first(19));
    CHECK_FALSE(head.complete());
    CHECK(head.elementary().size() == 3);
    head.append(ByteView(packet).subspan(19));
    CHECK(head.complete());
    CHECK(head.elementary().size() == 4);
}

TEST_CASE("a length that ends inside the header is not believed") {
    const Bytes packet = pes_packet(8, from_hex("000001b3aabb"));
    es::PesHead head;
    head.start(packet);
    CHECK_FALSE(head.complete());
    CHECK(head.elementary().size() == 6);
}

TEST_CASE("no more than the buffer is taken") {
    auto head = std::make_unique<es::PesHead>();
    head->start(pes_packet(0, {}));
    const Bytes more(184, 0x55);
    for (int i = 0; i < 30; ++i) head->append(more);
    CHECK(head->full());
    CHECK(head->elementary().size() == es::PesHead::capacity - 16);
    head->append(more);
    CHECK(head->elementary().back() == 0x55);
    head->start(ByteView(more));
    CHECK_FALSE(head->full());
}

TEST_CASE("what is no PES packet has no elementary stream") {
    es::PesHead head;
    head.append(pes_packet(0, from_hex("11")));
    CHECK(head.empty());
    for (const char* const text : {"000002e0000080800021", "000001e000004080002112", "0001", "000001e00000808000"}) {
        head.start(from_hex(text));
        CHECK(head.elementary().empty());
    }
    head.start(from_hex("000001be000311223344"));  // padding_stream: no optional header
    CHECK(head.elementary().size() == 3);
    head.clear();
    CHECK(head.empty());
    CHECK(head.elementary().empty());
    CHECK(head.parse().error() == ts::PesVerdict::incomplete);
}

}  // namespace
}  // namespace muxtap::test
