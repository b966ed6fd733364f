#pragma once

#include <string>

#include "common/base/bytes.h"

namespace muxtap::scte35 {

/// Base 64 with padding (RFC 4648, clause 4): how splice_info_sections are passed around outside transport streams.
[[nodiscard]] std::string to_base64(ByteView bytes);

}  // namespace muxtap::scte35
