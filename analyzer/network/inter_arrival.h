#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "analyzer/report/arrival_info.h"
#include "common/base/clock.h"

namespace muxtap::analyzer {

/// Counts times in bars of a quarter of a factor of 2, from 0.1 us to 100 s; shorter and longer ones have a bar each.
class GapHistogram {
public:
    static constexpr std::size_t bars = 122;

    void add(std::uint64_t nanoseconds) noexcept;

    /// Count, smallest, mean, largest, and percentiles taken to lie evenly in their bar: to 19 % at worst.
    [[nodiscard]] InterArrival summary() const noexcept;
    /// In microseconds, empty bars at both ends left out.
    [[nodiscard]] Histogram histogram_us() const;

    /// The bar for a time, and where a bar begins, in microseconds.
    [[nodiscard]] static std::size_t bar_of(std::uint64_t nanoseconds) noexcept;
    [[nodiscard]] static double bar_from_us(std::size_t bar) noexcept;

private:
    [[nodiscard]] double percentile_us(double share) const noexcept;

    std::uint64_t count_ = 0;
    std::uint64_t sum_ns_ = 0;
    std::uint64_t min_ns_ = 0;
    std::uint64_t max_ns_ = 0;
    std::array<std::uint64_t, bars> bars_{};
};

/// Times between datagrams, over the run and over the last full second. A datagram that came merged with the one before
/// has no time of its own: neither the gap before it nor the one behind it is measured. No allocation.
class InterArrivalMeter {
public:
    void add(UnixTime time, bool merged) noexcept;
    /// The gap to the next datagram is not known: datagrams in between were not captured.
    void break_gap() noexcept { last_known_ = false; }
    /// A second is over.
    void end_second() noexcept;

    [[nodiscard]] InterArrival run() const noexcept { return run_.summary(); }
    [[nodiscard]] InterArrival window() const noexcept { return window_; }
    [[nodiscard]] Histogram histogram_us() const { return run_.histogram_us(); }

private:
    GapHistogram run_;
    GapHistogram second_;
    InterArrival window_;
    UnixTime last_{};
    bool last_known_ = false;
};

}  // namespace muxtap::analyzer
