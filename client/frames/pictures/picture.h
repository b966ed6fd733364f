#pragma once

#include <cstdint>
#include <vector>

namespace muxtap::frames {

/// 8-bit samples, rows from the top without padding.
struct Plane {
    unsigned width = 0;
    unsigned height = 0;
    std::vector<std::uint8_t> samples;

    [[nodiscard]] bool operator==(const Plane&) const = default;
};

/// A picture as it is judged, drawn on and encoded: Y'CbCr 4:2:0 with full range and the matrix of BT.601, as JFIF has
/// it; square samples, progressive. Chroma planes have half the luma's width and height, rounded up.
struct Picture {
    Plane luma;
    Plane blue;  ///< Cb
    Plane red;   ///< Cr

    [[nodiscard]] unsigned width() const noexcept { return luma.width; }
    [[nodiscard]] unsigned height() const noexcept { return luma.height; }
    [[nodiscard]] bool operator==(const Picture&) const = default;
};

}  // namespace muxtap::frames
