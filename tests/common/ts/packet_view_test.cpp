#include "common/ts/packet_view.h"

#include <array>
#include <catch2/catch.hpp>
#include <set>
#include <string>

#include "tests/support/ts_packets.h"

namespace muxtap::ts {
namespace {

using test::numbered_packet;

TEST_CASE("a packet is rejected for the first thing that is wrong with it, and for nothing else") {
    struct Row {
        const char* name;
        std::uint8_t sync, control, length;
        RejectReason verdict;
    };
    const Row row = GENERATE(values<Row>({
        {"payload only", 0x47, 1, 255, RejectReason::accepted},
        {"wrong sync byte", 0x46, 1, 0, RejectReason::sync_byte},
        {"everything wrong", 0x00, 0, 255, RejectReason::sync_byte},
        {"reserved control", 0x47, 0, 0, RejectReason::reserved_afc},
        {"reserved control, absurd length", 0x47, 0, 255, RejectReason::reserved_afc},
        {"adaptation only, empty", 0x47, 2, 0, RejectReason::accepted},
        {"adaptation only, whole packet", 0x47, 2, 183, RejectReason::accepted},
        {"adaptation only, one too long", 0x47, 2, 184, RejectReason::adaptation_length},
        {"both, empty", 0x47, 3, 0, RejectReason::accepted},
        {"both, one byte of payload", 0x47, 3, 182, RejectReason::accepted},
        {"both, no payload left", 0x47, 3, 183, RejectReason::adaptation_length},
        {"both, absurd", 0x47, 3, 255, RejectReason::adaptation_length},
    }));
    INFO(row.name);
    auto packet = numbered_packet(1);
    packet[0] = row.sync;
    packet[3] = static_cast<std::uint8_t>(row.control << 4);
    packet[4] = row.length;
    CHECK(check_packet(packet.data()) == row.verdict);
    const auto view = PacketView::parse(packet);
    CHECK(view.has_value() == (row.verdict == RejectReason::accepted));
    if (!view) CHECK(view.error() == row.verdict);
}

TEST_CASE("transport_error_indicator, scrambling and continuity do not decide whether a packet enters") {
    auto packet = numbered_packet(0);
    for (const unsigned second : {0x00U, 0x80U, 0x40U, 0x20U, 0xFFU}) {
        for (unsigned fourth = 0; fourth < 256; ++fourth) {
            packet[1] = static_cast<std::uint8_t>(second);
            packet[3] = static_cast<std::uint8_t>(fourth);
            CAPTURE(second, fourth);
            REQUIRE((check_packet(packet.data()) == RejectReason::accepted) == ((fourth >> 4 & 3U) != 0));
        }
    }
}

TEST_CASE("a view tells the fields of the header") {
    auto packet = numbered_packet(0);
    packet[1] = 0xC0 | 0x1A;
    packet[2] = 0x5B;
    packet[3] = 0x80 | 0x10 | 0x0D;
    const auto view = PacketView::parse(packet).value();
    CHECK(view.transport_error_indicator());
    CHECK(view.payload_unit_start_indicator());
    CHECK(view.pid() == 0x1A5B);
    CHECK(view.transport_scrambling_control() == 2);
    CHECK(view.has_payload());
    CHECK_FALSE(view.has_adaptation_field());
    CHECK(view.continuity_counter() == 13);
    CHECK(view.bytes().data() == packet.data());

    packet[1] = 0x00;
    packet[3] = 0x20;
    packet[4] = 0;
    const auto other = PacketView::parse(packet).value();
    CHECK_FALSE(other.transport_error_indicator());
    CHECK_FALSE(other.payload_unit_start_indicator());
    CHECK_FALSE(other.has_payload());
    CHECK(other.has_adaptation_field());
}

TEST_CASE("adaptation field and payload share the packet without overlap, at every length") {
    for (const unsigned control : {1U, 2U, 3U}) {
        for (unsigned length = 0; length <= 183; ++length) {
            auto packet = numbered_packet(0, {.control = static_cast<std::uint8_t>(control),
                                              .adaptation_length = static_cast<std::uint8_t>(length)});
            const auto view = PacketView::parse(packet);
            if (!view) continue;
            CAPTURE(control, length);
            const std::size_t adaptation = control == 1 ? 0 : 1 + view->adaptation_field().size();
            if (control != 1) REQUIRE(view->adaptation_field().size() == length);
            if (control == 2) REQUIRE(view->payload().empty());
            if (control != 2) {
                REQUIRE(view->payload().size() == 184 - adaptation);
                REQUIRE(view->payload().data() + view->payload().size() == packet.data() + packet_size);
            }
        }
    }
}

TEST_CASE("indicators and PCR are read where the adaptation field has them, and only there") {
    struct Row {
        const char* name;
        std::uint8_t length, flags;
        bool discontinuity, random_access, pcr;
    };
    const Row row = GENERATE(values<Row>({
        {"no flags byte", 0, 0xFF, false, false, false},
        {"flags only", 1, 0xC0, true, true, false},
        {"discontinuity", 1, 0x80, true, false, false},
        {"random access", 1, 0x40, false, true, false},
        {"PCR", 7, 0x10, false, false, true},
        {"PCR cut off", 6, 0x10, false, false, false},
        {"room for a PCR, no flag", 7, 0x00, false, false, false},
    }));
    INFO(row.name);
    auto packet = numbered_packet(0, {.control = 3, .adaptation_length = row.length});
    packet[5] = row.flags;
    Pcr::from_ticks(1234567).encode(std::span(packet).subspan<6, 6>());
    const auto view = PacketView::parse(packet).value();
    CHECK(view.discontinuity_indicator() == row.discontinuity);
    CHECK(view.random_access_indicator() == row.random_access);
    CHECK(view.pcr().has_value() == row.pcr);
    if (row.pcr) CHECK(view.pcr()->ticks() == 1234567);
}

TEST_CASE("every reject reason has a name of its own") {
    std::set<std::string_view> names;
    for (std::size_t i = 0; i <= reject_reason_count; ++i) names.insert(name_of(static_cast<RejectReason>(i)));
    CHECK(names.size() == reject_reason_count + 1);
}

TEST_CASE("reject counts add up by reason") {
    RejectCounts counts;
    CHECK(counts.total() == 0);
    counts.add(RejectReason::sync_byte);
    counts.add(RejectReason::truncated, 4);
    RejectCounts more;
    more.add(RejectReason::truncated, 2);
    counts.add(more);
    CHECK(counts.of(RejectReason::sync_byte) == 1);
    CHECK(counts.of(RejectReason::truncated) == 6);
    CHECK(counts.of(RejectReason::not_ts) == 0);
    CHECK(counts.total() == 7);
}

TEST_CASE("the distance of two PCRs is the shorter way round") {
    struct Row {
        std::uint64_t earlier, later;
        std::int64_t distance;
    };
    const Row row = GENERATE(values<Row>({
        {0, 0, 0},
        {0, 27, 27},
        {27, 0, -27},
        {Pcr::modulus - 1, 1, 2},
        {1, Pcr::modulus - 1, -2},
        {0, Pcr::modulus / 2, static_cast<std::int64_t>(Pcr::modulus / 2)},
    }));
    CHECK(Pcr::from_ticks(row.later).ticks_since(Pcr::from_ticks(row.earlier)) == row.distance);
    CHECK(Pcr::from_ticks(row.later + Pcr::modulus) == Pcr::from_ticks(row.later));
}

}  // namespace
}  // namespace muxtap::ts
