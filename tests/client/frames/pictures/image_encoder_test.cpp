#include "client/frames/pictures/image_encoder.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <string>

#include "tests/client/frames/pictures/image_decoders.h"

namespace muxtap::frames {
namespace {

using test::decoded_jpeg;
using test::decoded_png;
using test::flat;
using test::scene;

int largest_difference(const Plane& one, const Plane& other) {
    REQUIRE(one.width == other.width);
    REQUIRE(one.height == other.height);
    int largest = 0;
    for (std::size_t i = 0; i < one.samples.size(); ++i)
        largest = std::max(largest, std::abs(one.samples[i] - other.samples[i]));
    return largest;
}

bool says(const Result<Image>& result, const std::string& part) {
    return !result && result.error().message.find(part) != std::string::npos;
}

TEST_CASE("formats have the names of RFC 2046 and the usual extensions") {
    CHECK(media_type(ImageFormat::jpeg) == "image/jpeg");
    CHECK(media_type(ImageFormat::png) == "image/png");
    CHECK(file_extension(ImageFormat::jpeg) == "jpg");
    CHECK(file_extension(ImageFormat::png) == "png");
    CHECK(ImageEncoder(ImageFormat::png, 75).format() == ImageFormat::png);
}

TEST_CASE("the planes of a JPEG image are those of the picture, in even and odd sizes, one after another") {
    ImageEncoder encoder(ImageFormat::jpeg, 98);
    struct Size {
        unsigned width, height;
    };
    for (const auto [width, height] : {Size{320, 180}, Size{171, 96}, Size{170, 97}, Size{171, 97}, Size{640, 359},
                                       Size{16, 16}, Size{17, 1}, Size{1, 17}, Size{1, 1}, Size{2, 2}, Size{3, 3}}) {
        CAPTURE(width, height);
        const Picture picture = scene(width, height, 5);
        const auto image = encoder.encode(picture);
        REQUIRE(image);
        const Picture decoded = decoded_jpeg(*image);
        CHECK(decoded.width() == width);
        CHECK(decoded.height() == height);
        // Where the picture ends, the coder's own filling shows.
        CHECK(largest_difference(decoded.luma, picture.luma) <= 8);
        CHECK(largest_difference(decoded.blue, picture.blue) <= 8);
        CHECK(largest_difference(decoded.red, picture.red) <= 8);
    }
}

TEST_CASE("full range stays full range in a JPEG image, and it begins as JFIF") {
    ImageEncoder encoder(ImageFormat::jpeg, 90);
    for (const std::uint8_t luma : std::vector<std::uint8_t>{0, 16, 128, 235, 255}) {
        const Picture picture = flat(32, 32, luma, 60, 200);
        const auto image = encoder.encode(picture);
        REQUIRE(image);
        CHECK(std::string(image->begin() + 6, image->begin() + 10) == "JFIF");
        const Picture decoded = decoded_jpeg(*image);
        CHECK(largest_difference(decoded.luma, picture.luma) <= 1);
        CHECK(largest_difference(decoded.blue, picture.blue) <= 1);
        CHECK(largest_difference(decoded.red, picture.red) <= 1);
    }
}

TEST_CASE("what makes an odd size even is like its neighbours") {
    ImageEncoder encoder(ImageFormat::jpeg, 75);
    REQUIRE(encoder.encode(scene(64, 64, 1)));
    const std::size_t even = encoder.encode(flat(34, 18, 200)).value().size();
    CHECK(encoder.encode(flat(33, 17, 200)).value().size() == even);
    CHECK(encoder.encode(flat(34, 17, 200)).value().size() == even);
    CHECK(encoder.encode(flat(33, 18, 200)).value().size() == even);
}

TEST_CASE("a lower quality makes a smaller JPEG image; a quality out of range is taken as the nearest") {
    const Picture picture = scene(320, 180, 3);
    const auto size_at = [&](unsigned quality) {
        return ImageEncoder(ImageFormat::jpeg, quality).encode(picture).value().size();
    };
    CHECK(size_at(20) < size_at(75));
    CHECK(size_at(75) < size_at(95));
    CHECK(size_at(0) == size_at(1));
    CHECK(size_at(1000) == size_at(100));
}

TEST_CASE("encoding the same picture again gives the same bytes") {
    for (const ImageFormat format : {ImageFormat::jpeg, ImageFormat::png}) {
        ImageEncoder encoder(format, 75);
        const Image first = encoder.encode(scene(171, 97, 1)).value();
        REQUIRE(encoder.encode(scene(640, 360, 2)));
        CHECK(encoder.encode(scene(171, 97, 1)).value() == first);
    }
}

TEST_CASE("the colours of a PNG image are those that BT.601 gives, rounded to the nearest") {
    ImageEncoder encoder(ImageFormat::png, 75);
    // Of two that are as near, either.
    const auto nearest = [](std::uint8_t sample, double exact) {
        return std::abs(sample - std::clamp(exact, 0.0, 255.0)) <= 0.501;
    };
    for (const unsigned odd : {0U, 1U}) {
        // Each chroma of a grid, with luma over the whole range.
        Picture picture = flat(128 + odd, 64 + odd, 0);
        for (std::size_t i = 0; i < picture.luma.samples.size(); ++i)
            picture.luma.samples[i] = static_cast<std::uint8_t>(i * 37);
        for (std::size_t i = 0; i < picture.blue.samples.size(); ++i) {
            picture.blue.samples[i] = static_cast<std::uint8_t>(i * 17);
            picture.red.samples[i] = static_cast<std::uint8_t>(i * 5 + i / 7);
        }
        const auto image = encoder.encode(picture);
        REQUIRE(image);
        const test::Colours colours = decoded_png(*image);
        REQUIRE(colours.width == picture.width());
        REQUIRE(colours.height == picture.height());
        std::size_t wrong = 0;
        for (std::size_t y = 0; y < colours.height; ++y)
            for (std::size_t x = 0; x < colours.width; ++x) {
                const double luma = picture.luma.samples[y * picture.width() + x];
                const double blue = picture.blue.samples[y / 2 * picture.blue.width + x / 2] - 128.0;
                const double red = picture.red.samples[y / 2 * picture.red.width + x / 2] - 128.0;
                const std::uint8_t* const colour = &colours.samples[(y * colours.width + x) * 3];
                if (!nearest(colour[0], luma + 1.402 * red)) ++wrong;
                if (!nearest(colour[1], luma - 0.344136 * blue - 0.714136 * red)) ++wrong;
                if (!nearest(colour[2], luma + 1.772 * blue)) ++wrong;
            }
        CHECK(wrong == 0);
    }
}

TEST_CASE("a picture of one sample is a PNG image too") {
    const auto image = ImageEncoder(ImageFormat::png, 75).encode(flat(1, 1, 200));
    REQUIRE(image);
    CHECK(decoded_png(*image).samples == std::vector<std::uint8_t>{200, 200, 200});
}

TEST_CASE("a JPEG image has up to 65,500 samples a side, and the error says so") {
    ImageEncoder encoder(ImageFormat::jpeg, 75);
    CHECK(encoder.encode(flat(65'500, 2, 80)));
    CHECK(encoder.encode(flat(2, 65'500, 80)));
    CHECK(says(encoder.encode(flat(65'501, 2, 80)), "at most 65,500 samples a side, this picture has 65501x2"));
    CHECK(says(encoder.encode(flat(1, 65'501, 80)), "1x65501"));
    CHECK(encoder.encode(flat(16, 16, 80)));
    CHECK(ImageEncoder(ImageFormat::png, 75).encode(flat(65'501, 2, 80)));
}

TEST_CASE("what libpng refuses is an error, and the encoder goes on") {
    ImageEncoder encoder(ImageFormat::png, 75);
    CHECK(says(encoder.encode(flat(1'000'001, 1, 80)), "cannot encode PNG: "));
    CHECK(encoder.encode(flat(16, 16, 80)));
}

TEST_CASE("a picture without samples, and one whose planes are not of its size, are errors") {
    for (const ImageFormat format : {ImageFormat::jpeg, ImageFormat::png}) {
        ImageEncoder encoder(format, 75);
        CHECK(says(encoder.encode({}), "without samples"));
        CHECK(says(encoder.encode(flat(0, 5, 0)), "without samples"));
        Picture short_luma = flat(16, 16, 0);
        short_luma.luma.samples.pop_back();
        CHECK(says(encoder.encode(short_luma), "planes of a picture of 16x16"));
        Picture small_chroma = flat(17, 17, 0);
        small_chroma.red = flat(16, 16, 0).red;
        CHECK(says(encoder.encode(small_chroma), "are not of its size"));
        Picture no_chroma = flat(16, 16, 0);
        no_chroma.blue = {};
        CHECK(says(encoder.encode(no_chroma), "are not of its size"));
    }
}

}  // namespace
}  // namespace muxtap::frames
