#include <catch2/catch.hpp>

#include "common/base/bytes.h"
#include "probe/send/playout.h"
#include "probe/send/rtp_writer.h"
#include "tests/probe/send/stream_maker.h"

using namespace muxtap;
using send::RtpWriter;

TEST_CASE("an RTP header has version 2, payload type 33, rising numbers and a 90 kHz clock") {
    RtpWriter writer(1);
    std::array<std::uint8_t, RtpWriter::header_size> first{};
    std::array<std::uint8_t, RtpWriter::header_size> second{};
    writer.write(ts::Pcr::from_ticks(300 * 0x1'2345'6789), first);
    writer.write(ts::Pcr::from_ticks(300 * 0x1'2345'6790 + 299), second);
    CHECK(first[0] == 0x80);
    CHECK(first[1] == 33);
    CHECK(static_cast<std::uint16_t>(read_u16(first, 2) + 1) == read_u16(second, 2));
    CHECK(read_u32(first, 4) == 0x2345'6789);
    CHECK(read_u32(second, 4) == 0x2345'6790);
    CHECK(read_u32(first, 8) == writer.ssrc());
    CHECK(read_u32(second, 8) == writer.ssrc());
}

TEST_CASE("the same seed gives the same SSRC and first number, another seed others") {
    CHECK(RtpWriter(5).ssrc() == RtpWriter(5).ssrc());
    CHECK(RtpWriter(5).ssrc() != RtpWriter(6).ssrc());
}

TEST_CASE("sequence numbers wrap after 65535") {
    RtpWriter writer(1);
    std::array<std::uint8_t, RtpWriter::header_size> bytes{};
    writer.write(ts::Pcr::from_ticks(0), bytes);
    const std::uint16_t first = read_u16(bytes, 2);
    for (int i = 0; i < 65536; ++i) writer.write(ts::Pcr::from_ticks(0), bytes);
    CHECK(read_u16(bytes, 2) == first);
}

TEST_CASE("an RTP datagram's time stamp is the stream's clock at its first packet, over seams too") {
    constexpr std::size_t count = 70;
    const send::TsFile file = test::make_programme(count);
    const auto schedule = send::PcrSchedule::from_pcrs(file, std::nullopt).value();
    send::Playout::Settings settings;
    settings.loops = 2;
    settings.rtp = true;
    send::Playout playout(file, schedule, {schedule.first_clock(), schedule.clock_advance()}, settings);
    send::Datagram datagram;
    for (std::uint64_t i = 0; i < 2 * count / 7; ++i) {
        REQUIRE(playout.next(datagram));
        CHECK(datagram.bytes.size() == 12 + 7 * 188);
        const std::uint64_t clock = test::programme_first_pcr + i * 7 * test::programme_ticks_per_packet;
        CHECK(read_u32(datagram.bytes, 4) == clock / 300);
        CHECK(datagram.packets()[0] == ts::sync_byte);
    }
    CHECK_FALSE(playout.next(datagram));
}
