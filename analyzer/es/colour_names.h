#pragma once

#include <cstdint>
#include <string_view>

namespace muxtap::es {

/// The value that says "unspecified" in each of the three.
inline constexpr std::uint8_t colour_unspecified = 2;

/// Names of the code points of ITU-T H.273, which H.264, HEVC, VVC and (up to 8) MPEG-2 share; empty where the code
/// point says nothing or is reserved.
[[nodiscard]] std::string_view colour_primaries_name(std::uint8_t code) noexcept;
[[nodiscard]] std::string_view transfer_characteristics_name(std::uint8_t code) noexcept;
[[nodiscard]] std::string_view matrix_coefficients_name(std::uint8_t code) noexcept;

}  // namespace muxtap::es
