#include "client/frames/pictures/picture_hash.h"

#include <catch2/catch.hpp>

#include "tests/client/frames/pictures/image_decoders.h"
#include "tests/client/frames/pictures/made_pictures.h"

namespace muxtap::frames {
namespace {

using test::fill;
using test::flat_plane;
using test::scene;
using test::with_noise;

std::uint64_t hash_of(const Plane& luma) {
    return PictureHasher().hash(luma);
}

/// Gradients, bars, flat, and a bright square on dark: most of their coefficients are 0.
std::vector<Plane> simple_pictures(unsigned width, unsigned height) {
    const std::vector<std::function<double(double, double)>> values = {
        [](double x, double) { return 20 + 200 * x; },
        [](double x, double) { return 220 - 200 * x; },
        [](double, double y) { return 20 + 200 * y; },
        [](double, double y) { return 220 - 200 * y; },
        [](double, double) { return 128; },
        [](double x, double) { return x < 0.5 ? 200 : 50; },
        [](double x, double) { return std::fmod(x * 8, 2) < 1 ? 200 : 50; },
        [](double x, double y) { return x > 0.25 && x < 0.5 && y > 0.25 && y < 0.5 ? 220 : 30; },
    };
    std::vector<Plane> pictures;
    for (const auto& value : values) {
        pictures.push_back(flat_plane(width, height, 0));
        fill(pictures.back(), value);
    }
    return pictures;
}

TEST_CASE("the distance of hashes is the number of bits in which they differ") {
    CHECK(hash_distance(0, 0) == 0);
    CHECK(hash_distance(0b1011, 0b0010) == 2);
    CHECK(hash_distance(0, ~std::uint64_t{0}) == 64);
}

TEST_CASE("flat pictures have the hash 0, with and without noise") {
    for (const std::uint8_t luma : std::vector<std::uint8_t>{0, 1, 16, 128, 254, 255})
        for (const unsigned width : {1U, 31U, 32U, 171U, 640U}) {
            CAPTURE(int{luma}, width);
            const Plane plane = flat_plane(width, width * 9 / 16 + 1, luma);
            CHECK(hash_of(plane) == 0);
            if (width < 32) continue;  // there, samples are larger than cells
            for (unsigned seed = 0; seed < 20; ++seed) CHECK(hash_of(with_noise(plane, 1, seed)) == 0);
        }
    CHECK(hash_of({}) == 0);
}

TEST_CASE("noise of one step turns hardly a bit, also in pictures of few coefficients") {
    for (const Plane& plane : simple_pictures(171, 96)) {
        const std::uint64_t hash = hash_of(plane);
        for (unsigned seed = 0; seed < 20; ++seed) CHECK(hash_distance(hash, hash_of(with_noise(plane, 1, seed))) <= 1);
    }
    for (unsigned shown = 0; shown < 20; ++shown) {
        const Plane plane = scene(171, 96, shown).luma;
        for (unsigned seed = 0; seed < 5; ++seed)
            CHECK(hash_distance(hash_of(plane), hash_of(with_noise(plane, 1, seed))) <= 2);
    }
}

TEST_CASE("a picture has about the same hash in each size") {
    for (unsigned shown = 0; shown < 20; ++shown) {
        CAPTURE(shown);
        const std::uint64_t hash = hash_of(scene(800, 450, shown).luma);
        CHECK(hash_distance(hash, hash_of(scene(400, 225, shown).luma)) <= 2);
        CHECK(hash_distance(hash, hash_of(scene(171, 97, shown).luma)) <= 4);
        CHECK(hash_distance(hash, hash_of(scene(32, 33, shown).luma)) <= 6);
    }
}

TEST_CASE("a picture has about the same hash behind JPEG") {
    ImageEncoder encoder(ImageFormat::jpeg, 50);
    for (unsigned shown = 0; shown < 20; ++shown) {
        CAPTURE(shown);
        const Picture picture = scene(320, 180, shown);
        const Picture decoded = test::decoded_jpeg(encoder.encode(picture).value());
        REQUIRE(decoded.luma != picture.luma);
        CHECK(hash_distance(hash_of(picture.luma), hash_of(decoded.luma)) <= 4);
    }
}

TEST_CASE("a picture that is brighter as a whole has about the same hash") {
    for (unsigned shown = 0; shown < 20; ++shown) {
        const Plane plane = scene(171, 96, shown).luma;
        Plane brighter = plane;
        for (std::uint8_t& sample : brighter.samples) sample = static_cast<std::uint8_t>(std::min(255, sample + 10));
        CHECK(hash_distance(hash_of(plane), hash_of(brighter)) <= 4);
    }
}

TEST_CASE("different pictures have different hashes") {
    for (unsigned one = 0; one < 20; ++one)
        for (unsigned other = 0; other < one; ++other) {
            CAPTURE(one, other);
            CHECK(hash_distance(hash_of(scene(171, 96, one).luma), hash_of(scene(171, 96, other).luma)) >= 10);
        }
    const std::vector<Plane> simple = simple_pictures(171, 96);
    for (std::size_t one = 0; one < simple.size(); ++one)
        for (std::size_t other = 0; other < one; ++other) {
            CAPTURE(one, other);
            CHECK(hash_of(simple[one]) != hash_of(simple[other]));
        }
}

TEST_CASE("a cell is the mean of its area: cells of parts of samples agree with those of many samples") {
    // 3 samples a side over 32 cells, and each of them as 32 samples.
    const Plane small = with_noise(flat_plane(3, 3, 128), 100, 4);
    Plane large = flat_plane(96, 96, 0);
    for (unsigned y = 0; y < 96; ++y)
        for (unsigned x = 0; x < 96; ++x)
            large.samples[std::size_t{y} * 96 + x] = small.samples[std::size_t{y} / 32 * 3 + x / 32];
    CHECK(hash_of(small) != 0);
    CHECK(hash_of(small) == hash_of(large));
}

TEST_CASE("a hasher takes pictures of different sizes one after another") {
    PictureHasher hasher;
    const std::uint64_t small = hash_of(scene(40, 50, 1).luma);
    const std::uint64_t large = hash_of(scene(400, 300, 2).luma);
    for (int i = 0; i < 3; ++i) {
        CHECK(hasher.hash(scene(40, 50, 1).luma) == small);
        CHECK(hasher.hash(scene(400, 300, 2).luma) == large);
    }
}

}  // namespace
}  // namespace muxtap::frames
