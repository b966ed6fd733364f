#pragma once

#include "analyzer/es_audio/frame_header.h"

namespace muxtap::es {

/// Reads a DTS core frame header (ETSI TS 102 114, 5.3), and the length of the extension substream behind it where
/// the bytes go so far; that makes it "DTS-HD", whose bit rate the core does not tell.
[[nodiscard]] FrameResult read_dts(ByteView bytes) noexcept;

}  // namespace muxtap::es
