#pragma once

#include <cstdint>

#include "analyzer/es/video_format.h"

namespace muxtap::es {

/// Names of a profile_and_level_indication and what it allows, into `format` (ISO/IEC 13818-2, clause 8, tables 8-2 to
/// 8-5 for names, 8-13 for bit rates and 8-14 for VBV buffers). Names are empty for reserved values.
void set_mpeg2_profile(std::uint8_t profile_and_level_indication, VideoFormat& format);

}  // namespace muxtap::es
