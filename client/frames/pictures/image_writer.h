#pragma once

#include "client/frames/pictures/image_encoder.h"

namespace muxtap::frames {

/// Writes pictures in one format. Used by one thread.
class ImageWriter {
public:
    ImageWriter() = default;
    virtual ~ImageWriter() = default;
    ImageWriter(const ImageWriter&) = delete;
    ImageWriter& operator=(const ImageWriter&) = delete;

    /// The picture has samples, and its planes are of the sizes that `Picture` says.
    [[nodiscard]] virtual Result<Image> write(const Picture& picture) = 0;
};

}  // namespace muxtap::frames
