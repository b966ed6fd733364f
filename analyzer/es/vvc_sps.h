#pragma once

#include <cstdint>
#include <optional>

#include "analyzer/es/video_format.h"
#include "common/base/bytes.h"

namespace muxtap::es {

/// What is read of a sequence parameter set (ITU-T H.266, 7.3.2.4): names of profile, tier and level, size, chroma
/// format and, where there are no subpictures, bit depth. Colour and timing are not read.
struct VvcSps {
    std::uint8_t id = 0;
    VideoFormat format;
};

/// `rbsp` begins behind the two bytes of the NAL unit header, emulation prevention taken out. Empty when it is cut off,
/// not possible or without profile_tier_level (of a dependent layer).
[[nodiscard]] std::optional<VvcSps> parse_vvc_sps(ByteView rbsp);

}  // namespace muxtap::es
