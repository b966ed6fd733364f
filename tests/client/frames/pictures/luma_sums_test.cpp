#include "client/frames/pictures/luma_sums.h"

#include <catch2/catch.hpp>

#include "tests/client/frames/pictures/made_pictures.h"

namespace muxtap::frames {
namespace {

using test::flat_plane;
using test::with_noise;

TEST_CASE("sums and differences are those of a plain loop, whatever the number of samples") {
    for (const unsigned size : {0U, 1U, 255U, 256U, 257U, 511U, 512U, 5000U}) {
        CAPTURE(size);
        const Plane one = with_noise(flat_plane(size, 1, 128), 127, 7 + size);
        const Plane other = with_noise(flat_plane(size, 1, 128), 127, 70'000 + size);
        LumaSums sums;
        std::uint64_t difference = 0;
        for (std::size_t i = 0; i < size; ++i) {
            sums.sum += one.samples[i];
            if (one.samples[i] <= 100) ++sums.dark;
            difference += static_cast<std::uint64_t>(std::abs(one.samples[i] - other.samples[i]));
        }
        CHECK(luma_sums(one.samples, 100) == sums);
        CHECK(luma_difference(one.samples, other.samples) == difference);
    }
}

TEST_CASE("samples at the ends of the range count in full") {
    const Plane black = flat_plane(1024, 3, 0);
    const Plane white = flat_plane(1024, 3, 255);
    CHECK(luma_difference(black.samples, white.samples) == 255U * 1024 * 3);
    CHECK(luma_difference(white.samples, black.samples) == 255U * 1024 * 3);
    CHECK(luma_sums(white.samples, 254) == LumaSums{255U * 1024 * 3, 0});
    CHECK(luma_sums(white.samples, 255) == LumaSums{255U * 1024 * 3, 1024U * 3});
    CHECK(luma_sums(black.samples, 0) == LumaSums{0, 1024U * 3});
}

}  // namespace
}  // namespace muxtap::frames
