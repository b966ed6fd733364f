#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "analyzer/report/distribution.h"
#include "common/base/clock.h"

namespace muxtap::analyzer {

/// The sender's clock against that of the capture host, from PCRs and their arrival: PCR_OJ, frequency offset and
/// drift rate (TR 101 290, annex I).
///
/// Jitter is what is left when a line, least squares with a memory that fades over 60 s, is taken off; a second of PCRs
/// is judged for good when it is twenty seconds old, as the line is known best in its middle. Frequency offset is the
/// slope over the run of the earliest arrivals of each second, as network delay only ever adds; drift rate is its
/// change, from a parabola through the same. Bounded memory, no allocation.
class ClockComparison {
public:
    /// A PCR, unwrapped, in ticks of 27 MHz from any origin, and when it arrived. One that arrived before the one
    /// before is left out.
    void add(std::int64_t ticks, UnixTime arrival) noexcept;

    /// The next PCR is of another time base. The jitter found so far stays, offset and drift begin anew.
    void restart() noexcept;

    /// Offset of PCRs from where they should have arrived, in microseconds; positive: earlier. Empty for the first 10
    /// s.
    [[nodiscard]] std::optional<Spread> jitter_us() const noexcept;
    /// Parts per million the sender is faster; empty until 10 s are known.
    [[nodiscard]] std::optional<double> frequency_offset_ppm() const noexcept;
    /// Change of the frequency offset in ppm per hour; empty until it is known to about one.
    [[nodiscard]] std::optional<double> drift_ppm_per_hour() const noexcept;

private:
    static constexpr std::size_t most_waiting = 20;

    struct Point {
        double seconds = 0;  ///< of arrival
        double lead_us = 0;  ///< of the PCR over it
    };
    /// Least squares with fading memory; its origin is the newest point.
    struct FadingLine {
        double seconds = 0;
        double s0 = 0, s1 = 0, s2 = 0;
        double d0 = 0, d1 = 0;

        void add(Point point) noexcept;
        [[nodiscard]] double slope() const noexcept;
        [[nodiscard]] double residual(Point point) const noexcept;
    };
    /// The PCRs of one second.
    struct Second {
        std::uint64_t count = 0;
        double seconds = 0;  ///< sum
        double lead_us = 0;  ///< sum
        Point low;           ///< latest by the line there was
        Point high;          ///< earliest

        void add(Point point, const FadingLine& line) noexcept;
    };
    struct Jitter {
        std::uint64_t count = 0;
        double sum = 0;
        double min = 0;
        double max = 0;

        void add(const Second& second, const FadingLine& line) noexcept;
    };
    /// Sums of powers of the time in hours, and of the lead in microseconds with it.
    struct Moments {
        Point first;
        Point last;
        double t[5] = {};
        double d[3] = {};
        double dd = 0;

        void add(Point point) noexcept;
    };

    void end_second() noexcept;

    bool started_ = false;
    std::int64_t first_ticks_ = 0;
    UnixTime first_arrival_{};
    FadingLine line_;
    double second_end_ = 1;
    Second second_;                               ///< under way
    std::array<Second, most_waiting> waiting_{};  ///< to be judged
    std::size_t oldest_ = 0;
    std::size_t waiting_count_ = 0;
    Jitter judged_;
    Moments moments_;
};

}  // namespace muxtap::analyzer
