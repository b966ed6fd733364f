#include "client/frames/pictures/luma_sums.h"

#include <algorithm>
#include <cstddef>
#include <cstdlib>

namespace muxtap::frames {
namespace {

// Loops over blocks of a fixed size: at -O2 GCC 12 vectorises only loops whose number of rounds it knows.
constexpr std::size_t block = 256;

}  // namespace

LumaSums luma_sums(std::span<const std::uint8_t> samples, std::uint8_t dark_level) noexcept {
    LumaSums sums;
    const std::uint8_t* at = samples.data();
    const std::uint8_t* const end = at + samples.size();
    while (static_cast<std::size_t>(end - at) >= block) {
        std::uint32_t sum = 0;
        std::uint32_t dark = 0;
        for (std::size_t i = 0; i < block; ++i) {
            sum += at[i];
            dark += at[i] <= dark_level ? 1U : 0U;
        }
        sums.sum += sum;
        sums.dark += dark;
        at += block;
    }
    for (; at != end; ++at) {
        sums.sum += *at;
        sums.dark += *at <= dark_level ? 1U : 0U;
    }
    return sums;
}

std::uint64_t luma_difference(std::span<const std::uint8_t> one, std::span<const std::uint8_t> other) noexcept {
    const std::size_t size = std::min(one.size(), other.size());
    const std::uint8_t* const a = one.data();
    const std::uint8_t* const b = other.data();
    const auto distance = [](int x, int y) { return std::abs(x - y); };
    std::uint64_t difference = 0;
    std::size_t at = 0;
    for (; at + block <= size; at += block) {
        int sum = 0;
        for (std::size_t i = 0; i < block; ++i) sum += distance(a[at + i], b[at + i]);
        difference += static_cast<std::uint64_t>(sum);
    }
    for (; at < size; ++at) difference += static_cast<std::uint64_t>(distance(a[at], b[at]));
    return difference;
}

}  // namespace muxtap::frames
