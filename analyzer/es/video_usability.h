#pragma once

#include <cstdint>

#include "analyzer/es/video_format.h"
#include "common/base/bit_reader.h"

namespace muxtap::es {

/// vui_parameters() from aspect_ratio_info to chroma_loc_info, which H.264 (E.1.1) and HEVC (E.2.1) have in common:
/// shape of the samples and colour.
inline void read_usability(BitReader& reader, VideoFormat& format) noexcept {
    if (reader.flag()) {
        const auto aspect_ratio_idc = static_cast<std::uint8_t>(reader.u(8));
        if (aspect_ratio_idc == 255) {
            const std::uint32_t width = reader.u(16);
            format.aspect = {width, reader.u(16)};
        } else {
            format.aspect = sample_aspect(aspect_ratio_idc);
        }
    }
    if (reader.flag()) reader.skip(1);  // overscan
    if (reader.flag()) {                // video_signal_type
        reader.skip(3);
        format.full_range = reader.flag();
        if (reader.flag()) {
            format.colour_primaries = static_cast<std::uint8_t>(reader.u(8));
            format.transfer_characteristics = static_cast<std::uint8_t>(reader.u(8));
            format.matrix_coefficients = static_cast<std::uint8_t>(reader.u(8));
        }
    }
    if (reader.flag()) {  // chroma_loc_info
        (void)reader.ue();
        (void)reader.ue();
    }
}

}  // namespace muxtap::es
