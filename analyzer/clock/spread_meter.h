#pragma once

#include <algorithm>

#include "analyzer/report/distribution.h"

namespace muxtap::analyzer {

/// Collects what `Spread` says, one value at a time.
class SpreadMeter {
public:
    void add(double value) noexcept {
        min_ = count_ == 0 ? value : std::min(min_, value);
        max_ = count_ == 0 ? value : std::max(max_, value);
        sum_ += value;
        ++count_;
    }

    [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
    [[nodiscard]] double max() const noexcept { return max_; }
    [[nodiscard]] Spread spread() const noexcept {
        if (count_ == 0) return {};
        return {.count = count_, .min = min_, .mean = sum_ / static_cast<double>(count_), .max = max_};
    }

private:
    std::uint64_t count_ = 0;
    double min_ = 0;
    double max_ = 0;
    double sum_ = 0;
};

}  // namespace muxtap::analyzer
