#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <numbers>
#include <random>
#include <vector>

#include "client/frames/pictures/picture.h"

/// Pictures made from nothing, the same on each run.
namespace muxtap::frames::test {

inline Plane flat_plane(unsigned width, unsigned height, std::uint8_t value) {
    return {width, height, std::vector<std::uint8_t>(std::size_t{width} * height, value)};
}

inline Picture flat(unsigned width, unsigned height, std::uint8_t luma, std::uint8_t blue = 128,
                    std::uint8_t red = 128) {
    return {flat_plane(width, height, luma), flat_plane((width + 1) / 2, (height + 1) / 2, blue),
            flat_plane((width + 1) / 2, (height + 1) / 2, red)};
}

inline std::uint8_t to_sample(double value) {
    return static_cast<std::uint8_t>(std::clamp(std::lround(value), 0L, 255L));
}

/// `value` of each sample's place: 0 to 1 from the left and from the top.
inline void fill(Plane& plane, const std::function<double(double, double)>& value) {
    for (unsigned y = 0; y < plane.height; ++y)
        for (unsigned x = 0; x < plane.width; ++x)
            plane.samples[std::size_t{y} * plane.width + x] =
                to_sample(value((x + 0.5) / plane.width, (y + 0.5) / plane.height));
}

/// Smooth shapes and an edge; others for each seed, the same in each size.
inline Picture scene(unsigned width, unsigned height, unsigned seed) {
    std::mt19937 random(seed);
    const auto number = [&](unsigned from, unsigned to) {
        return static_cast<double>(from + static_cast<unsigned>(random()) % (to - from + 1));
    };
    struct Wave {
        double right, down, phase, amplitude;
    };
    std::vector<Wave> waves;
    for (int i = 0; i < 8; ++i)
        waves.push_back({number(0, 30) / 10.0, number(0, 30) / 10.0, number(0, 62) / 10.0, number(4, 20)});
    const double edge = number(20, 80) / 100.0;
    Picture picture = flat(width, height, 0);
    fill(picture.luma, [&](double x, double y) {
        double value = x + y < 2 * edge ? 100 : 150;
        for (const Wave& wave : waves)
            value += wave.amplitude * std::cos(2 * std::numbers::pi * (wave.right * x + wave.down * y) + wave.phase);
        return value;
    });
    fill(picture.blue, [&](double x, double y) { return 128 + 60 * (x - y); });
    fill(picture.red, [&](double x, double y) { return 128 + 60 * (1 - x - y); });
    return picture;
}

/// Each sample is up to `amplitude` brighter or darker.
inline Plane with_noise(Plane plane, int amplitude, unsigned seed) {
    std::mt19937 random(seed);
    for (std::uint8_t& sample : plane.samples) {
        const int change = static_cast<int>(random() % static_cast<unsigned>(2 * amplitude + 1)) - amplitude;
        sample = static_cast<std::uint8_t>(std::clamp(sample + change, 0, 255));
    }
    return plane;
}

/// With a square of another luma, whole inside the picture.
inline Picture with_square(Picture picture, unsigned left, unsigned top, unsigned side, std::uint8_t luma) {
    for (unsigned y = top; y < top + side; ++y)
        for (unsigned x = left; x < left + side; ++x)
            picture.luma.samples.at(std::size_t{y} * picture.width() + x) = luma;
    return picture;
}

}  // namespace muxtap::frames::test
