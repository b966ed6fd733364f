#include "analyzer/network/inter_arrival.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace muxtap::analyzer {

namespace {

constexpr double first_bar_ns = 100;
constexpr std::uint64_t fraction_mask = (std::uint64_t{1} << 52) - 1;
/// Fractions of doubles in [1, 2) at which quarters of a factor of 2 begin.
constexpr std::uint64_t quarter = std::bit_cast<std::uint64_t>(1.189207115002721) & fraction_mask;
constexpr std::uint64_t half = std::bit_cast<std::uint64_t>(1.4142135623730951) & fraction_mask;
constexpr std::uint64_t three_quarters = std::bit_cast<std::uint64_t>(1.681792830507429) & fraction_mask;

double to_us(std::uint64_t nanoseconds) noexcept {
    return static_cast<double>(nanoseconds) * 1e-3;
}

}  // namespace

std::size_t GapHistogram::bar_of(std::uint64_t nanoseconds) noexcept {
    const double ratio = static_cast<double>(nanoseconds) / first_bar_ns;
    if (ratio < 1) return 0;
    const auto bits = std::bit_cast<std::uint64_t>(ratio);
    const std::uint64_t doublings = (bits >> 52) - 1023;
    const std::uint64_t fraction = bits & fraction_mask;
    const auto quarters = static_cast<std::uint64_t>(fraction >= quarter) +
                          static_cast<std::uint64_t>(fraction >= half) +
                          static_cast<std::uint64_t>(fraction >= three_quarters);
    return std::min<std::size_t>(1 + 4 * doublings + quarters, bars - 1);
}

double GapHistogram::bar_from_us(std::size_t bar) noexcept {
    return bar == 0 ? 0 : first_bar_ns * 1e-3 * std::exp2(static_cast<double>(bar - 1) / 4);
}

void GapHistogram::add(std::uint64_t nanoseconds) noexcept {
    min_ns_ = count_ == 0 ? nanoseconds : std::min(min_ns_, nanoseconds);
    max_ns_ = std::max(max_ns_, nanoseconds);
    sum_ns_ += nanoseconds;
    ++count_;
    ++bars_[bar_of(nanoseconds)];
}

double GapHistogram::percentile_us(double share) const noexcept {
    const double rank = share * static_cast<double>(count_);
    double below = 0;
    for (std::size_t i = 0; i < bars; ++i) {
        const auto here = static_cast<double>(bars_[i]);
        if (here == 0 || below + here < rank) {
            below += here;
            continue;
        }
        const double from = std::max(bar_from_us(i), to_us(min_ns_));
        const double to = i + 1 < bars ? std::min(bar_from_us(i + 1), to_us(max_ns_)) : to_us(max_ns_);
        return from + (to - from) * (rank - below) / here;
    }
    return to_us(max_ns_);
}

InterArrival GapHistogram::summary() const noexcept {
    if (count_ == 0) return {};
    return {.count = count_,
            .min_us = to_us(min_ns_),
            .mean_us = to_us(sum_ns_) / static_cast<double>(count_),
            .p50_us = percentile_us(0.5),
            .p99_us = percentile_us(0.99),
            .max_us = to_us(max_ns_)};
}

Histogram GapHistogram::histogram_us() const {
    std::size_t from = 0;
    std::size_t to = bars;
    while (from < to && bars_[from] == 0) ++from;
    while (to > from && bars_[to - 1] == 0) --to;
    Histogram histogram;
    for (std::size_t i = from; i < to; ++i) histogram.push_back({.from = bar_from_us(i), .count = bars_[i]});
    return histogram;
}

void InterArrivalMeter::add(UnixTime time, bool merged) noexcept {
    if (!merged && last_known_) {
        const auto gap = static_cast<std::uint64_t>(std::max<std::int64_t>(0, (time - last_).count()));
        run_.add(gap);
        second_.add(gap);
    }
    last_known_ = !merged;
    last_ = time;
}

void InterArrivalMeter::end_second() noexcept {
    window_ = second_.summary();
    second_ = {};
}

}  // namespace muxtap::analyzer
