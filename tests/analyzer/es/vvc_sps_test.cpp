#include "analyzer/es/vvc_sps.h"

#include <catch2/catch.hpp>

#include "tests/analyzer/es/bit_writer.h"

namespace muxtap::test {
namespace {

std::vector<std::uint8_t> sps(bool constraints, unsigned more_sublayers, unsigned level_idc) {
    BitWriter bits;
    bits.u(4, 2).u(4, 0).u(3, more_sublayers).u(2, 1).u(2, 2).flag(true);
    bits.u(7, 1).flag(false).u(8, level_idc).u(2, 2).flag(constraints);
    if (constraints) bits.u(64, 0).u(7, 0).u(8, 3).u(3, 0);
    bits.align();
    for (unsigned i = 0; i < more_sublayers; ++i) bits.flag(true);
    bits.align();
    for (unsigned i = 0; i < more_sublayers; ++i) bits.u(8, 32);
    bits.u(8, 1).u(32, 0xABCDEF01);
    bits.flag(false).flag(true).flag(false).ue(1920).ue(1088).flag(true).ue(0).ue(0).ue(0).ue(4).flag(false).ue(2);
    return bits.trailing().bytes();
}

TEST_CASE("the size of VVC pictures stands behind profile, constraints and sub-layers") {
    for (const bool constraints : {false, true}) {
        for (const unsigned more : {0U, 3U}) {
            const auto set = es::parse_vvc_sps(sps(constraints, more, 83));
            REQUIRE(set.has_value());
            CHECK(set->id == 2);
            CHECK(set->format.profile == "Main 10");
            CHECK(set->format.level == "5.1");
            CHECK(set->format.tier == "Main");
            CHECK(set->format.width == 1920);
            CHECK(set->format.height == 1080);
            CHECK(set->format.bit_depth == 10);
            CHECK(set->format.chroma == es::ChromaFormat::yuv420);
        }
    }
}

TEST_CASE("a VVC level that is none has no name") {
    CHECK(es::parse_vvc_sps(sps(false, 0, 64))->format.level == "4");
    CHECK(es::parse_vvc_sps(sps(false, 0, 65))->format.level.empty());
    CHECK(es::parse_vvc_sps(sps(false, 0, 3))->format.level.empty());
}

TEST_CASE("a VVC set without profile or cut off is not believed") {
    auto bytes = sps(true, 0, 64);
    for (std::size_t size = 0; size + 4 < bytes.size(); ++size) {
        CHECK_FALSE(es::parse_vvc_sps(ByteView(bytes).first(size)).has_value());
    }
    bytes[1] = static_cast<std::uint8_t>(bytes[1] & 0xFEU);
    CHECK_FALSE(es::parse_vvc_sps(bytes).has_value());
}

}  // namespace
}  // namespace muxtap::test
