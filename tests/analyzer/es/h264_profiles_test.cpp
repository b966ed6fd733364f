#include "analyzer/es/h264_profiles.h"

#include <catch2/catch.hpp>
#include <vector>

namespace muxtap::test {
namespace {

TEST_CASE("H.264 profiles and levels have the names of the standard") {
    struct Named {
        unsigned profile_idc, flags, level_idc;
        const char* profile;
        const char* level;
        std::uint64_t bitrate;
    };
    const std::vector<Named> rows = {
        {66, 0x00, 10, "Baseline", "1", 76'800},
        {66, 0x40, 11, "Constrained Baseline", "1.1", 230'400},
        {77, 0x10, 11, "Main", "1b", 153'600},
        {100, 0x10, 11, "High", "1.1", 288'000},
        {100, 0x00, 9, "High", "1b", 192'000},
        {88, 0x00, 21, "Extended", "2.1", 4'800'000},
        {100, 0x08, 41, "Progressive High", "4.1", 75'000'000},
        {100, 0x0C, 41, "Constrained High", "4.1", 75'000'000},
        {110, 0x10, 51, "High 10 Intra", "5.1", 864'000'000},
        {244, 0x10, 52, "High 4:4:4 Intra", "5.2", 1'152'000'000},
        {44, 0x10, 62, "CAVLC 4:4:4 Intra", "6.2", 3'840'000'000},
        {118, 0, 40, "Multiview High", "4", 30'000'000},
        {128, 0, 40, "Stereo High", "4", 30'000'000},
        {86, 0, 40, "Scalable High", "4", 30'000'000},
        {101, 0, 40, "", "4", 0},
        {100, 0, 99, "High", "", 0},
    };
    for (const Named& row : rows) {
        INFO(row.profile_idc << " " << row.flags << " " << row.level_idc);
        es::VideoFormat format;
        es::set_h264_profile(static_cast<std::uint8_t>(row.profile_idc), static_cast<std::uint8_t>(row.flags),
                             static_cast<std::uint8_t>(row.level_idc), format);
        CHECK(format.profile == row.profile);
        CHECK(format.level == row.level);
        CHECK(format.level_bitrate == row.bitrate);
    }
}

}  // namespace
}  // namespace muxtap::test
