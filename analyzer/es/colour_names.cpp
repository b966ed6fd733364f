#include "analyzer/es/colour_names.h"

#include <array>
#include <cstddef>

namespace muxtap::es {
namespace {

template <std::size_t Count>
std::string_view entry(const std::array<std::string_view, Count>& names, std::uint8_t code) noexcept {
    return code < Count ? names[code] : std::string_view{};
}

}  // namespace

std::string_view colour_primaries_name(std::uint8_t code) noexcept {
    static constexpr std::array<std::string_view, 23> names = {
        "",           "BT.709",       "",        "",         "BT.470 M", "BT.470 BG", "SMPTE 170M",
        "SMPTE 240M", "Generic film", "BT.2020", "ST 428-1", "DCI-P3",   "Display P3"};
    return code == 22 ? "EBU 3213-E" : entry(names, code);
}

std::string_view transfer_characteristics_name(std::uint8_t code) noexcept {
    static constexpr std::array<std::string_view, 19> names = {"",
                                                               "BT.709",
                                                               "",
                                                               "",
                                                               "BT.470 M",
                                                               "BT.470 BG",
                                                               "SMPTE 170M",
                                                               "SMPTE 240M",
                                                               "Linear",
                                                               "Logarithmic 100:1",
                                                               "Logarithmic 316:1",
                                                               "IEC 61966-2-4",
                                                               "BT.1361",
                                                               "sRGB",
                                                               "BT.2020 10 bit",
                                                               "BT.2020 12 bit",
                                                               "PQ",
                                                               "ST 428-1",
                                                               "HLG"};
    return entry(names, code);
}

std::string_view matrix_coefficients_name(std::uint8_t code) noexcept {
    static constexpr std::array<std::string_view, 15> names = {"Identity",
                                                               "BT.709",
                                                               "",
                                                               "",
                                                               "FCC 73.682",
                                                               "BT.470 BG",
                                                               "SMPTE 170M",
                                                               "SMPTE 240M",
                                                               "YCgCo",
                                                               "BT.2020 NCL",
                                                               "BT.2020 CL",
                                                               "ST 2085",
                                                               "Chromaticity NCL",
                                                               "Chromaticity CL",
                                                               "ICtCp"};
    return entry(names, code);
}

}  // namespace muxtap::es
