#include "probe/send/ts_file.h"

#include <catch2/catch.hpp>

#include "tests/probe/send/stream_maker.h"

using namespace muxtap;
using send::TsFile;

namespace {

constexpr std::size_t packet_count = 12;

/// Packets with `front` bytes before and `back` bytes behind each.
std::vector<std::uint8_t> framed(std::size_t front, std::size_t back) {
    std::vector<std::uint8_t> bytes;
    for (unsigned i = 0; i < packet_count; ++i) {
        const auto packet = test::make_packet({.continuity_counter = i, .fill = static_cast<std::uint8_t>(i)});
        bytes.insert(bytes.end(), front, 0x11);
        bytes.insert(bytes.end(), packet.begin(), packet.end());
        bytes.insert(bytes.end(), back, 0x22);
    }
    return bytes;
}

}  // namespace

TEST_CASE("188-, 192- and 204-byte files give the same packets") {
    struct Row {
        std::size_t front, back, stride;
    };
    const Row row = GENERATE(values<Row>({{0, 0, 188}, {4, 0, 192}, {0, 16, 204}}));
    const auto file = TsFile::from_bytes(framed(row.front, row.back), "x.ts");
    REQUIRE(file);
    CHECK(file->layout().stride == row.stride);
    CHECK(file->packet_count() == packet_count);
    CHECK(std::vector<std::uint8_t>(file->bytes().begin(), file->bytes().end()) == framed(0, 0));
    CHECK(file->remarks().empty());
}

TEST_CASE("a file cut inside its last packet gives the whole ones and says what is left out") {
    std::vector<std::uint8_t> bytes = framed(0, 0);
    bytes.resize(bytes.size() - 88);
    const auto file = TsFile::from_bytes(bytes, "x.ts");
    REQUIRE(file);
    CHECK(file->packet_count() == packet_count - 1);
    REQUIRE(file->remarks().size() == 1);
    CHECK(file->remarks()[0] == "the last packet is cut off: left out 100 bytes from offset 2068");
}

TEST_CASE("a 204-byte file whose last tail is missing keeps its last packet") {
    std::vector<std::uint8_t> bytes = framed(0, 16);
    bytes.resize(bytes.size() - 16);
    const auto file = TsFile::from_bytes(bytes, "x.ts");
    REQUIRE(file);
    CHECK(file->packet_count() == packet_count);
}

TEST_CASE("a file that begins inside a packet starts with the first whole one") {
    std::vector<std::uint8_t> bytes = framed(0, 0);
    bytes.erase(bytes.begin(), bytes.begin() + 100);
    const auto file = TsFile::from_bytes(bytes, "x.ts");
    REQUIRE(file);
    CHECK(file->packet_count() == packet_count - 1);
    REQUIRE(file->remarks().size() == 1);
    CHECK(file->remarks()[0] == "left out 88 bytes before the first whole packet");
}

TEST_CASE("a single packet is a file") {
    std::vector<std::uint8_t> bytes = framed(0, 0);
    bytes.resize(188);
    const auto file = TsFile::from_bytes(bytes, "x.ts");
    REQUIRE(file);
    CHECK(file->packet_count() == 1);
}

TEST_CASE("packets without sync byte are kept and counted") {
    std::vector<std::uint8_t> bytes = framed(0, 0);
    bytes[8 * 188] = 0x00;
    bytes[9 * 188] = 0x00;
    const auto file = TsFile::from_bytes(bytes, "x.ts");
    REQUIRE(file);
    CHECK(file->packet_count() == packet_count);
    REQUIRE(file->remarks().size() == 1);
    CHECK(file->remarks()[0].starts_with("2 packets have no sync byte, the first is packet 8"));
}

TEST_CASE("what is no transport stream is refused by name") {
    struct Row {
        std::vector<std::uint8_t> bytes;
        const char* message;
    };
    const Row row = GENERATE(values<Row>({
        {{}, "\"x.ts\" is empty: there is nothing to send"},
        {{0x47}, "\"x.ts\" is not a transport stream: no sync byte 0x47 every 188, 192 or 204 bytes"},
        {std::vector<std::uint8_t>(187, 0x47),
         "\"x.ts\" is not a transport stream: no sync byte 0x47 every 188, 192 "
         "or 204 bytes"},
        {std::vector<std::uint8_t>(5000, 0x00),
         "\"x.ts\" is not a transport stream: no sync byte 0x47 every 188, 192 "
         "or 204 bytes"},
    }));
    const auto file = TsFile::from_bytes(row.bytes, "x.ts");
    REQUIRE_FALSE(file);
    CHECK(file.error().message == row.message);
}

TEST_CASE("a file that is not there is named with the reason") {
    const auto file = TsFile::read("/nowhere/x.ts");
    REQUIRE_FALSE(file);
    CHECK(file.error().message == "cannot open \"/nowhere/x.ts\": No such file or directory");
}
