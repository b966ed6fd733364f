#pragma once

#include <cstdint>
#include <span>

namespace muxtap::frames {

/// What is added up over the samples of a picture.
struct LumaSums {
    std::uint64_t sum = 0;
    std::uint64_t dark = 0;  ///< samples of at most the dark level

    [[nodiscard]] bool operator==(const LumaSums&) const = default;
};

[[nodiscard]] LumaSums luma_sums(std::span<const std::uint8_t> samples, std::uint8_t dark_level) noexcept;

/// Sum of the absolute differences, sample by sample, of two pictures of one size; of the shorter one's samples.
[[nodiscard]] std::uint64_t luma_difference(std::span<const std::uint8_t> one,
                                            std::span<const std::uint8_t> other) noexcept;

}  // namespace muxtap::frames
