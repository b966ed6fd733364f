#pragma once

#include <string>

#include "common/base/bytes.h"

namespace muxtap::psi {

/// Appends one character as UTF-8: surrogates and what is beyond U+10FFFF become U+FFFD.
void append_utf8(std::string& text, char32_t character);

/// Converts a text of several bytes per character; `charset` is a name that iconv(3) knows. What cannot be converted,
/// or all that is not ASCII where the system does not know the charset, becomes U+FFFD.
[[nodiscard]] std::string multibyte_text(const char* charset, ByteView bytes);

}  // namespace muxtap::psi
