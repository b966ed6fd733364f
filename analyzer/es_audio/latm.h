#pragma once

#include "analyzer/es_audio/frame_header.h"

namespace muxtap::es {

/// Reads the start of an AudioSyncStream frame (LOAS; ISO/IEC 14496-3, 1.7.2) with the StreamMuxConfig of LATM in it
/// (1.7.3). There is one program with one layer, as broadcast has it (ETSI TS 101 154, 6.4). A frame that says
/// useSameStreamMux tells its length, not the format.
[[nodiscard]] FrameResult read_latm(ByteView bytes) noexcept;

}  // namespace muxtap::es
