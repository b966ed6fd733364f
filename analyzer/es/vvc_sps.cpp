#include "analyzer/es/vvc_sps.h"

#include "common/base/bit_reader.h"

namespace muxtap::es {
namespace {

/// general_profile_idc (ITU-T H.266, annex A).
const char* profile_name(unsigned idc) noexcept {
    switch (idc) {
        case 1: return "Main 10";
        case 2: return "Main 12";
        case 10: return "Main 12 Intra";
        case 17: return "Multilayer Main 10";
        case 33: return "Main 10 4:4:4";
        case 34: return "Main 12 4:4:4";
        case 35: return "Main 16 4:4:4";
        case 42: return "Main 12 4:4:4 Intra";
        case 43: return "Main 16 4:4:4 Intra";
        case 49: return "Multilayer Main 10 4:4:4";
        case 65: return "Main 10 Still Picture";
        case 66: return "Main 12 Still Picture";
        case 97: return "Main 10 4:4:4 Still Picture";
        case 98: return "Main 12 4:4:4 Still Picture";
        case 99: return "Main 16 4:4:4 Still Picture";
        default: return "";
    }
}

/// general_level_idc is 16 times the number plus 3 times the one behind the point (A.4.1).
std::string level_name(unsigned idc) {
    const unsigned minor = idc % 16;
    if (idc < 16 || minor % 3 != 0 || minor > 9) return {};
    const std::string major = std::to_string(idc / 16);
    return minor == 0 ? major : major + "." + std::to_string(minor / 3);
}

/// general_constraints_info(), 7.3.3.2.
void skip_constraints(BitReader& reader) noexcept {
    constexpr std::size_t flags = 71;
    if (reader.flag()) {
        reader.skip(flags);
        reader.skip(reader.u(8));  // gci_num_additional_bits
    }
    while (reader.bit_position() % 8 != 0 && !reader.exhausted()) reader.skip(1);
}

/// profile_tier_level(1, max_sublayers_minus1), 7.3.3.1.
void read_profile_tier_level(BitReader& reader, unsigned max_sublayers_minus1, VideoFormat& format) {
    format.profile = profile_name(reader.u(7));
    format.tier = reader.flag() ? "High" : "Main";
    format.level = level_name(reader.u(8));
    reader.skip(2);  // ptl_frame_only_constraint_flag, ptl_multilayer_enabled_flag
    skip_constraints(reader);
    unsigned levels = 0;
    for (unsigned i = 0; i < max_sublayers_minus1; ++i) levels += static_cast<unsigned>(reader.flag());
    while (reader.bit_position() % 8 != 0 && !reader.exhausted()) reader.skip(1);
    reader.skip(std::size_t{levels} * 8);
    reader.skip(std::size_t{reader.u(8)} * 32);  // ptl_num_sub_profiles
}

}  // namespace

std::optional<VvcSps> parse_vvc_sps(ByteView rbsp) {
    BitReader reader(rbsp);
    VvcSps sps;
    sps.id = static_cast<std::uint8_t>(reader.u(4));
    reader.skip(4);
    const unsigned max_sublayers_minus1 = reader.u(3);
    const unsigned chroma_format_idc = reader.u(2);
    reader.skip(2);  // sps_log2_ctu_size_minus5
    if (!reader.flag() || max_sublayers_minus1 > 6) return std::nullopt;
    VideoFormat& format = sps.format;
    read_profile_tier_level(reader, max_sublayers_minus1, format);
    format.chroma = static_cast<ChromaFormat>(chroma_format_idc);
    reader.skip(1);                     // sps_gdr_enabled_flag
    if (reader.flag()) reader.skip(1);  // sps_ref_pic_resampling_enabled_flag
    const std::uint32_t width = reader.ue();
    const std::uint32_t height = reader.ue();
    std::uint64_t crop_x = 0;
    std::uint64_t crop_y = 0;
    if (reader.flag()) {  // sps_conformance_window_flag
        crop_x =
            (std::uint64_t{reader.ue()} + reader.ue()) * (chroma_format_idc == 1 || chroma_format_idc == 2 ? 2 : 1);
        crop_y = (std::uint64_t{reader.ue()} + reader.ue()) * (chroma_format_idc == 1 ? 2 : 1);
    }
    if (width > UINT16_MAX || height > UINT16_MAX || crop_x >= width || crop_y >= height) return std::nullopt;
    format.width = static_cast<std::uint16_t>(width - crop_x);
    format.height = static_cast<std::uint16_t>(height - crop_y);
    const bool subpictures = reader.flag();
    if (!subpictures) {
        const std::uint32_t depth = reader.ue();
        if (depth > 8) return std::nullopt;
        format.bit_depth = static_cast<std::uint8_t>(depth + 8);
    }
    if (reader.exhausted()) return std::nullopt;
    return sps;
}

}  // namespace muxtap::es
