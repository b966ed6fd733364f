#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "client/frames/pictures/picture.h"

namespace muxtap::frames {

/// Perceptual hashes of pictures: alike pictures, whatever their size, differ in few bits.
///
/// The luma is averaged down to 32×32 cells; of their DCT-II the 8×8 lowest coefficients each give a bit: whether it is
/// above the median of them all. The first one, the mean, is left out: its bit is 0. A coefficient counts as above
/// only from a margin on that noise does not reach, so that what a picture does not contain (most coefficients of a
/// simple one) does not turn its bits at random. Half of them are taken with the opposite sign: those of a gradient are
/// all of one sign, and its hash would be that of a flat picture. A flat picture has the hash 0.
///
/// The idea is that of pHash and of OpenCV's img_hash. OpenCV itself would bring packages of over 100 MB.
/// Keeps its memory between calls; used by one thread.
class PictureHasher {
public:
    static constexpr std::size_t cells = 32;        ///< a side
    static constexpr std::size_t coefficients = 8;  ///< a side

    PictureHasher();

    [[nodiscard]] std::uint64_t hash(const Plane& luma);

private:
    void average(const Plane& luma);
    void average_band(std::size_t band, unsigned height);

    std::array<std::array<double, cells>, coefficients> cosines_{};
    std::array<std::array<double, cells>, cells> means_{};  ///< by row and column
    std::vector<std::uint32_t> columns_;                    ///< sums of the samples of a row of cells
};

/// In how many bits two hashes differ.
[[nodiscard]] constexpr unsigned hash_distance(std::uint64_t one, std::uint64_t other) noexcept {
    return static_cast<unsigned>(std::popcount(one ^ other));
}

}  // namespace muxtap::frames
