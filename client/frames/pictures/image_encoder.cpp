#include "client/frames/pictures/image_encoder.h"

#include <cstddef>
#include <string>

#include "client/frames/pictures/jpeg_writer.h"
#include "client/frames/pictures/png_writer.h"

namespace muxtap::frames {
namespace {

bool has_size(const Plane& plane, unsigned width, unsigned height) {
    return plane.width == width && plane.height == height && plane.samples.size() == std::size_t{width} * height;
}

/// The writers and their libraries read as far as the sizes say.
bool is_whole(const Picture& picture) {
    const unsigned width = picture.width() / 2 + picture.width() % 2;
    const unsigned height = picture.height() / 2 + picture.height() % 2;
    return has_size(picture.luma, picture.width(), picture.height()) && has_size(picture.blue, width, height) &&
           has_size(picture.red, width, height);
}

std::unique_ptr<ImageWriter> writer_of(ImageFormat format, unsigned quality) {
    if (format == ImageFormat::png) return std::make_unique<PngWriter>();
    return std::make_unique<JpegWriter>(quality);
}

}  // namespace

std::string_view media_type(ImageFormat format) noexcept {
    return format == ImageFormat::png ? "image/png" : "image/jpeg";
}

std::string_view file_extension(ImageFormat format) noexcept {
    return format == ImageFormat::png ? "png" : "jpg";
}

ImageEncoder::ImageEncoder(ImageFormat format, unsigned quality)
    : format_(format), writer_(writer_of(format, quality)) {}

ImageEncoder::~ImageEncoder() = default;

Result<Image> ImageEncoder::encode(const Picture& picture) {
    if (picture.width() == 0 || picture.height() == 0) return fail("a picture without samples cannot be encoded");
    if (!is_whole(picture))
        return fail("the planes of a picture of " + std::to_string(picture.width()) + "x" +
                    std::to_string(picture.height()) + " are not of its size");
    return writer_->write(picture);
}

}  // namespace muxtap::frames
