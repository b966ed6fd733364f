#include "common/text/columns.h"

#include <algorithm>
#include <array>

#include "common/base/utf8.h"

namespace muxtap::text {
namespace {

struct Range {
    char32_t first;
    char32_t last;
};

/// East Asian wide characters and pictures (Unicode Standard Annex 11), roughly.
constexpr std::array wide_ranges = {Range{0x1100, 0x115F}, Range{0x2E80, 0xA4CF},   Range{0xAC00, 0xD7A3},
                                    Range{0xF900, 0xFAFF}, Range{0xFE30, 0xFE6F},   Range{0xFF00, 0xFF60},
                                    Range{0xFFE0, 0xFFE6}, Range{0x1F300, 0x1FAFF}, Range{0x20000, 0x3FFFD}};
/// Combining marks and joiners.
constexpr std::array narrow_ranges = {Range{0x0300, 0x036F}, Range{0x0483, 0x0489}, Range{0x0591, 0x05BD},
                                      Range{0x0610, 0x061A}, Range{0x064B, 0x065F}, Range{0x0E34, 0x0E3A},
                                      Range{0x0E47, 0x0E4E}, Range{0x20D0, 0x20FF}, Range{0xFE00, 0xFE0F}};
/// C0 and C1 controls, line separators, invisible marks and those that turn the direction of writing.
constexpr std::array unprintable_ranges = {Range{0x0000, 0x001F}, Range{0x007F, 0x009F}, Range{0x061C, 0x061C},
                                           Range{0x200B, 0x200F}, Range{0x2028, 0x202E}, Range{0x2060, 0x206F},
                                           Range{0xE000, 0xF8FF}, Range{0xFEFF, 0xFEFF}, Range{0xFFF0, 0xFFFF}};

template <typename Ranges>
bool contains(const Ranges& ranges, char32_t character) {
    for (const Range& range : ranges)
        if (character >= range.first && character <= range.last) return true;
    return false;
}

std::size_t width_of(char32_t character) {
    return contains(narrow_ranges, character) ? 0 : contains(wide_ranges, character) ? 2 : 1;
}

}  // namespace

std::string printable(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const Utf8Character character = first_character(text);
        const std::size_t size = character.size == 0 ? 1 : character.size;
        if (character.size == 0 || contains(unprintable_ranges, character.code_point)) {
            out.push_back('?');
        } else {
            out.append(text.substr(0, size));
        }
        text.remove_prefix(size);
    }
    return out;
}

std::size_t text_width(std::string_view text) {
    std::size_t width = 0;
    while (!text.empty()) {
        const Utf8Character character = first_character(text);
        width += character.size == 0 ? 1 : width_of(character.code_point);
        text.remove_prefix(character.size == 0 ? 1 : character.size);
    }
    return width;
}

std::string elided(std::string_view text, std::size_t columns) {
    if (text_width(text) <= columns) return std::string{text};
    if (columns == 0) return {};
    std::string out;
    std::size_t width = 0;
    while (!text.empty()) {
        const Utf8Character character = first_character(text);
        const std::size_t size = character.size == 0 ? 1 : character.size;
        const std::size_t wide = character.size == 0 ? 1 : width_of(character.code_point);
        if (width + wide > columns - 1) break;
        width += wide;
        out.append(text.substr(0, size));
        text.remove_prefix(size);
    }
    return out + "…";
}

std::vector<std::string> wrapped(std::string_view text, std::size_t columns) {
    std::vector<std::string> lines(1);
    while (!text.empty()) {
        const std::size_t space = std::min(text.find(' '), text.size());
        const std::string word = elided(text.substr(0, space), columns);
        text.remove_prefix(std::min(space + 1, text.size()));
        if (word.empty()) continue;
        const std::size_t width = text_width(lines.back());
        if (width > 0 && width + 1 + text_width(word) > columns) lines.emplace_back();
        if (!lines.back().empty()) lines.back() += ' ';
        lines.back() += word;
    }
    return lines;
}

}  // namespace muxtap::text
