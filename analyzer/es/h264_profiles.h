#pragma once

#include <cstdint>

#include "analyzer/es/video_format.h"

namespace muxtap::es {

/// Names of profile and level with what they allow by table A-1, for NAL units, into `format` (ITU-T H.264, annex A,
/// also G and H for the names). `constraint_flags` is the byte behind profile_idc: constraint_set0_flag first. Names
/// are empty for values not in the standard.
void set_h264_profile(std::uint8_t profile_idc, std::uint8_t constraint_flags, std::uint8_t level_idc,
                      VideoFormat& format);

}  // namespace muxtap::es
