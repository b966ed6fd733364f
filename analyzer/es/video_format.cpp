#include "analyzer/es/video_format.h"

#include <array>
#include <numeric>

namespace muxtap::es {
namespace {

const char* chroma_name(ChromaFormat chroma) noexcept {
    switch (chroma) {
        case ChromaFormat::monochrome: return "4:0:0";
        case ChromaFormat::yuv420: return "4:2:0";
        case ChromaFormat::yuv422: return "4:2:2";
        case ChromaFormat::yuv444: return "4:4:4";
        case ChromaFormat::unknown: break;
    }
    return "";
}

}  // namespace

Ratio reduced(std::uint64_t numerator, std::uint64_t denominator) noexcept {
    if (numerator == 0 || denominator == 0) return {};
    const std::uint64_t divisor = std::gcd(numerator, denominator);
    numerator /= divisor;
    denominator /= divisor;
    if (numerator > UINT32_MAX || denominator > UINT32_MAX) return {};
    return {static_cast<std::uint32_t>(numerator), static_cast<std::uint32_t>(denominator)};
}

Ratio sample_aspect(std::uint8_t aspect_ratio_idc) noexcept {
    static constexpr std::array<Ratio, 17> table = {{{0, 0},
                                                     {1, 1},
                                                     {12, 11},
                                                     {10, 11},
                                                     {16, 11},
                                                     {40, 33},
                                                     {24, 11},
                                                     {20, 11},
                                                     {32, 11},
                                                     {80, 33},
                                                     {18, 11},
                                                     {15, 11},
                                                     {64, 33},
                                                     {160, 99},
                                                     {4, 3},
                                                     {3, 2},
                                                     {2, 1}}};
    return aspect_ratio_idc < table.size() ? table[aspect_ratio_idc] : Ratio{};
}

void write_format(const VideoFormat& format, analyzer::VideoInfo& info) {
    info.profile = format.profile;
    info.level = format.level;
    info.tier = format.tier;
    info.width = format.width;
    info.height = format.height;
    const Ratio sample = reduced(format.aspect.numerator, format.aspect.denominator);
    const Ratio display = reduced(std::uint64_t{format.width} * sample.numerator,  //
                                  std::uint64_t{format.height} * sample.denominator);
    const bool fits = sample.numerator <= UINT16_MAX && sample.denominator <= UINT16_MAX;
    info.sample_aspect_width = static_cast<std::uint16_t>(fits ? sample.numerator : 0);
    info.sample_aspect_height = static_cast<std::uint16_t>(fits ? sample.denominator : 0);
    const bool display_fits = display.numerator <= UINT16_MAX && display.denominator <= UINT16_MAX;
    info.display_aspect_width = static_cast<std::uint16_t>(display_fits ? display.numerator : 0);
    info.display_aspect_height = static_cast<std::uint16_t>(display_fits ? display.denominator : 0);
    info.chroma = chroma_name(format.chroma);
    info.bit_depth = format.bit_depth;
    info.colour_primaries = colour_primaries_name(format.colour_primaries);
    info.matrix_coefficients = matrix_coefficients_name(format.matrix_coefficients);
    info.full_range = format.full_range;
    info.max_bitrate = format.signalled_bitrate != 0 ? format.signalled_bitrate : format.level_bitrate;
    info.coded_buffer_bits =
        format.signalled_buffer_bits != 0 ? format.signalled_buffer_bits : format.level_buffer_bits;
    info.level_bitrate = format.level_bitrate;
    info.level_buffer_bits = format.level_buffer_bits;
}

}  // namespace muxtap::es
