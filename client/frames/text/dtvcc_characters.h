#pragma once

namespace muxtap::frames {

/// Characters of CTA-708-E as Unicode: of the sets G0 and G1 (20 to 7F, A0 to FF), and of G2 and G3 behind EXT1.
[[nodiscard]] char32_t dtvcc_character(unsigned code) noexcept;
/// Codes without character give the underscore that the standard asks for.
[[nodiscard]] char32_t dtvcc_extended_character(unsigned code) noexcept;

}  // namespace muxtap::frames
