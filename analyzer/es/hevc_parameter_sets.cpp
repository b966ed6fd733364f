#include "analyzer/es/hevc_parameter_sets.h"

#include <array>

#include "analyzer/es/hevc_profiles.h"
#include "analyzer/es/video_usability.h"
#include "common/base/bit_reader.h"

namespace muxtap::es {
namespace {

using analyzer::ScanType;

/// profile_tier_level(1, max_sub_layers_minus1), 7.3.3.
HevcProfile read_profile_tier_level(BitReader& reader, unsigned max_sub_layers_minus1) noexcept {
    HevcProfile profile;
    reader.skip(2);  // general_profile_space
    profile.high_tier = reader.flag();
    profile.profile_idc = static_cast<std::uint8_t>(reader.u(5));
    profile.compatibility = static_cast<std::uint32_t>(reader.read(32));
    profile.progressive_source = reader.flag();
    profile.interlaced_source = reader.flag();
    reader.skip(2);  // general_non_packed_constraint_flag, general_frame_only_constraint_flag
    profile.constraints = reader.read(43);
    reader.skip(1);
    profile.level_idc = static_cast<std::uint8_t>(reader.u(8));
    std::size_t sub_layer_bits = 0;
    for (unsigned i = 0; i < max_sub_layers_minus1; ++i) {
        if (reader.flag()) sub_layer_bits += 88;
        if (reader.flag()) sub_layer_bits += 8;
    }
    if (max_sub_layers_minus1 > 0) reader.skip(std::size_t{2} * (8 - max_sub_layers_minus1));
    reader.skip(sub_layer_bits);
    return profile;
}

void skip_sub_layer_ordering(BitReader& reader, unsigned max_sub_layers_minus1) noexcept {
    const bool each = reader.flag();
    for (unsigned i = each ? 0 : max_sub_layers_minus1; i <= max_sub_layers_minus1; ++i) {
        for (int field = 0; field < 3; ++field) (void)reader.ue();
    }
}

/// scaling_list_data(), 7.3.4.
void skip_scaling_lists(BitReader& reader) noexcept {
    for (unsigned size_id = 0; size_id < 4; ++size_id) {
        for (unsigned matrix_id = 0; matrix_id < 6; matrix_id += size_id == 3 ? 3 : 1) {
            if (reader.exhausted()) return;
            if (!reader.flag()) {
                (void)reader.ue();
                continue;
            }
            const unsigned coefficients = size_id == 0 ? 16 : 64;
            if (size_id > 1) (void)reader.se();
            for (unsigned i = 0; i < coefficients && !reader.exhausted(); ++i) (void)reader.se();
        }
    }
}

/// st_ref_pic_set( ) of the sequence parameter set, 7.3.7: all that must be known of each is how many pictures it has.
bool skip_short_term_sets(BitReader& reader) noexcept {
    constexpr std::uint32_t most_sets = 64;
    constexpr std::uint32_t most_pictures = 16;
    const std::uint32_t count = reader.ue();
    if (count > most_sets) return false;
    std::uint32_t pictures = 0;  // NumDeltaPocs of the set before
    for (std::uint32_t set = 0; set < count; ++set) {
        if (reader.exhausted()) return false;
        if (set != 0 && reader.flag()) {  // inter_ref_pic_set_prediction_flag: made from the set before
            reader.skip(1);
            (void)reader.ue();
            std::uint32_t kept = 0;
            for (std::uint32_t i = 0; i <= pictures; ++i) {
                const bool used = reader.flag();
                const bool use_delta = used || reader.flag();
                kept += static_cast<std::uint32_t>(use_delta);
            }
            pictures = kept;
        } else {
            const std::uint32_t negative = reader.ue();
            const std::uint32_t positive = reader.ue();
            if (negative > most_pictures || positive > most_pictures) return false;
            pictures = negative + positive;
            for (std::uint32_t i = 0; i < pictures && !reader.exhausted(); ++i) {
                (void)reader.ue();
                reader.skip(1);
            }
        }
        if (pictures > most_pictures) return false;
    }
    return !reader.exhausted();
}

/// hrd_parameters(1, max_sub_layers_minus1), E.2.2, for the last schedule of the highest sub-layer's NAL HRD.
class HrdReader {
public:
    HrdReader(BitReader& reader, VideoFormat& format) noexcept : reader_(reader), format_(format) {}

    bool read(unsigned max_sub_layers_minus1) noexcept {
        const bool nal = reader_.flag();
        const bool vcl = reader_.flag();
        if (nal || vcl) read_common();
        for (unsigned i = 0; i <= max_sub_layers_minus1; ++i) {
            const bool fixed_general = reader_.flag();
            const bool fixed_in_sequence = fixed_general || reader_.flag();
            bool low_delay = false;
            if (fixed_in_sequence) {
                (void)reader_.ue();  // elemental_duration_in_tc_minus1
            } else {
                low_delay = reader_.flag();
            }
            const std::uint32_t last = low_delay ? 0 : reader_.ue();  // cpb_cnt_minus1
            if (last > 31 || reader_.exhausted()) return false;
            if (nal) read_schedules(last, true);
            if (vcl) read_schedules(last, false);
        }
        return !reader_.exhausted();
    }

private:
    void read_common() noexcept {
        sub_picture_ = reader_.flag();
        if (sub_picture_) reader_.skip(8 + 5 + 1 + 5);
        bit_rate_scale_ = reader_.u(4);
        cpb_size_scale_ = reader_.u(4);
        if (sub_picture_) reader_.skip(4);
        reader_.skip(5 + 5 + 5);
    }

    void read_schedules(std::uint32_t last, bool wanted) noexcept {
        for (std::uint32_t i = 0; i <= last && !reader_.exhausted(); ++i) {
            const std::uint64_t bitrate = (std::uint64_t{reader_.ue()} + 1) << (6 + bit_rate_scale_);
            const std::uint64_t size = (std::uint64_t{reader_.ue()} + 1) << (4 + cpb_size_scale_);
            if (sub_picture_) {
                (void)reader_.ue();
                (void)reader_.ue();
            }
            reader_.skip(1);  // cbr_flag
            if (!wanted) continue;
            format_.signalled_bitrate = bitrate;
            format_.signalled_buffer_bits = size;
        }
    }

    BitReader& reader_;
    VideoFormat& format_;
    bool sub_picture_ = false;
    unsigned bit_rate_scale_ = 0;
    unsigned cpb_size_scale_ = 0;
};

Ratio read_picture_rate(BitReader& reader) noexcept {
    const std::uint64_t units_in_tick = reader.read(32);
    const std::uint64_t time_scale = reader.read(32);
    return reduced(time_scale, units_in_tick);
}

/// vui_parameters() as far as its HRD, E.2.1. The frame rate is left as that of pictures.
bool read_vui(BitReader& reader, HevcSps& sps, unsigned max_sub_layers_minus1) noexcept {
    read_usability(reader, sps.format);
    reader.skip(1);  // neutral_chroma_indication_flag
    sps.field_seq = reader.flag();
    sps.frame_field_info_present = reader.flag();
    if (reader.flag()) {  // the default display window is a proposal: what is coded is what is said
        for (int side = 0; side < 4; ++side) (void)reader.ue();
    }
    if (reader.flag()) {
        sps.format.frame_rate = read_picture_rate(reader);
        if (reader.flag()) (void)reader.ue();
        if (reader.flag() && !HrdReader(reader, sps.format).read(max_sub_layers_minus1)) return false;
    }
    return !reader.exhausted();
}

/// From chroma_format_idc to the bit depths.
bool read_picture_format(BitReader& reader, VideoFormat& format) noexcept {
    const std::uint32_t chroma_format_idc = reader.ue();
    if (chroma_format_idc > 3) return false;
    format.chroma = static_cast<ChromaFormat>(chroma_format_idc);
    const bool separate_planes = chroma_format_idc == 3 && reader.flag();
    const std::uint32_t width = reader.ue();
    const std::uint32_t height = reader.ue();
    std::uint64_t crop_x = 0;
    std::uint64_t crop_y = 0;
    if (reader.flag()) {  // conformance_window_flag
        const bool half_width = !separate_planes && (chroma_format_idc == 1 || chroma_format_idc == 2);
        const bool half_height = !separate_planes && chroma_format_idc == 1;
        crop_x = (std::uint64_t{reader.ue()} + reader.ue()) * (half_width ? 2 : 1);
        crop_y = (std::uint64_t{reader.ue()} + reader.ue()) * (half_height ? 2 : 1);
    }
    if (width > UINT16_MAX || height > UINT16_MAX / 2 || crop_x >= width || crop_y >= height) return false;
    format.width = static_cast<std::uint16_t>(width - crop_x);
    format.height = static_cast<std::uint16_t>(height - crop_y);
    const std::uint32_t luma = reader.ue();
    const std::uint32_t chroma = reader.ue();
    if (luma > 8 || chroma > 8) return false;
    format.bit_depth = static_cast<std::uint8_t>(luma + 8);
    return true;
}

/// From log2_max_pic_order_cnt_lsb_minus4 to where the VUI is.
bool skip_coding_tools(BitReader& reader, unsigned max_sub_layers_minus1) noexcept {
    const std::uint32_t order_bits = reader.ue();
    if (order_bits > 12) return false;
    skip_sub_layer_ordering(reader, max_sub_layers_minus1);
    for (int field = 0; field < 6; ++field) (void)reader.ue();  // block sizes and transform depths
    if (reader.flag() && reader.flag()) skip_scaling_lists(reader);
    reader.skip(2);       // amp_enabled_flag, sample_adaptive_offset_enabled_flag
    if (reader.flag()) {  // pcm_enabled_flag
        reader.skip(8);
        (void)reader.ue();
        (void)reader.ue();
        reader.skip(1);
    }
    if (!skip_short_term_sets(reader)) return false;
    if (reader.flag()) {  // long_term_ref_pics_present_flag
        const std::uint32_t count = reader.ue();
        if (count > 32) return false;
        reader.skip(std::size_t{count} * (order_bits + 4 + 1));
    }
    reader.skip(2);  // sps_temporal_mvp_enabled_flag, strong_intra_smoothing_enabled_flag
    return !reader.exhausted();
}

ScanType scan_of(const HevcProfile& profile, bool field_seq) noexcept {
    if (field_seq) return ScanType::interlaced;
    if (profile.progressive_source == profile.interlaced_source) return ScanType::unknown;
    return profile.progressive_source ? ScanType::progressive : ScanType::interlaced;
}

}  // namespace

std::optional<HevcSps> parse_hevc_sps(ByteView rbsp) {
    BitReader reader(rbsp);
    HevcSps sps;
    sps.vps_id = static_cast<std::uint8_t>(reader.u(4));
    const unsigned max_sub_layers_minus1 = reader.u(3);
    if (max_sub_layers_minus1 > 6) return std::nullopt;
    reader.skip(1);
    const HevcProfile profile = read_profile_tier_level(reader, max_sub_layers_minus1);
    set_hevc_profile(profile, sps.format);
    const std::uint32_t id = reader.ue();
    if (id > 15) return std::nullopt;
    sps.id = static_cast<std::uint8_t>(id);
    if (!read_picture_format(reader, sps.format) || !skip_coding_tools(reader, max_sub_layers_minus1)) {
        return std::nullopt;
    }
    const bool vui_parameters_present = reader.flag();
    if (reader.exhausted()) return std::nullopt;
    sps.frame_field_info_present = profile.progressive_source && profile.interlaced_source;
    if (vui_parameters_present) {
        HevcSps with_vui = sps;
        if (read_vui(reader, with_vui, max_sub_layers_minus1)) sps = std::move(with_vui);
    }
    sps.format.scan = scan_of(profile, sps.field_seq);
    if (sps.field_seq) {
        sps.format.height = static_cast<std::uint16_t>(sps.format.height * 2);
        const Ratio fields = sps.format.frame_rate;
        sps.format.frame_rate = reduced(fields.numerator, std::uint64_t{fields.denominator} * 2);
    }
    return sps;
}

std::optional<HevcVps> parse_hevc_vps(ByteView rbsp) noexcept {
    BitReader reader(rbsp);
    HevcVps vps;
    vps.id = static_cast<std::uint8_t>(reader.u(4));
    reader.skip(2 + 6);
    const unsigned max_sub_layers_minus1 = reader.u(3);
    if (max_sub_layers_minus1 > 6) return std::nullopt;
    reader.skip(1 + 16);
    (void)read_profile_tier_level(reader, max_sub_layers_minus1);
    skip_sub_layer_ordering(reader, max_sub_layers_minus1);
    const unsigned max_layer_id = reader.u(6);
    const std::uint32_t layer_sets = reader.ue();  // vps_num_layer_sets_minus1
    if (layer_sets > 1023) return std::nullopt;
    reader.skip(std::size_t{layer_sets} * (max_layer_id + 1));
    if (reader.flag()) vps.picture_rate = read_picture_rate(reader);
    if (reader.exhausted()) return std::nullopt;
    return vps;
}

}  // namespace muxtap::es
