#pragma once

namespace muxtap::frames {

/// Characters of CTA-608-E as Unicode. `code` is without parity.
/// Of the basic set, 20 to 7F (table 50).
[[nodiscard]] char32_t cea608_basic_character(unsigned code) noexcept;
/// Of a pair 11 30 to 11 3F (table 49); 0 is the transparent space.
[[nodiscard]] char32_t cea608_special_character(unsigned code) noexcept;
/// Of a pair with 12 or 13 and 20 to 3F (tables 5 to 10). They take the place of the character before.
[[nodiscard]] char32_t cea608_extended_character(unsigned first, unsigned code) noexcept;

}  // namespace muxtap::frames
