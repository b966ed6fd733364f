#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>

#include "analyzer/clock/clock_comparison.h"
#include "analyzer/clock/pcr_accuracy.h"
#include "analyzer/clock/spread_meter.h"
#include "analyzer/options.h"
#include "analyzer/report/clock_info.h"
#include "common/base/clock.h"
#include "common/ts/packet_view.h"
#include "common/ts/pcr.h"

namespace muxtap::analyzer {

/// One program_clock_reference and where and when it was seen. Of a packet sent twice only the first counts: the second
/// may carry another PCR (ISO/IEC 13818-1, 2.4.3.3).
struct PcrSample {
    ts::Pcr pcr = ts::Pcr::from_ticks(0);
    /// Of the byte with the last bit of program_clock_reference_base, 10 behind the sync byte, in packets of 188 bytes
    /// of the whole multiplex, whatever they carry.
    std::uint64_t byte_position = 0;
    UnixTime time{};                       ///< of arrival; of a file its time by PCR
    bool arrival_times = false;            ///< `time` is of arrival
    bool time_exact = true;                ///< false for all but the first of merged datagrams
    bool discontinuity_indicator = false;  ///< of this packet, or of one of its PID since the PCR before
    bool position_broken = false;          ///< packets were lost since the PCR before: positions do not compare
    bool capture_loss = false;             ///< the capture lost packets since the PCR before
};

/// What one PCR has shown.
struct PcrOutcome {
    bool shadow = false;                   ///< a capture loss lies before it: findings do not count against the stream
    bool repetition_error = false;         ///< TR 101 290, 2.3a: longer than allowed since the one before
    bool repetition_warning = false;       ///< longer than 40 ms
    bool discontinuity_error = false;      ///< 2.3b: value outside 0..100 ms after the one before, not announced
    bool announced_discontinuity = false;  ///< a new time base begins, as announced
    bool jump = false;                     ///< the clock went back, or more than 1 s ahead of the time that passed
    std::int64_t step_ticks = 0;  ///< value less that of the one before, 27 MHz, the shorter way round the wrap
    std::optional<std::chrono::nanoseconds> interval;  ///< by the clock; empty for the first and a file's new time base
    /// 2.4: PCRs found just now to be off by more than the limit; the newest of them up to eight PCRs ago.
    std::uint32_t accuracy_errors = 0;
    std::optional<double> accuracy_ns;  ///< offset of this one; empty while not measurable
};

/// Follows the PCRs of one PID (TR 101 290, indicators 2.3a, 2.3b and 2.4). No allocation after construction but for
/// `info`.
class PcrTracker {
public:
    PcrTracker(ts::Pid pid, const Thresholds& thresholds) noexcept;

    /// The next PCR of the PID.
    [[nodiscard]] PcrOutcome add(const PcrSample& sample) noexcept;

    /// Lets time pass: true once when no PCR came for longer than allowed (2.3a); the PCR that ends such a gap does not
    /// raise it again. All PCRs up to `now` have been added before. `shadow`: the capture lost packets since the last
    /// PCR, so it is not counted. The times of a file are only as good as its PCRs, and the next one tells the gap
    /// exactly: there it takes a second more.
    [[nodiscard]] bool advance(UnixTime now, bool shadow = false) noexcept;

    [[nodiscard]] PcrInfo info() const;

    /// Whether the PCRs agree with one rate (see `PcrAccuracy`).
    [[nodiscard]] bool constant_rate() const noexcept { return accuracy_.constant_rate(); }
    /// There were PCRs enough to say so.
    [[nodiscard]] bool rate_judged() const noexcept { return accuracy_.judged(); }
    /// Rate of the whole multiplex by PCR and byte position in bits per second, packets of 188 bytes; 0 while not
    /// known. Intervals with losses, jumps or another time base do not count.
    [[nodiscard]] double run_bps() const noexcept;
    /// The same over the last second.
    [[nodiscard]] double window_bps() const noexcept { return accuracy_.window_bps(); }
    /// Ticks of 27 MHz per byte where the rate is constant: for `ProgramClock`.
    [[nodiscard]] std::optional<double> ticks_per_byte() const noexcept { return accuracy_.ticks_per_byte(); }

    [[nodiscard]] ts::Pid pid() const noexcept { return pid_; }
    /// The newest PCR; 0 before the first.
    [[nodiscard]] ts::Pcr last() const noexcept { return last_; }

private:
    /// Lower edges of the bars of the interval histogram, in milliseconds.
    static constexpr std::array<double, 20> bar_edges = {0,  1,  2,  5,   10,  15,  20,  25,   30,   35,
                                                         40, 50, 75, 100, 150, 200, 500, 1000, 2000, 5000};

    void judge_value(const PcrSample& sample, PcrOutcome& outcome) noexcept;
    void judge_interval(const PcrSample& sample, PcrOutcome& outcome) noexcept;
    void measure(const PcrSample& sample, bool new_time_base, PcrOutcome& outcome) noexcept;

    ts::Pid pid_;
    Thresholds thresholds_;
    std::uint64_t count_ = 0;
    std::uint64_t first_ticks_ = 0;
    ts::Pcr last_ = ts::Pcr::from_ticks(0);
    std::int64_t unwrapped_ = 0;
    UnixTime last_time_{};
    bool arrival_times_ = false;  ///< of the last one
    std::uint64_t last_position_ = 0;
    bool gap_raised_ = false;
    SpreadMeter interval_ms_;
    std::array<std::uint64_t, bar_edges.size()> bars_{};
    std::uint64_t repetition_errors_ = 0;
    std::uint64_t repetition_warnings_ = 0;
    std::uint64_t discontinuity_errors_ = 0;
    std::uint64_t announced_ = 0;
    std::uint64_t rate_bytes_ = 0;
    std::uint64_t rate_ticks_ = 0;
    PcrAccuracy accuracy_;
    ClockComparison comparison_;
};

}  // namespace muxtap::analyzer
