#pragma once

#include <cstdint>
#include <vector>

#include "client/frames/pictures/image_writer.h"

namespace muxtap::frames {

/// PNG, 8-bit RGB, marked as sRGB.
class PngWriter final : public ImageWriter {
public:
    [[nodiscard]] Result<Image> write(const Picture& picture) override;

private:
    std::vector<std::uint8_t> colours_;  ///< red, green and blue of the samples
    std::vector<std::uint8_t> file_;
};

}  // namespace muxtap::frames
