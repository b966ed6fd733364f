#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "client/frames/pictures/image_writer.h"

namespace muxtap::frames {

/// Baseline JPEG, 4:2:0. The planes are compressed as they are: JFIF has the range and the matrix of `Picture`.
class JpegWriter final : public ImageWriter {
public:
    /// `quality`: 1 to 100.
    explicit JpegWriter(unsigned quality);

    [[nodiscard]] Result<Image> write(const Picture& picture) override;

private:
    struct CompressorDeleter {
        void operator()(void* compressor) const noexcept;
    };
    struct BufferDeleter {
        void operator()(std::uint8_t* buffer) const noexcept;
    };

    [[nodiscard]] bool reserve(std::size_t size);
    [[nodiscard]] const Plane& evened(const Plane& luma);

    int quality_;
    std::unique_ptr<void, CompressorDeleter> compressor_;
    std::unique_ptr<std::uint8_t, BufferDeleter> buffer_;
    std::size_t capacity_ = 0;
    Plane even_;
};

}  // namespace muxtap::frames
