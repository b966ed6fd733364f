#include "common/ts/clock_fields.h"

#include <array>
#include <catch2/catch.hpp>

using namespace muxtap::ts;

namespace {

using Packet = std::array<std::uint8_t, packet_size>;

/// An adaptation field of the given length with these flags; PCR 1000 and OPCR 2000 where the flags say so.
Packet packet_with(std::uint8_t length, std::uint8_t flags) {
    Packet packet{};
    packet.fill(0xFF);
    packet[0] = sync_byte;
    packet[1] = 0x01;
    packet[2] = 0x00;
    packet[3] = 0x30;
    packet[4] = length;
    packet[5] = flags;
    std::size_t at = 6;
    for (const auto& [flag, ticks] : {std::pair{0x10, 1000}, {0x08, 2000}}) {
        if ((flags & flag) == 0) continue;
        Pcr::from_ticks(static_cast<std::uint64_t>(ticks)).encode(std::span(packet).subspan(at).first<6>());
        at += 6;
    }
    return packet;
}

ClockFields fields_of(const Packet& packet) {
    return ClockFields::find(PacketView::parse(packet).value());
}

}  // namespace

TEST_CASE("PCR and OPCR are found where the flags put them") {
    struct Row {
        const char* name;
        std::uint8_t length, flags;
        std::optional<std::size_t> pcr, opcr;
    };
    const Row row = GENERATE(values<Row>({
        {"none", 1, 0x00, {}, {}},
        {"empty field", 0, 0x10, {}, {}},
        {"PCR", 7, 0x10, 6, {}},
        {"OPCR alone", 7, 0x08, {}, 6},
        {"both", 13, 0x18, 6, 12},
        {"OPCR does not fit", 12, 0x18, 6, {}},
        {"PCR does not fit", 6, 0x10, {}, {}},
    }));
    INFO(row.name);
    const ClockFields found = fields_of(packet_with(row.length, row.flags));
    CHECK(found.pcr == row.pcr);
    CHECK(found.opcr == row.opcr);
}

TEST_CASE("shifting a clock changes its six bytes and no other") {
    const Packet before = packet_with(13, 0x18);
    Packet after = before;
    shift_clock(after, 6, PcrTicks{123'456'789});
    CHECK(PacketView::parse(after)->pcr()->ticks() == 123'457'789);
    shift_clock(after, 6, PcrTicks{-123'456'789});
    CHECK(after == before);
}

TEST_CASE("a clock shifted over its end wraps, in both directions") {
    Packet packet = packet_with(7, 0x10);
    shift_clock(packet, 6, PcrTicks{-1001});
    CHECK(PacketView::parse(packet)->pcr()->ticks() == Pcr::modulus - 1);
    shift_clock(packet, 6, PcrTicks{2});
    CHECK(PacketView::parse(packet)->pcr()->ticks() == 1);
}

TEST_CASE("a PCR is written as it is read, at every carry of base and extension") {
    const std::uint64_t ticks =
        GENERATE(values<std::uint64_t>({0, 1, 299, 300, 511, 27'000'000, Pcr::modulus - 1, std::uint64_t{1} << 33}));
    std::array<std::uint8_t, 6> bytes{};
    Pcr::from_ticks(ticks).encode(bytes);
    CHECK(Pcr::decode(bytes).ticks() == ticks);
    CHECK((bytes[4] & 0x7E) == 0x7E);
}
