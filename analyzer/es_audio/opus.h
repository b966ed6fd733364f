#pragma once

#include "analyzer/es_audio/frame_header.h"

namespace muxtap::es {

/// Reads the control header of an Opus access unit in a transport stream and the table of contents byte of its first
/// Opus packet ("Encapsulation of Opus in MPEG-TS", Xiph; RFC 6716, 3.1). Channels are in
/// the descriptor, not here.
[[nodiscard]] FrameResult read_opus(ByteView bytes) noexcept;

}  // namespace muxtap::es
