#pragma once

#include <cstdint>
#include <optional>

#include "analyzer/es/video_format.h"
#include "common/base/bytes.h"

namespace muxtap::es {

/// What a sequence parameter set says (ITU-T H.265, 7.3.2.2 and annex E).
struct HevcSps {
    std::uint8_t id = 0;
    std::uint8_t vps_id = 0;
    /// Height and frame rate are those of frames, also where fields are coded (field_seq_flag).
    VideoFormat format;
    bool field_seq = false;
    bool frame_field_info_present = false;  ///< pic_timing messages begin with pic_struct
};

/// Timing of a video parameter set (7.3.2.1), for sequence parameter sets that have none.
struct HevcVps {
    std::uint8_t id = 0;
    Ratio picture_rate;  ///< pictures per second, of fields where these are coded; 0/0 when not sent
};

/// `rbsp` begins behind the two bytes of the NAL unit header, emulation prevention taken out. Empty when it is cut off
/// or not possible; a VUI that is damaged is left out as a whole.
[[nodiscard]] std::optional<HevcSps> parse_hevc_sps(ByteView rbsp);
[[nodiscard]] std::optional<HevcVps> parse_hevc_vps(ByteView rbsp) noexcept;

}  // namespace muxtap::es
