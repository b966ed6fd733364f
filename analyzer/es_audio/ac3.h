#pragma once

#include "analyzer/es_audio/frame_header.h"

namespace muxtap::es {

/// Reads an access unit of AC-3 (ETSI TS 102 366, 4.3) or Enhanced AC-3 (annex E): one AC-3 frame or independent
/// substream and, as far as the bytes go, the dependent substreams behind it, whose channel maps add to the channels
/// and whose rates add to the bit rate. Profile "Dolby Atmos" where joint object coding is announced
/// (ETSI TS 103 420, 8.3.1). A dependent substream alone is no start. `open_end` says that dependent substreams may
/// follow behind the bytes looked at.
[[nodiscard]] FrameResult read_ac3(ByteView bytes) noexcept;

}  // namespace muxtap::es
