#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace muxtap::analyzer {

/// Smallest, mean and largest of a measured quantity; the unit is said where it is used. All 0 while `count` is 0.
struct Spread {
    std::uint64_t count = 0;
    double min = 0;
    double mean = 0;
    double max = 0;

    [[nodiscard]] bool operator==(const Spread&) const noexcept = default;
};

/// One bar of a histogram: how many values were at least `from` and less than the next bar's `from`.
struct HistogramBar {
    double from = 0;
    std::uint64_t count = 0;

    [[nodiscard]] bool operator==(const HistogramBar&) const noexcept = default;
};

/// Bars in rising order; bars without values are left out at both ends.
using Histogram = std::vector<HistogramBar>;

}  // namespace muxtap::analyzer
