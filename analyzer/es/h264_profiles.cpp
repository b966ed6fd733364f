#include "analyzer/es/h264_profiles.h"

namespace muxtap::es {
namespace {

struct Level {
    std::uint8_t idc;
    const char* name;
    std::uint32_t max_br;  ///< in units of cpbBrNalFactor bits
    std::uint32_t max_cpb;
};

constexpr std::uint8_t level_1b = 9;
constexpr Level levels[] = {
    {10, "1", 64, 175},          {level_1b, "1b", 128, 350}, {11, "1.1", 192, 500},       {12, "1.2", 384, 1000},
    {13, "1.3", 768, 2000},      {20, "2", 2000, 2000},      {21, "2.1", 4000, 4000},     {22, "2.2", 4000, 4000},
    {30, "3", 10000, 10000},     {31, "3.1", 14000, 14000},  {32, "3.2", 20000, 20000},   {40, "4", 20000, 25000},
    {41, "4.1", 50000, 62500},   {42, "4.2", 50000, 62500},  {50, "5", 135000, 135000},   {51, "5.1", 240000, 240000},
    {52, "5.2", 240000, 240000}, {60, "6", 240000, 240000},  {61, "6.1", 480000, 480000}, {62, "6.2", 800000, 800000},
};

struct Profile {
    const char* name;
    unsigned nal_factor;  ///< cpbBrNalFactor (table A-2)
};

Profile profile_of(std::uint8_t idc, std::uint8_t flags) noexcept {
    const auto set = [flags](unsigned index) { return (flags >> (7 - index) & 1U) != 0; };
    switch (idc) {
        case 66: return {set(1) ? "Constrained Baseline" : "Baseline", 1200};
        case 77: return {"Main", 1200};
        case 88: return {"Extended", 1200};
        case 100: return {set(4) ? set(5) ? "Constrained High" : "Progressive High" : "High", 1500};
        case 110: return {set(3) ? "High 10 Intra" : set(4) ? "Progressive High 10" : "High 10", 3600};
        case 122: return {set(3) ? "High 4:2:2 Intra" : "High 4:2:2", 4800};
        case 244: return {set(3) ? "High 4:4:4 Intra" : "High 4:4:4 Predictive", 4800};
        case 44: return {"CAVLC 4:4:4 Intra", 4800};
        case 83: return {"Scalable Baseline", 1200};
        case 86: return {"Scalable High", 1500};
        case 118: return {"Multiview High", 1500};
        case 128: return {"Stereo High", 1500};
        case 134: return {"MFC High", 1500};
        case 135: return {"MFC Depth High", 1500};
        case 138: return {"Multiview Depth High", 1500};
        case 139: return {"Enhanced Multiview Depth High", 1500};
        default: return {"", 0};
    }
}

}  // namespace

void set_h264_profile(std::uint8_t profile_idc, std::uint8_t constraint_flags, std::uint8_t level_idc,
                      VideoFormat& format) {
    const Profile profile = profile_of(profile_idc, constraint_flags);
    format.profile = profile.name;
    // Baseline, Main and Extended say 1b by level_idc 11 and constraint_set3_flag (A.3.1).
    const bool old_profile = profile_idc == 66 || profile_idc == 77 || profile_idc == 88;
    const bool is_1b = old_profile && level_idc == 11 && (constraint_flags & 0x10U) != 0;
    for (const Level& level : levels) {
        if (level.idc != (is_1b ? level_1b : level_idc)) continue;
        format.level = level.name;
        format.level_bitrate = std::uint64_t{level.max_br} * profile.nal_factor;
        format.level_buffer_bits = std::uint64_t{level.max_cpb} * profile.nal_factor;
        return;
    }
}

}  // namespace muxtap::es
