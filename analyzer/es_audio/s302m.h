#pragma once

#include "analyzer/es_audio/frame_header.h"

namespace muxtap::es {

/// Reads the header of an AES3 packet (SMPTE ST 302, 5.5): the first four bytes of a PES packet's data. The bit rate
/// is that of samples with their four bits of AES3 flags. 48 kHz is the only rate there is.
[[nodiscard]] FrameResult read_s302m(ByteView bytes) noexcept;

}  // namespace muxtap::es
