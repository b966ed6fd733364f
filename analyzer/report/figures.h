#pragma once

#include <chrono>
#include <string>

namespace muxtap::analyzer {

/// "0x1FFF": `digits` hexadecimal figures, at most 8.
[[nodiscard]] std::string hexadecimal(unsigned value, unsigned digits);

/// "1.25 s", below a tenth of a second "12.5 ms": three figures.
[[nodiscard]] std::string duration_text(std::chrono::nanoseconds duration);

}  // namespace muxtap::analyzer
