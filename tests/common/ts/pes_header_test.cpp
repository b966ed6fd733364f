#include "common/ts/pes_header.h"

#include <catch2/catch.hpp>
#include <vector>

using muxtap::ByteView;
using muxtap::ts::PesHeader;
using muxtap::ts::PesVerdict;

namespace {

/// PTS 126000 and DTS 90000, as FFmpeg writes them, with some payload behind.
const std::vector<std::uint8_t> with_both = {0x00, 0x00, 0x01, 0xE0, 0x00, 0x00, 0x80, 0xC0, 0x0A, 0x31, 0x00,
                                             0x07, 0xD8, 0x61, 0x11, 0x00, 0x05, 0xBF, 0x21, 0x00, 0x00};

std::vector<std::uint8_t> changed(std::size_t offset, std::uint8_t value) {
    std::vector<std::uint8_t> bytes = with_both;
    bytes[offset] = value;
    return bytes;
}

}  // namespace

TEST_CASE("a PES header gives stream_id, length, PTS and DTS") {
    const auto header = PesHeader::parse(with_both);
    REQUIRE(header);
    CHECK(header->stream_id == 0xE0);
    CHECK(header->packet_length == 0);
    CHECK(header->pts->ticks() == 126'000);
    CHECK(header->dts->ticks() == 90'000);
}

TEST_CASE("a PES header with PTS_DTS_flags 10 has no DTS, with 00 neither") {
    const auto pts_only = PesHeader::parse(changed(7, 0x80));
    REQUIRE(pts_only);
    CHECK(pts_only->pts);
    CHECK_FALSE(pts_only->dts);
    const auto neither = PesHeader::parse(changed(7, 0x00));
    REQUIRE(neither);
    CHECK_FALSE(neither->pts);
}

TEST_CASE("a PES header cut anywhere before its last time stamp ends is incomplete, never misread") {
    for (std::size_t size = 0; size < PesHeader::longest; ++size) {
        INFO("cut after " << size << " bytes");
        const auto header = PesHeader::parse(ByteView(with_both).first(size));
        REQUIRE_FALSE(header);
        CHECK(header.error() == PesVerdict::incomplete);
    }
    CHECK(PesHeader::parse(ByteView(with_both).first(PesHeader::longest)));
}

TEST_CASE("what is no PES header is refused") {
    struct Row {
        const char* name;
        std::vector<std::uint8_t> bytes;
    };
    const Row row = GENERATE(values<Row>({
        {"a PAT behind its pointer_field", {0x00, 0x00, 0xB0, 0x0D, 0x00, 0x01}},
        {"start code broken", changed(2, 0x00)},
        {"stream_id of a pack header", changed(3, 0xBA)},
        {"marker bits 00", changed(6, 0x00)},
        {"forbidden PTS_DTS_flags 01", changed(7, 0x40)},
        {"header too short for its time stamps", changed(8, 0x09)},
    }));
    INFO(row.name);
    const auto header = PesHeader::parse(row.bytes);
    REQUIRE_FALSE(header);
    CHECK(header.error() == PesVerdict::not_pes);
}

TEST_CASE("streams without the optional header have no time stamps, whatever their bytes say") {
    const std::uint8_t stream_id = GENERATE(values<std::uint8_t>({0xBC, 0xBE, 0xBF, 0xF0, 0xF1, 0xF2, 0xF8, 0xFF}));
    const auto header = PesHeader::parse(changed(3, stream_id));
    REQUIRE(header);
    CHECK_FALSE(header->pts);
}
