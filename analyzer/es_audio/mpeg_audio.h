#pragma once

#include "analyzer/es_audio/frame_header.h"

namespace muxtap::es {

/// Reads an MPEG-1, MPEG-2 or MPEG-2.5 audio header of layers I to III (ISO/IEC 11172-3, 2.4.1.3; 13818-3).
[[nodiscard]] FrameResult read_mpeg_audio(ByteView bytes) noexcept;

}  // namespace muxtap::es
