#include "common/text/numbers.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace muxtap::text {
namespace {

template <typename... Values>
std::string formatted(const char* format, Values... values) {
    std::array<char, 64> text{};
    const int size = std::snprintf(text.data(), text.size(), format, values...);
    return {text.data(), static_cast<std::size_t>(std::max(0, std::min(size, 63)))};
}

/// Four significant digits with a prefix of the power of 1000.
std::string scaled(double number, const char* unit) {
    constexpr std::array prefixes = {"", "k", "M", "G", "T", "P", "E"};
    std::size_t power = 0;
    while (number >= 999.95 && power + 1 < prefixes.size()) {
        number /= 1000;
        ++power;
    }
    const int digits = power == 0 ? 0 : number < 9.9995 ? 3 : number < 99.995 ? 2 : 1;
    return formatted("%.*f %s%s", digits, number, prefixes[power], unit);
}

}  // namespace

std::string grouped(std::uint64_t number) {
    const std::string digits = std::to_string(number);
    std::string text;
    for (std::size_t i = 0; i < digits.size(); ++i) {
        if (i > 0 && (digits.size() - i) % 3 == 0) text.push_back(',');
        text.push_back(digits[i]);
    }
    return text;
}

std::string count_text(std::uint64_t number) {
    return number < 10'000'000 ? grouped(number) : scaled(static_cast<double>(number), "");
}

std::string fixed(double number, int digits) {
    if (!std::isfinite(number)) return "-";
    constexpr double largest_in_full = 1e15;
    if (std::abs(number) >= largest_in_full) return formatted("%.3g", number);
    // No minus before a zero.
    const double least = 0.5 * std::pow(10.0, -digits);
    return formatted("%.*f", digits, std::abs(number) < least ? 0.0 : number);
}

std::string bit_rate(std::uint64_t bits_per_second) {
    return scaled(static_cast<double>(bits_per_second), "b/s");
}

std::string byte_size(std::uint64_t bytes) {
    return scaled(static_cast<double>(bytes), "B");
}

std::string percent(double share) {
    return fixed(share * 100, 2) + " %";
}

}  // namespace muxtap::text
