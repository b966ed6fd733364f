#pragma once

#include <cstdint>
#include <string>

#include "analyzer/es/colour_names.h"
#include "analyzer/report/stream_info.h"

namespace muxtap::es {

/// chroma_format_idc as in H.264, HEVC and VVC; `unknown` before a header was read.
enum class ChromaFormat : std::uint8_t { monochrome = 0, yuv420 = 1, yuv422 = 2, yuv444 = 3, unknown = 4 };

/// A ratio as it was sent, or reduced where that is said; 0/0 while not known.
struct Ratio {
    std::uint32_t numerator = 0;
    std::uint32_t denominator = 0;

    [[nodiscard]] bool known() const noexcept { return numerator != 0 && denominator != 0; }
    [[nodiscard]] bool operator==(const Ratio&) const noexcept = default;
};

/// In lowest terms; 0/0 when either part is 0.
[[nodiscard]] Ratio reduced(std::uint64_t numerator, std::uint64_t denominator) noexcept;

/// Shape of a sample by aspect_ratio_idc (ITU-T H.273, table 12), not for 255 (extended); 0/0 when not in the table.
[[nodiscard]] Ratio sample_aspect(std::uint8_t aspect_ratio_idc) noexcept;

/// What sequence headers and parameter sets say of a video stream.
struct VideoFormat {
    /// Where the headers tell it: MPEG-1 and MPEG-2 video come under each other's stream_type.
    analyzer::Codec codec = analyzer::Codec::unknown;
    std::string profile;
    std::string level;
    std::string tier;
    std::uint16_t width = 0;
    std::uint16_t height = 0;
    Ratio frame_rate;
    Ratio aspect;  ///< of a sample
    /// `unknown` where each picture says for itself.
    analyzer::ScanType scan = analyzer::ScanType::unknown;
    /// And what holds for pictures that do not say it.
    analyzer::ScanType scan_untold = analyzer::ScanType::unknown;
    ChromaFormat chroma = ChromaFormat::unknown;
    std::uint8_t bit_depth = 0;
    std::uint8_t colour_primaries = colour_unspecified;
    std::uint8_t transfer_characteristics = colour_unspecified;
    std::uint8_t matrix_coefficients = colour_unspecified;
    bool full_range = false;
    std::uint64_t signalled_bitrate = 0;      ///< bits per second; 0: not signalled
    std::uint64_t signalled_buffer_bits = 0;  ///< CPB or VBV
    std::uint64_t level_bitrate = 0;          ///< most that profile and level allow; 0 when not known
    std::uint64_t level_buffer_bits = 0;

    [[nodiscard]] bool operator==(const VideoFormat&) const noexcept = default;
};

/// Writes a format into the report, the frame rate, scan and transfer characteristics excepted: they depend on the
/// pictures, too.
void write_format(const VideoFormat& format, analyzer::VideoInfo& info);

}  // namespace muxtap::es
