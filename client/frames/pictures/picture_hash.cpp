#include "client/frames/pictures/picture_hash.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace muxtap::frames {
namespace {

constexpr std::size_t cells = PictureHasher::cells;

/// A wave whose amplitude is half a step of luma has a coefficient of 8 (the transform is orthonormal). Noise of one
/// step up or down in each cell stays below with ten standard deviations.
constexpr double margin = 8;

/// Adds `weight` times a row to `sums`. A weight is at most 32: products have 13 bits.
void add_row(std::uint32_t* __restrict sums, const std::uint8_t* __restrict row, std::size_t size,
             std::uint16_t weight) {
    // At -O2 GCC 12 vectorises only loops whose number of rounds it knows, over memory that does not overlap.
    constexpr std::size_t block = 64;
    std::size_t at = 0;
    for (; at + block <= size; at += block)
        for (std::size_t i = 0; i < block; ++i) sums[at + i] += static_cast<std::uint16_t>(row[at + i] * weight);
    for (; at < size; ++at) sums[at] += static_cast<std::uint16_t>(row[at] * weight);
}

/// A piece of a row or column, in 1/32 of a sample, in which each cell is as long as the picture has samples.
struct Piece {
    std::uint64_t begin;
    std::uint64_t end;

    [[nodiscard]] std::uint64_t shared_with(const Piece& other) const {
        return std::min(end, other.end) - std::max(begin, other.begin);
    }
};

Piece piece_of_cell(std::size_t cell, unsigned samples) {
    return {std::uint64_t{cell} * samples, std::uint64_t{cell + 1} * samples};
}

Piece piece_of_sample(std::uint64_t sample) {
    return {sample * cells, (sample + 1) * cells};
}

}  // namespace

PictureHasher::PictureHasher() {
    for (std::size_t k = 0; k < coefficients; ++k)
        for (std::size_t i = 0; i < cells; ++i) {
            const double angle =
                std::numbers::pi * (2 * static_cast<double>(i) + 1) * static_cast<double>(k) / (2 * cells);
            cosines_[k][i] = std::sqrt((k == 0 ? 1.0 : 2.0) / cells) * std::cos(angle);
        }
}

std::uint64_t PictureHasher::hash(const Plane& luma) {
    if (luma.samples.empty()) return 0;
    average(luma);
    std::array<std::array<double, coefficients>, cells> rows{};
    for (std::size_t y = 0; y < cells; ++y)
        for (std::size_t u = 0; u < coefficients; ++u)
            for (std::size_t x = 0; x < cells; ++x) rows[y][u] += means_[y][x] * cosines_[u][x];

    std::array<double, coefficients * coefficients> waves{};
    for (std::size_t v = 0; v < coefficients; ++v)
        for (std::size_t y = 0; y < cells; ++y)
            for (std::size_t u = 0; u < coefficients; ++u) waves[v * coefficients + u] += rows[y][u] * cosines_[v][y];
    for (std::size_t v = 0; v < coefficients; ++v)
        for (std::size_t u = 0; u < coefficients; ++u)
            if ((u + v) % 4 >= 2) waves[v * coefficients + u] *= -1;

    std::array<double, coefficients * coefficients - 1> sorted{};
    std::copy(waves.begin() + 1, waves.end(), sorted.begin());
    const auto middle = sorted.begin() + sorted.size() / 2;
    std::nth_element(sorted.begin(), middle, sorted.end());
    std::uint64_t bits = 0;
    for (std::size_t i = 1; i < waves.size(); ++i)
        if (waves[i] > *middle + margin) bits |= std::uint64_t{1} << i;
    return bits;
}

void PictureHasher::average(const Plane& luma) {
    for (std::size_t band = 0; band < cells; ++band) {
        columns_.assign(luma.width, 0);
        const Piece piece = piece_of_cell(band, luma.height);
        for (std::uint64_t y = piece.begin / cells; y * cells < piece.end; ++y) {
            const std::uint64_t weight = piece.shared_with(piece_of_sample(y));
            add_row(columns_.data(), &luma.samples[y * luma.width], luma.width, static_cast<std::uint16_t>(weight));
        }
        average_band(band, luma.height);
    }
}

void PictureHasher::average_band(std::size_t band, unsigned height) {
    const auto width = static_cast<unsigned>(columns_.size());
    const double area = static_cast<double>(width) * height;
    for (std::size_t cell = 0; cell < cells; ++cell) {
        const Piece piece = piece_of_cell(cell, width);
        std::uint64_t sum = 0;
        for (std::uint64_t x = piece.begin / cells; x * cells < piece.end; ++x)
            sum += columns_[x] * piece.shared_with(piece_of_sample(x));
        means_[band][cell] = static_cast<double>(sum) / area;
    }
}

}  // namespace muxtap::frames
