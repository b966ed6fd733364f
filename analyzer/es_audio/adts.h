#pragma once

#include "analyzer/es_audio/frame_header.h"

namespace muxtap::es {

/// Reads an ADTS header (ISO/IEC 14496-3, 1.A.2.2) and, where it leaves the channels to it, the program_config_element
/// behind it. SBR and PS are signalled implicitly in ADTS, inside the frames: the profile and rate are the core's.
[[nodiscard]] FrameResult read_adts(ByteView bytes) noexcept;

}  // namespace muxtap::es
