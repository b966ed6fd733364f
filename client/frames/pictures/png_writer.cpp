#include "client/frames/pictures/png_writer.h"

#include <png.h>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <string>

namespace muxtap::frames {
namespace {

/// What chroma adds to luma, in steps of 8 bits.
struct Tint {
    int red;
    int green;
    int blue;
};

/// ITU-R BT.601 with full range (ITU-T T.871, 7), in 1/65536, to the nearest step.
Tint tint_of(std::uint8_t blue_difference, std::uint8_t red_difference) {
    const int blue = blue_difference - 128;
    const int red = red_difference - 128;
    const auto rounded = [](int value) { return (value + 0x8000) >> 16; };
    return {rounded(91'881 * red), rounded(-22'554 * blue - 46'802 * red), rounded(116'130 * blue)};
}

std::uint8_t clamped(int value) {
    return static_cast<std::uint8_t>(std::clamp(value, 0, 255));
}

void write_row(const Picture& picture, std::size_t y, std::uint8_t* out) {
    const std::uint8_t* const luma = &picture.luma.samples[y * picture.luma.width];
    const std::size_t chroma = y / 2 * picture.blue.width;
    for (std::size_t x = 0; x < picture.width(); x += 2) {
        const Tint tint = tint_of(picture.blue.samples[chroma + x / 2], picture.red.samples[chroma + x / 2]);
        const std::size_t end = std::min<std::size_t>(x + 2, picture.width());
        for (std::size_t i = x; i < end; ++i) {
            *out++ = clamped(luma[i] + tint.red);
            *out++ = clamped(luma[i] + tint.green);
            *out++ = clamped(luma[i] + tint.blue);
        }
    }
}

}  // namespace

Result<Image> PngWriter::write(const Picture& picture) {
    constexpr std::size_t channels = 3;
    const std::size_t row = channels * picture.width();
    if (row > std::numeric_limits<png_int_32>::max()) return fail("cannot encode PNG: the picture is too wide");
    colours_.resize(row * picture.height());
    for (std::size_t y = 0; y < picture.height(); ++y) write_row(picture, y, &colours_[y * row]);

    // The simplified interface of libpng catches its errors itself: nothing jumps over this function.
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    image.width = picture.width();
    image.height = picture.height();
    image.format = PNG_FORMAT_RGB;
    file_.resize(PNG_IMAGE_PNG_SIZE_MAX(image));
    png_alloc_size_t size = file_.size();
    if (png_image_write_to_memory(&image, file_.data(), &size, 0, colours_.data(), static_cast<png_int_32>(row),
                                  nullptr) == 0)
        return fail(std::string{"cannot encode PNG: "} + image.message);
    return Image(file_.data(), file_.data() + size);
}

}  // namespace muxtap::frames
