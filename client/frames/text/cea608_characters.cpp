#include "client/frames/text/cea608_characters.h"

#include <string_view>

namespace muxtap::frames {
namespace {

constexpr std::u32string_view special{U"®°½¿™¢£♪à\0èâêîôû", 16};
constexpr std::u32string_view spanish_french = U"ÁÉÓÚÜü‘¡*’—©℠•“”ÀÂÇÈÊËëÎÏïÔÙùÛ«»";
constexpr std::u32string_view portuguese_german = U"ÃãÍÌìÒòÕõ{}\\^_|~ÄäÖöß¥¤│ÅåØø┌┐└┘";
static_assert(spanish_french.size() == 32 && portuguese_german.size() == 32);

}  // namespace

char32_t cea608_basic_character(unsigned code) noexcept {
    switch (code) {
        case 0x27: return U'’';
        case 0x2A: return U'á';
        case 0x5C: return U'é';
        case 0x5E: return U'í';
        case 0x5F: return U'ó';
        case 0x60: return U'ú';
        case 0x7B: return U'ç';
        case 0x7C: return U'÷';
        case 0x7D: return U'Ñ';
        case 0x7E: return U'ñ';
        case 0x7F: return U'█';
        default: return static_cast<char32_t>(code);
    }
}

char32_t cea608_special_character(unsigned code) noexcept {
    return special[code & 0x0FU];
}

char32_t cea608_extended_character(unsigned first, unsigned code) noexcept {
    return (first & 1U) == 0 ? spanish_french[code & 0x1FU] : portuguese_german[code & 0x1FU];
}

}  // namespace muxtap::frames
