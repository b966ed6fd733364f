#include "analyzer/report/figures.h"

#include <array>
#include <charconv>
#include <string_view>

namespace muxtap::analyzer {

std::string hexadecimal(unsigned value, unsigned digits) {
    constexpr std::string_view figures = "0123456789ABCDEF";
    std::string text = "0x";
    for (unsigned i = digits < 8 ? digits : 8; i-- > 0;) text += figures[value >> (4 * i) & 15U];
    return text;
}

std::string duration_text(std::chrono::nanoseconds duration) {
    const double seconds = std::chrono::duration<double>(duration).count();
    const bool short_one = seconds < 0.1;
    std::array<char, 32> number{};
    const auto end = std::to_chars(number.data(), number.data() + number.size(), short_one ? seconds * 1e3 : seconds,
                                   std::chars_format::general, 3);
    return std::string(number.data(), end.ptr) + (short_one ? " ms" : " s");
}

}  // namespace muxtap::analyzer
