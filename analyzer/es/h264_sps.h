#pragma once

#include <cstdint>
#include <optional>

#include "analyzer/es/video_format.h"
#include "common/base/bytes.h"

namespace muxtap::es {

/// What a sequence parameter set says (ITU-T H.264, 7.3.2.1.1 and annex E).
struct H264Sps {
    std::uint8_t id = 0;
    VideoFormat format;
    bool frame_mbs_only = false;
    // For pic_timing messages (D.1.3).
    bool pic_struct_present = false;
    bool cpb_dpb_delays_present = false;
    std::uint8_t cpb_removal_delay_length = 0;  ///< bits
    std::uint8_t dpb_output_delay_length = 0;
    std::uint8_t time_offset_length = 0;
};

/// `rbsp` begins behind the NAL unit header, emulation prevention taken out. Empty when it is cut off or not possible;
/// a VUI that is damaged is left out as a whole.
[[nodiscard]] std::optional<H264Sps> parse_h264_sps(ByteView rbsp);

}  // namespace muxtap::es
