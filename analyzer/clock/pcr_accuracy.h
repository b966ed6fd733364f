#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>

#include "analyzer/clock/spread_meter.h"

namespace muxtap::analyzer {

/// PCR_AC (TR 101 290, 5.2.2, indicator 2.4, and annex I): how far each PCR is from what its byte position says, in a
/// multiplex of constant rate.
///
/// A line is laid robustly through the last 128 PCRs over their byte positions: the median of slopes, then least
/// squares over those near it. Being laid anew every few PCRs it follows slow wander, as the high-pass filter of the
/// standard does. The rate counts as constant when nine tenths of the PCRs lie within 25 us of that line, less than the
/// time of a packet or two; whether single PCRs are off plays no part in that. A PCR is judged once it is known whether
/// those behind it are on the line, too: where they are not, rate or phase have changed, or packets were lost unseen,
/// and the line is laid anew instead of blaming them.
///
/// Bounded memory, no allocation.
class PcrAccuracy {
public:
    /// `limit`: how far off a PCR may be either way.
    explicit PcrAccuracy(std::chrono::nanoseconds limit) noexcept
        : limit_ticks_(static_cast<double>(limit.count()) * 0.027) {}

    struct Verdict {
        std::uint32_t errors = 0;         ///< PCRs judged just now that are off by more than the limit
        std::optional<double> latest_ns;  ///< offset of the PCR just added; empty while not measurable
    };

    /// The next PCR: unwrapped time in ticks of 27 MHz and byte position, both from any origin and rising.
    [[nodiscard]] Verdict add(std::int64_t ticks, std::uint64_t byte_position) noexcept;

    /// Positions or values before the next PCR tell nothing about those after: packets lost, or another time base.
    void restart() noexcept;

    /// Whether the multiplex has a constant rate as far as it is known: by the newest line.
    [[nodiscard]] bool constant_rate() const noexcept { return constant_; }
    /// There were PCRs enough to say whether the rate is constant.
    [[nodiscard]] bool judged() const noexcept { return judged_; }
    /// Ticks of 27 MHz per byte of the multiplex; empty while the rate is not constant or not known since a restart.
    [[nodiscard]] std::optional<double> ticks_per_byte() const noexcept {
        if (!constant_ || !fitted_) return std::nullopt;
        return line_.slope;
    }
    /// PCRs found to be off by more than the limit so far.
    [[nodiscard]] std::uint64_t errors() const noexcept { return errors_; }
    /// Offsets in nanoseconds of all that were judged; empty while the rate is not constant or not known.
    [[nodiscard]] std::optional<Spread> offsets_ns() const noexcept;
    /// Bits per second over the last second, or as much of it as is known, since the last restart; 0 when unknown.
    [[nodiscard]] double window_bps() const noexcept;

private:
    static constexpr std::size_t capacity = 128;
    static constexpr std::size_t least = 16;  ///< PCRs it takes to judge
    static constexpr std::size_t refit_every = 64;
    static constexpr std::size_t refit_early = 16;  ///< as long as the window fills
    static constexpr std::size_t most_pending = 8;
    static constexpr double bulk_ticks = 25e-6 * 27e6;

    struct Sample {
        std::int64_t ticks = 0;
        std::uint64_t position = 0;
    };
    /// ticks = offset + slope * (position - origin), less `base`.
    struct Line {
        std::uint64_t origin = 0;
        std::int64_t base = 0;
        double offset = 0;
        double slope = 0;
        double bulk = 0;  ///< 90 % of the PCRs it was laid through lie within

        [[nodiscard]] double residual(const Sample& sample) const noexcept {
            const auto x = static_cast<double>(static_cast<std::int64_t>(sample.position - origin));
            return static_cast<double>(sample.ticks - base) - (offset + slope * x);
        }
    };

    [[nodiscard]] const Sample& sample(std::size_t age_from_oldest) const noexcept {
        return ring_[(start_ + age_from_oldest) % capacity];
    }
    void push(const Sample& sample) noexcept;
    void fit() noexcept;
    /// Least squares over the PCRs within `near` of the line.
    void refine(double near) noexcept;
    void judge(double residual, Verdict& verdict) noexcept;
    void judge_window(Verdict& verdict) noexcept;
    void follow(const Sample& newest, Verdict& verdict) noexcept;
    [[nodiscard]] bool is_on_line(double residual) const noexcept;
    /// Whether a whole number of packets that went missing, or were put in, explains the offset.
    [[nodiscard]] bool may_be_missing_packets(double residual) const noexcept;
    /// What comes next tells whether this PCR was off, or the line has ended.
    void wait_for_next(double residual, Verdict& verdict) noexcept;
    void leave_line(Verdict& verdict) noexcept;

    double limit_ticks_;
    std::array<Sample, capacity> ring_{};
    std::size_t start_ = 0;
    std::size_t count_ = 0;
    std::size_t until_fit_ = least;
    bool fitted_ = false;    ///< `line_` holds since the last restart
    bool judged_ = false;    ///< there was a line
    bool constant_ = false;  ///< by the newest line, also from before a restart
    Line line_;
    std::array<double, most_pending> pending_{};  ///< offsets of the newest PCRs, all off the line
    std::size_t pending_count_ = 0;
    std::uint64_t errors_ = 0;
    SpreadMeter offsets_;
};

}  // namespace muxtap::analyzer
