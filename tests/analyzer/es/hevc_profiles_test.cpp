#include "analyzer/es/hevc_profiles.h"

#include <catch2/catch.hpp>
#include <vector>

namespace muxtap::test {
namespace {

TEST_CASE("HEVC profiles have the names of the standard") {
    struct Named {
        unsigned idc;
        std::uint32_t compatibility;
        std::uint64_t constraints;  ///< the first nine, highest first
        const char* profile;
        std::uint64_t bitrate;
    };
    const std::vector<Named> rows = {
        {1, 0, 0, "Main", 22'000'000},
        {2, 0, 0, "Main 10", 22'000'000},
        {2, 0, 0b000000010, "Main 10 Still Picture", 22'000'000},
        {3, 0, 0, "Main Still Picture", 22'000'000},
        {0, 0x20000000, 0, "Main 10", 22'000'000},
        {4, 0, 0b100110001, "Main 12", 33'000'000},
        {4, 0, 0b110100001, "Main 4:2:2 10", 36'660'000},
        {4, 0, 0b100100001, "Main 4:2:2 12", 44'000'000},
        {4, 0, 0b111000001, "Main 4:4:4", 44'000'000},
        {4, 0, 0b110000001, "Main 4:4:4 10", 55'000'000},
        {4, 0, 0b100000001, "Main 4:4:4 12", 66'000'000},
        {4, 0, 0b110110100, "Main 10 Intra", 22'000'000},
        {4, 0, 0b000000100, "Main 4:4:4 16 Intra", 88'000'000},
        {4, 0, 0b111000110, "Main 4:4:4 Still Picture", 44'000'000},
        {4, 0, 0b111111001, "Monochrome", 14'660'000},
        {4, 0, 0b100111001, "Monochrome 12", 22'000'000},
        {6, 0, 0, "Multiview Main", 0},
        {7, 0, 0b111000000, "Scalable Main", 0},
        {9, 0, 0b110110001, "Screen-Extended Main 10", 0},
        {0, 0, 0, "", 0},
        {31, 0, 0, "", 0},
    };
    for (const Named& row : rows) {
        INFO(row.idc << " " << row.constraints);
        es::VideoFormat format;
        es::set_hevc_profile({.profile_idc = static_cast<std::uint8_t>(row.idc),
                              .compatibility = row.compatibility,
                              .constraints = row.constraints << 34,
                              .level_idc = 123},
                             format);
        CHECK(format.profile == row.profile);
        CHECK(format.level_bitrate == row.bitrate);
    }
}

}  // namespace
}  // namespace muxtap::test
