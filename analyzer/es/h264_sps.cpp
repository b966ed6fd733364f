#include "analyzer/es/h264_sps.h"

#include "analyzer/es/h264_profiles.h"
#include "analyzer/es/video_usability.h"
#include "common/base/bit_reader.h"

namespace muxtap::es {
namespace {

using analyzer::ScanType;

/// Profiles whose parameter sets carry chroma_format_idc and what follows it.
bool has_chroma_format(unsigned profile_idc) noexcept {
    switch (profile_idc) {
        case 44:
        case 83:
        case 86:
        case 100:
        case 110:
        case 118:
        case 122:
        case 128:
        case 134:
        case 135:
        case 138:
        case 139:
        case 244: return true;
        default: return false;
    }
}

void skip_scaling_list(BitReader& reader, unsigned size) noexcept {
    std::int32_t last = 8;
    for (unsigned i = 0; i < size && !reader.exhausted(); ++i) {
        const std::int64_t next = (std::int64_t{last} + reader.se()) & 0xFF;
        if (next == 0) return;  // the rest repeats the last scale
        last = static_cast<std::int32_t>(next);
    }
}

bool read_chroma(BitReader& reader, VideoFormat& format, bool& separate_planes) noexcept {
    const std::uint32_t chroma_format_idc = reader.ue();
    if (chroma_format_idc > 3) return false;
    format.chroma = static_cast<ChromaFormat>(chroma_format_idc);
    if (chroma_format_idc == 3) separate_planes = reader.flag();
    const std::uint32_t luma = reader.ue();  // bit_depth_luma_minus8
    const std::uint32_t chroma = reader.ue();
    if (luma > 6 || chroma > 6) return false;
    format.bit_depth = static_cast<std::uint8_t>(luma + 8);
    reader.skip(1);  // qpprime_y_zero_transform_bypass_flag
    if (!reader.flag()) return true;
    const unsigned lists = chroma_format_idc == 3 ? 12 : 8;
    for (unsigned i = 0; i < lists; ++i) {
        if (reader.flag()) skip_scaling_list(reader, i < 6 ? 16 : 64);
    }
    return true;
}

bool skip_picture_order_count(BitReader& reader) noexcept {
    const std::uint32_t type = reader.ue();
    if (type == 0) {
        (void)reader.ue();
    } else if (type == 1) {
        reader.skip(1);
        (void)reader.se();
        (void)reader.se();
        const std::uint32_t count = reader.ue();
        if (count > 255) return false;
        for (std::uint32_t i = 0; i < count && !reader.exhausted(); ++i) (void)reader.se();
    }
    return type <= 2;
}

/// Size of what is shown: all macroblocks without the cropping rectangle (7.4.2.1.1).
bool read_size(BitReader& reader, H264Sps& sps, bool separate_planes) noexcept {
    const std::uint64_t width = (std::uint64_t{reader.ue()} + 1) * 16;
    const std::uint64_t map_units = std::uint64_t{reader.ue()} + 1;
    sps.frame_mbs_only = reader.flag();
    if (!sps.frame_mbs_only) reader.skip(1);
    const std::uint64_t height = map_units * (sps.frame_mbs_only ? 16 : 32);
    reader.skip(1);  // direct_8x8_inference_flag
    std::uint64_t crop_x = 0;
    std::uint64_t crop_y = 0;
    if (reader.flag()) {
        const ChromaFormat chroma = separate_planes ? ChromaFormat::monochrome : sps.format.chroma;
        const bool half_width = chroma == ChromaFormat::yuv420 || chroma == ChromaFormat::yuv422;
        const std::uint64_t unit_x = half_width ? 2 : 1;
        const std::uint64_t field_factor = sps.frame_mbs_only ? 1 : 2;
        const std::uint64_t unit_y = (chroma == ChromaFormat::yuv420 ? 2 : 1) * field_factor;
        crop_x = (std::uint64_t{reader.ue()} + reader.ue()) * unit_x;
        crop_y = (std::uint64_t{reader.ue()} + reader.ue()) * unit_y;
    }
    if (width > UINT16_MAX || height > UINT16_MAX || crop_x >= width || crop_y >= height) return false;
    sps.format.width = static_cast<std::uint16_t>(width - crop_x);
    sps.format.height = static_cast<std::uint16_t>(height - crop_y);
    return true;
}

/// hrd_parameters() (E.1.2); the values are those of the last schedule, as the T-STD of ISO/IEC 13818-1, 2.14.3.1 takes
/// them.
bool read_hrd(BitReader& reader, H264Sps& sps, std::uint64_t& bitrate, std::uint64_t& buffer_bits) noexcept {
    const std::uint32_t last = reader.ue();  // cpb_cnt_minus1
    if (last > 31) return false;
    const unsigned bit_rate_scale = reader.u(4);
    const unsigned cpb_size_scale = reader.u(4);
    for (std::uint32_t i = 0; i <= last; ++i) {
        bitrate = (std::uint64_t{reader.ue()} + 1) << (6 + bit_rate_scale);
        buffer_bits = (std::uint64_t{reader.ue()} + 1) << (4 + cpb_size_scale);
        reader.skip(1);
    }
    reader.skip(5);
    sps.cpb_removal_delay_length = static_cast<std::uint8_t>(reader.u(5) + 1);
    sps.dpb_output_delay_length = static_cast<std::uint8_t>(reader.u(5) + 1);
    sps.time_offset_length = static_cast<std::uint8_t>(reader.u(5));
    sps.cpb_dpb_delays_present = true;
    return !reader.exhausted();
}

/// vui_parameters() as far as pic_struct_present_flag (E.1.1).
bool read_vui(BitReader& reader, H264Sps& sps) noexcept {
    read_usability(reader, sps.format);
    if (reader.flag()) {
        // A tick is that of a field: two make a frame.
        const std::uint64_t units_in_tick = reader.u(32);
        const std::uint64_t time_scale = reader.u(32);
        sps.format.frame_rate = reduced(time_scale, units_in_tick * 2);
        reader.skip(1);  // fixed_frame_rate_flag
    }
    const bool nal_hrd = reader.flag();
    if (nal_hrd && !read_hrd(reader, sps, sps.format.signalled_bitrate, sps.format.signalled_buffer_bits)) return false;
    const bool vcl_hrd = reader.flag();
    std::uint64_t ignored = 0;
    if (vcl_hrd && !read_hrd(reader, sps, ignored, ignored)) return false;
    if (nal_hrd || vcl_hrd) reader.skip(1);  // low_delay_hrd_flag
    sps.pic_struct_present = reader.flag();
    return !reader.exhausted();
}

}  // namespace

std::optional<H264Sps> parse_h264_sps(ByteView rbsp) {
    BitReader reader(rbsp);
    const auto profile_idc = static_cast<std::uint8_t>(reader.u(8));
    const auto constraint_flags = static_cast<std::uint8_t>(reader.u(8));
    const auto level_idc = static_cast<std::uint8_t>(reader.u(8));
    const std::uint32_t id = reader.ue();
    if (id > 31) return std::nullopt;
    H264Sps sps;
    sps.id = static_cast<std::uint8_t>(id);
    set_h264_profile(profile_idc, constraint_flags, level_idc, sps.format);
    sps.format.chroma = ChromaFormat::yuv420;
    sps.format.bit_depth = 8;
    bool separate_planes = false;
    if (has_chroma_format(profile_idc) && !read_chroma(reader, sps.format, separate_planes)) return std::nullopt;
    (void)reader.ue();  // log2_max_frame_num_minus4
    if (!skip_picture_order_count(reader)) return std::nullopt;
    (void)reader.ue();  // max_num_ref_frames
    reader.skip(1);     // gaps_in_frame_num_value_allowed_flag
    if (!read_size(reader, sps, separate_planes)) return std::nullopt;
    const bool vui_parameters_present = reader.flag();
    if (reader.exhausted()) return std::nullopt;
    if (sps.frame_mbs_only) sps.format.scan = ScanType::progressive;
    if (vui_parameters_present) {
        H264Sps with_vui = sps;
        if (read_vui(reader, with_vui)) sps = std::move(with_vui);
    }
    // Pictures that may be fields are taken for such where pic_timing does not say otherwise.
    if (!sps.frame_mbs_only) sps.format.scan_untold = ScanType::interlaced;
    return sps;
}

}  // namespace muxtap::es
