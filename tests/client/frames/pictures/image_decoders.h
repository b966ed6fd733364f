#pragma once

#include <png.h>
#include <turbojpeg.h>

#include <array>
#include <catch2/catch.hpp>
#include <cstdint>
#include <memory>
#include <vector>

#include "client/frames/pictures/image_encoder.h"
#include "tests/client/frames/pictures/made_pictures.h"

namespace muxtap::frames::test {

/// The planes of a 4:2:0 JPEG image. A column and a row that make odd sizes even are cut off.
inline Picture decoded_jpeg(const Image& image) {
    const std::unique_ptr<void, int (*)(void*)> handle(tjInitDecompress(), tjDestroy);
    int width = 0;
    int height = 0;
    int subsampling = 0;
    int colours = 0;
    REQUIRE(tjDecompressHeader3(handle.get(), image.data(), image.size(), &width, &height, &subsampling, &colours) ==
            0);
    REQUIRE(subsampling == TJSAMP_420);
    REQUIRE(colours == TJCS_YCbCr);
    const auto columns = static_cast<unsigned>(width);
    const auto rows = static_cast<unsigned>(height);
    Picture even = flat(columns + columns % 2, rows + rows % 2, 0);
    std::array<unsigned char*, 3> planes = {even.luma.samples.data(), even.blue.samples.data(),
                                            even.red.samples.data()};
    REQUIRE(tjDecompressToYUVPlanes(handle.get(), image.data(), image.size(), planes.data(), width, nullptr, height,
                                    0) == 0);
    Picture picture = flat(columns, rows, 0);
    for (std::size_t y = 0; y < rows; ++y)
        std::copy_n(&even.luma.samples[y * even.width()], columns, &picture.luma.samples[y * columns]);
    picture.blue = even.blue;
    picture.red = even.red;
    return picture;
}

/// 8-bit RGB.
struct Colours {
    unsigned width = 0;
    unsigned height = 0;
    std::vector<std::uint8_t> samples;
};

inline Colours decoded_png(const Image& file) {
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    REQUIRE(png_image_begin_read_from_memory(&image, file.data(), file.size()) != 0);
    CHECK(image.format == PNG_FORMAT_RGB);
    CHECK((image.flags & PNG_IMAGE_FLAG_COLORSPACE_NOT_sRGB) == 0);
    image.format = PNG_FORMAT_RGB;
    Colours colours{image.width, image.height, std::vector<std::uint8_t>(PNG_IMAGE_SIZE(image))};
    REQUIRE(png_image_finish_read(&image, nullptr, colours.samples.data(), 0, nullptr) != 0);
    return colours;
}

}  // namespace muxtap::frames::test
