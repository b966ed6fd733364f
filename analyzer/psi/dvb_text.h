#pragma once

#include <string>

#include "common/base/bytes.h"

namespace muxtap::psi {

/// A text of EN 300 468, annex A, as valid UTF-8. The first byte chooses the character table: none is ISO/IEC 6937,
/// 0x01..0x0B and 0x10 parts of ISO/IEC 8859, 0x11 and 0x14 two-byte ISO/IEC 10646, 0x12 KS X 1001, 0x13 GB-2312, 0x15
/// UTF-8. Emphasis marks are left out, 0x8A is a newline, other control codes are left out. What cannot be
/// converted becomes U+FFFD.
[[nodiscard]] std::string dvb_text(ByteView bytes);

/// Big-endian UTF-16, as in ATSC A/65's short_name, as valid UTF-8. Ends at the first zero character; control codes
/// are left out.
[[nodiscard]] std::string utf16_text(ByteView bytes);

/// Three letters of ISO 639-2 as sent; "?" stands for what is not printable ASCII. Fewer than three bytes give fewer;
/// zeros alone say nothing and give nothing.
[[nodiscard]] std::string language_text(ByteView bytes);

}  // namespace muxtap::psi
