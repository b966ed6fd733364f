#include "analyzer/es/mpeg2_profiles.h"

namespace muxtap::es {
namespace {

struct Row {
    std::uint8_t indication;
    const char* profile;
    const char* level;
    std::uint64_t bitrate;
    std::uint64_t buffer_bits;
};

// Scalable profiles: of all layers together.
constexpr Row rows[] = {
    {0x58, "Simple", "Main", 15'000'000, 1'835'008},
    {0x4A, "Main", "Low", 4'000'000, 475'136},
    {0x48, "Main", "Main", 15'000'000, 1'835'008},
    {0x46, "Main", "High 1440", 60'000'000, 7'340'032},
    {0x44, "Main", "High", 80'000'000, 9'781'248},
    {0x42, "Main", "High P", 80'000'000, 9'781'248},
    {0x3A, "SNR Scalable", "Low", 4'000'000, 475'136},
    {0x38, "SNR Scalable", "Main", 15'000'000, 1'835'008},
    {0x26, "Spatially Scalable", "High 1440", 60'000'000, 7'340'032},
    {0x18, "High", "Main", 20'000'000, 2'441'216},
    {0x16, "High", "High 1440", 80'000'000, 9'781'248},
    {0x14, "High", "High", 100'000'000, 12'222'464},
    {0x85, "4:2:2", "Main", 50'000'000, 9'437'184},
    {0x82, "4:2:2", "High", 300'000'000, 47'185'920},
    {0x8E, "Multi-view", "Low", 8'000'000, 950'272},
    {0x8D, "Multi-view", "Main", 25'000'000, 3'047'424},
    {0x8B, "Multi-view", "High 1440", 100'000'000, 12'222'464},
    {0x8A, "Multi-view", "High", 130'000'000, 15'898'480},
};

}  // namespace

void set_mpeg2_profile(std::uint8_t profile_and_level_indication, VideoFormat& format) {
    for (const Row& row : rows) {
        if (row.indication != profile_and_level_indication) continue;
        format.profile = row.profile;
        format.level = row.level;
        format.level_bitrate = row.bitrate;
        format.level_buffer_bits = row.buffer_bits;
        return;
    }
}

}  // namespace muxtap::es
