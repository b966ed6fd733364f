#include "analyzer/core/elementary_path.h"

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <vector>

namespace muxtap::analyzer {
namespace {

/// A PES packet with a PTS and these data bytes.
std::vector<std::uint8_t> pes_packet(std::uint8_t stream_id, const std::vector<std::uint8_t>& data) {
    const std::size_t length = data.size() + 8;
    const std::array<std::uint8_t, 14> header = {0,
                                                 0,
                                                 1,
                                                 stream_id,
                                                 static_cast<std::uint8_t>(length >> 8),
                                                 static_cast<std::uint8_t>(length),
                                                 0x84,
                                                 0x80,
                                                 5,
                                                 0x21,
                                                 0,
                                                 1,
                                                 0,
                                                 1};
    std::vector<std::uint8_t> bytes(header.size() + data.size());
    std::copy(data.begin(), data.end(), std::copy(header.begin(), header.end(), bytes.begin()));
    return bytes;
}

/// One EBU teletext data unit of 44 bytes behind data_identifier 0x10.
std::vector<std::uint8_t> teletext(std::uint8_t data_unit_id) {
    std::vector<std::uint8_t> data = {0x10, data_unit_id, 0x2C};
    data.resize(data.size() + 44, 0xE4);
    return data;
}

}  // namespace

TEST_CASE("teletext subtitles are told from stuffing") {
    ElementaryPath path{Thresholds{}};
    path.set_format(MediaKind::teletext, Codec::teletext);
    for (const std::uint8_t unit : {std::uint8_t{0x03}, std::uint8_t{0xFF}}) {
        const auto packet = pes_packet(0xBD, teletext(unit));
        CHECK(path.start(packet, {}).header.has_value());
    }
    const StreamInfo info = path.info();
    REQUIRE(info.text);
    CHECK(info.text->pes_packets == 2);
    CHECK(info.text->with_content == 1);
    CHECK(info.text->subtitle_units == 1);
    CHECK(info.headers_seen);
}

TEST_CASE("a PES packet that is cut over packets wants the payload until its head is known") {
    ElementaryPath path{Thresholds{}};
    path.set_format(MediaKind::teletext, Codec::teletext);
    const auto packet = pes_packet(0xBD, teletext(0x03));
    const ByteView bytes(packet);
    CHECK_FALSE(path.start(bytes.first(10), {}).header.has_value());
    CHECK(path.wants_payload());
    CHECK(path.append(bytes.subspan(10, 10)).header.has_value());
    CHECK(path.wants_payload());
    (void)path.append(bytes.subspan(20));
    CHECK_FALSE(path.wants_payload());
    CHECK(path.info().text->with_content == 1);
}

TEST_CASE("after a loss nothing is taken until the next PES packet") {
    ElementaryPath path{Thresholds{}};
    path.set_format(MediaKind::teletext, Codec::teletext);
    const auto packet = pes_packet(0xBD, teletext(0x03));
    const ByteView bytes(packet);
    (void)path.start(bytes.first(10), {});
    path.interrupt();
    CHECK_FALSE(path.wants_payload());
    CHECK_FALSE(path.append(bytes.subspan(10)).header.has_value());
    CHECK(path.info().text->pes_packets == 0);
    CHECK(path.start(bytes, {}).header.has_value());
    CHECK(path.info().text->pes_packets == 1);
}

TEST_CASE("a unit start without a PES header is counted as such") {
    ElementaryPath path{Thresholds{}};
    path.set_format(MediaKind::video, Codec::mpeg2_video);
    const std::vector<std::uint8_t> bytes(184, 0xA5);
    CHECK_FALSE(path.start(bytes, {}).header.has_value());
    CHECK_FALSE(path.wants_payload());
    CHECK(path.timestamps().info().invalid_pes == 1);
    CHECK(path.timestamps().info().pes_packets == 0);
}

}  // namespace muxtap::analyzer
