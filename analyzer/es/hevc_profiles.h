#pragma once

#include <cstdint>

#include "analyzer/es/video_format.h"

namespace muxtap::es {

/// The general part of a profile_tier_level (ITU-T H.265, 7.3.3).
struct HevcProfile {
    std::uint8_t profile_idc = 0;
    bool high_tier = false;
    std::uint32_t compatibility = 0;  ///< general_profile_compatibility_flag[0] is the highest bit
    bool progressive_source = false;
    bool interlaced_source = false;
    /// The 43 bits behind frame_only_constraint_flag: max_12bit_constraint_flag is the highest.
    std::uint64_t constraints = 0;
    std::uint8_t level_idc = 0;
};

/// Names of profile, tier and level with what they allow, for NAL units, into `format` (annex A, tables A.2, A.8, A.9
/// and A.10). Names are empty for values not in the standard.
void set_hevc_profile(const HevcProfile& profile, VideoFormat& format);

}  // namespace muxtap::es
