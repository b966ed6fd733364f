#include "analyzer/es/hevc_profiles.h"

namespace muxtap::es {
namespace {

struct Level {
    std::uint8_t idc;
    const char* name;
    std::uint32_t main_cpb;  ///< in units of CpbNalFactor bits
    std::uint32_t high_cpb;  ///< 0: there is no High tier
    std::uint32_t main_br;   ///< in units of BrNalFactor bits per second
    std::uint32_t high_br;
};

constexpr Level levels[] = {
    {30, "1", 350, 0, 128, 0},
    {60, "2", 1'500, 0, 1'500, 0},
    {63, "2.1", 3'000, 0, 3'000, 0},
    {90, "3", 6'000, 0, 6'000, 0},
    {93, "3.1", 10'000, 0, 10'000, 0},
    {120, "4", 12'000, 30'000, 12'000, 30'000},
    {123, "4.1", 20'000, 50'000, 20'000, 50'000},
    {150, "5", 25'000, 100'000, 25'000, 100'000},
    {153, "5.1", 40'000, 160'000, 40'000, 160'000},
    {156, "5.2", 60'000, 240'000, 60'000, 240'000},
    {180, "6", 60'000, 240'000, 60'000, 240'000},
    {183, "6.1", 120'000, 480'000, 120'000, 480'000},
    {186, "6.2", 240'000, 800'000, 240'000, 800'000},
    {255, "8.5", 0, 0, 0, 0},
};

/// The first constraint flags, highest bit first.
bool constraint(const HevcProfile& profile, unsigned index) noexcept {
    return (profile.constraints >> (42 - index) & 1U) != 0;
}

enum Constraint : unsigned {
    max_12bit,
    max_10bit,
    max_8bit,
    max_422chroma,
    max_420chroma,
    max_monochrome,
    intra,
    one_picture_only,
};

/// Format range extensions are told apart by their constraint flags (table A.2).
std::string range_extension_name(const HevcProfile& profile, const char* family) {
    std::string name = family;
    const bool monochrome = constraint(profile, max_monochrome);
    name += monochrome                           ? "Monochrome"
            : constraint(profile, max_420chroma) ? "Main"
            : constraint(profile, max_422chroma) ? "Main 4:2:2"
                                                 : "Main 4:4:4";
    if (!constraint(profile, max_8bit)) {
        name += constraint(profile, max_10bit) ? " 10" : constraint(profile, max_12bit) ? " 12" : " 16";
    }
    if (constraint(profile, one_picture_only)) return name + " Still Picture";
    return constraint(profile, intra) ? name + " Intra" : name;
}

/// general_profile_idc or, when that is 0, the first profile the stream says it is compatible with.
unsigned profile_number(const HevcProfile& profile) noexcept {
    if (profile.profile_idc != 0) return profile.profile_idc;
    for (unsigned i = 1; i < 32; ++i) {
        if ((profile.compatibility >> (31 - i) & 1U) != 0) return i;
    }
    return 0;
}

std::string profile_name(unsigned number, const HevcProfile& profile) {
    switch (number) {
        case 1: return "Main";
        case 2: return constraint(profile, one_picture_only) ? "Main 10 Still Picture" : "Main 10";
        case 3: return "Main Still Picture";
        case 4: return range_extension_name(profile, "");
        case 5: return range_extension_name(profile, "High Throughput ");
        case 6: return "Multiview Main";
        case 7: return constraint(profile, max_8bit) ? "Scalable Main" : "Scalable Main 10";
        case 8: return "3D Main";
        case 9: return range_extension_name(profile, "Screen-Extended ");
        case 10: return range_extension_name(profile, "Scalable ");
        case 11: return range_extension_name(profile, "Screen-Extended High Throughput ");
        default: return {};
    }
}

/// CpbNalFactor and BrNalFactor (table A.10), by chroma format and bit depth; 0 where it is not given.
unsigned nal_factor(unsigned number, const HevcProfile& profile) noexcept {
    if (number >= 1 && number <= 3) return 1100;
    if (number != 4) return 0;
    if (constraint(profile, max_monochrome)) {
        if (constraint(profile, max_8bit)) return 733;
        return constraint(profile, max_10bit) ? 917 : constraint(profile, max_12bit) ? 1100 : 1467;
    }
    if (constraint(profile, max_420chroma)) {
        return constraint(profile, max_10bit) ? 1100 : constraint(profile, max_12bit) ? 1650 : 2200;
    }
    if (constraint(profile, max_422chroma)) {
        return constraint(profile, max_10bit) ? 1833 : constraint(profile, max_12bit) ? 2200 : 2933;
    }
    if (constraint(profile, max_8bit)) return 2200;
    return constraint(profile, max_10bit) ? 2750 : constraint(profile, max_12bit) ? 3300 : 4400;
}

}  // namespace

void set_hevc_profile(const HevcProfile& profile, VideoFormat& format) {
    const unsigned number = profile_number(profile);
    format.profile = profile_name(number, profile);
    format.tier = profile.high_tier ? "High" : "Main";
    const std::uint64_t factor = nal_factor(number, profile);
    for (const Level& level : levels) {
        if (level.idc != profile.level_idc) continue;
        format.level = level.name;
        format.level_bitrate = factor * (profile.high_tier ? level.high_br : level.main_br);
        format.level_buffer_bits = factor * (profile.high_tier ? level.high_cpb : level.main_cpb);
        return;
    }
}

}  // namespace muxtap::es
