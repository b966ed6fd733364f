#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "client/frames/pictures/picture.h"
#include "common/base/result.h"

namespace muxtap::frames {

enum class ImageFormat : std::uint8_t { jpeg, png };

/// "image/jpeg", as in RFC 2046.
[[nodiscard]] std::string_view media_type(ImageFormat format) noexcept;
/// "jpg" or "png".
[[nodiscard]] std::string_view file_extension(ImageFormat format) noexcept;

using Image = std::vector<std::uint8_t>;

class ImageWriter;

/// Encodes pictures. Keeps its memory between calls; used by one thread.
class ImageEncoder {
public:
    /// `quality`: of JPEG, 1 to 100.
    ImageEncoder(ImageFormat format, unsigned quality);
    ~ImageEncoder();
    ImageEncoder(const ImageEncoder&) = delete;
    ImageEncoder& operator=(const ImageEncoder&) = delete;

    [[nodiscard]] ImageFormat format() const noexcept { return format_; }
    /// The error says why: a picture that the format cannot hold (JPEG: 65,500 samples a side).
    [[nodiscard]] Result<Image> encode(const Picture& picture);

private:
    ImageFormat format_;
    std::unique_ptr<ImageWriter> writer_;
};

}  // namespace muxtap::frames
