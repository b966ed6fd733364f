#include "client/frames/pictures/filmstrip.h"

#include <catch2/catch.hpp>

#include "client/frames/pictures/image_encoder.h"
#include "tests/client/frames/pictures/made_pictures.h"

namespace muxtap::frames {
namespace {

using test::flat;
using test::scene;

/// The chroma sample that a column and row of luma has.
unsigned chroma_at(const Picture& picture, const Plane& chroma, unsigned column, unsigned row) {
    REQUIRE(column < picture.width());
    return chroma.samples[std::size_t{row} / 2 * chroma.width + column / 2];
}

/// The strip as it is defined: luma column by column, chroma the mean over the columns of a sample.
Picture slow_strip(const std::vector<Picture>& pictures) {
    unsigned width = 0;
    for (const Picture& picture : pictures) width += picture.width();
    const unsigned height = pictures.front().height();
    Picture strip = flat(width, height, 0);
    struct Place {
        const Picture* picture;
        unsigned column;
    };
    std::vector<Place> columns;
    for (const Picture& picture : pictures)
        for (unsigned x = 0; x < picture.width(); ++x) columns.push_back({&picture, x});
    for (unsigned y = 0; y < height; ++y)
        for (unsigned x = 0; x < width; ++x) {
            const auto [picture, column] = columns[x];
            strip.luma.samples[std::size_t{y} * width + x] =
                picture->luma.samples[std::size_t{y} * picture->width() + column];
            if (x % 2 != 0 || y % 2 != 0) continue;
            const auto [next, next_column] = columns[x + 1 < width ? x + 1 : x];
            const std::size_t at = std::size_t{y} / 2 * strip.blue.width + x / 2;
            strip.blue.samples[at] = static_cast<std::uint8_t>(
                (chroma_at(*picture, picture->blue, column, y) + chroma_at(*next, next->blue, next_column, y) + 1) / 2);
            strip.red.samples[at] = static_cast<std::uint8_t>(
                (chroma_at(*picture, picture->red, column, y) + chroma_at(*next, next->red, next_column, y) + 1) / 2);
        }
    return strip;
}

TEST_CASE("a strip shows its pictures side by side, the oldest on the left, whatever their widths") {
    for (const std::vector<unsigned>& widths : {std::vector<unsigned>{170, 170, 170},
                                                {171, 171, 171},
                                                {1, 1, 1, 1, 1},
                                                {3, 4, 5, 6, 1, 2},
                                                {1},
                                                {2, 1, 2},
                                                {1, 2, 2, 1},
                                                {9, 1, 1, 8}})
        for (const unsigned height : {6U, 7U, 1U}) {
            CAPTURE(widths, height);
            Filmstrip strip(widths.size());
            std::vector<Picture> pictures;
            for (const unsigned width : widths) {
                pictures.push_back(scene(width, height, width + static_cast<unsigned>(pictures.size())));
                strip.add(pictures.back());
                CHECK(strip.picture() == slow_strip(pictures));
            }
        }
}

TEST_CASE("a full strip loses its oldest picture") {
    Filmstrip strip(3);
    std::vector<Picture> pictures;
    for (unsigned i = 0; i < 7; ++i) {
        pictures.push_back(scene(31 + i, 9, i));
        strip.add(pictures.back());
        if (pictures.size() > 3) pictures.erase(pictures.begin());
    }
    CHECK(strip.picture() == slow_strip(pictures));
}

TEST_CASE("pictures of another height begin the strip anew") {
    Filmstrip strip(4);
    strip.add(flat(20, 10, 50));
    strip.add(flat(20, 10, 60));
    strip.add(flat(20, 12, 70));
    CHECK(strip.picture() == flat(20, 12, 70));
    strip.add(flat(20, 10, 80));
    CHECK(strip.picture() == flat(20, 10, 80));
}

TEST_CASE("a strip without pictures is empty, and one of the length 0 has one picture") {
    Filmstrip strip(0);
    CHECK(strip.picture() == Picture{});
    strip.add(flat(8, 8, 1));
    strip.add(flat(6, 8, 2));
    CHECK(strip.picture() == flat(6, 8, 2));
}

TEST_CASE("pictures without samples take up no room") {
    Filmstrip strip(3);
    strip.add(flat(5, 4, 9));
    strip.add(flat(0, 4, 9));
    strip.add(flat(5, 4, 9));
    CHECK(strip.picture() == flat(10, 4, 9));
    strip.add({});
    CHECK(strip.picture() == Picture{});
}

TEST_CASE("a strip that is wider than a JPEG image can be leaves its oldest pictures out") {
    Filmstrip strip(40);
    for (unsigned i = 0; i < 40; ++i) strip.add(flat(1920, 2, static_cast<std::uint8_t>(i)));
    CHECK(strip.picture().width() == 34 * 1920);  // 65,280
    CHECK(strip.picture().luma.samples.front() == 6);
    CHECK(strip.picture().luma.samples.back() == 39);
    CHECK(ImageEncoder(ImageFormat::jpeg, 75).encode(strip.picture()));
    strip.add(flat(220, 2, 77));
    CHECK(strip.picture().width() == Filmstrip::most_width);
    strip.add(flat(1, 2, 78));
    CHECK(strip.picture().width() == Filmstrip::most_width + 1 - 1920);
}

}  // namespace
}  // namespace muxtap::frames
