#include "analyzer/clock/pcr_tracker.h"

#include <algorithm>

namespace muxtap::analyzer {

namespace {

constexpr std::int64_t ticks_per_second = ts::Pcr::ticks_per_second;
constexpr std::chrono::milliseconds warn_above{40};

/// Ticks of 27 MHz in nanoseconds. For less than days.
std::chrono::nanoseconds to_time(std::int64_t ticks) noexcept {
    return std::chrono::nanoseconds(ticks * 1000 / 27);
}
std::int64_t to_ticks(std::chrono::nanoseconds time) noexcept {
    return time.count() / 1000 * 27 + time.count() % 1000 * 27 / 1000;
}

}  // namespace

PcrTracker::PcrTracker(ts::Pid pid, const Thresholds& thresholds) noexcept
    : pid_(pid), thresholds_(thresholds), accuracy_(thresholds.pcr_accuracy) {}

PcrOutcome PcrTracker::add(const PcrSample& sample) noexcept {
    PcrOutcome outcome;
    outcome.shadow = sample.capture_loss;
    if (count_ == 0) {
        first_ticks_ = sample.pcr.ticks();
    } else {
        judge_value(sample, outcome);
        judge_interval(sample, outcome);
    }
    if (sample.discontinuity_indicator) {
        outcome.announced_discontinuity = true;
        ++announced_;
    }
    measure(sample, outcome.announced_discontinuity || outcome.jump, outcome);
    ++count_;
    last_ = sample.pcr;
    last_time_ = sample.time;
    arrival_times_ = sample.arrival_times;
    last_position_ = sample.byte_position;
    gap_raised_ = false;
    return outcome;
}

void PcrTracker::judge_value(const PcrSample& sample, PcrOutcome& outcome) noexcept {
    const std::int64_t step = sample.pcr.ticks_since(last_);
    outcome.step_ticks = step;
    if (step < 0 || step > ticks_per_second) {
        // Silence is no jump: a clock that has gone as far as time has is right.
        const std::int64_t passed = sample.arrival_times ? to_ticks(sample.time - last_time_) : 0;
        outcome.jump = step < 0 || step - passed > ticks_per_second || passed - step > ticks_per_second;
    }
    if (sample.discontinuity_indicator) return;
    outcome.discontinuity_error = step < 0 || step > to_ticks(thresholds_.pcr_discontinuity);
    if (outcome.discontinuity_error && !outcome.shadow) ++discontinuity_errors_;
}

void PcrTracker::judge_interval(const PcrSample& sample, PcrOutcome& outcome) noexcept {
    std::chrono::nanoseconds interval = sample.time - last_time_;
    if (!sample.arrival_times) {
        if (outcome.jump || sample.discontinuity_indicator) return;
        interval = to_time(outcome.step_ticks);
    }
    if (interval.count() < 0) return;
    outcome.interval = interval;
    outcome.repetition_warning = interval > warn_above;
    outcome.repetition_error = interval > thresholds_.pcr_repetition && !gap_raised_;
    if (outcome.shadow) return;
    if (outcome.repetition_warning) ++repetition_warnings_;
    if (outcome.repetition_error) ++repetition_errors_;
    const double ms = static_cast<double>(interval.count()) * 1e-6;
    interval_ms_.add(ms);
    const auto above = std::upper_bound(bar_edges.begin(), bar_edges.end(), ms);
    ++bars_[static_cast<std::size_t>(above - bar_edges.begin() - 1)];
}

void PcrTracker::measure(const PcrSample& sample, bool new_time_base, PcrOutcome& outcome) noexcept {
    if (new_time_base)
        unwrapped_ = 0;
    else if (count_ > 0)
        unwrapped_ += outcome.step_ticks;
    // A value out of range has been told as that.
    const bool stepped = new_time_base || outcome.discontinuity_error;
    if (stepped || sample.position_broken || sample.capture_loss) accuracy_.restart();
    if (new_time_base) comparison_.restart();
    const bool comparable = count_ > 0 && !new_time_base && !sample.position_broken && !sample.capture_loss;
    if (comparable && outcome.step_ticks > 0 && sample.byte_position > last_position_) {
        rate_bytes_ += sample.byte_position - last_position_;
        rate_ticks_ += static_cast<std::uint64_t>(outcome.step_ticks);
    }
    const PcrAccuracy::Verdict verdict = accuracy_.add(unwrapped_, sample.byte_position);
    outcome.accuracy_errors = verdict.errors;
    outcome.accuracy_ns = verdict.latest_ns;
    if (sample.arrival_times && sample.time_exact) comparison_.add(unwrapped_, sample.time);
}

bool PcrTracker::advance(UnixTime now, bool shadow) noexcept {
    if (count_ == 0 || gap_raised_) return false;
    const std::chrono::nanoseconds grace = arrival_times_ ? std::chrono::seconds(0) : std::chrono::seconds(1);
    if (now - last_time_ <= thresholds_.pcr_repetition + grace) return false;
    gap_raised_ = true;
    if (!shadow) ++repetition_errors_;
    return true;
}

double PcrTracker::run_bps() const noexcept {
    if (rate_ticks_ == 0) return 0;
    return static_cast<double>(rate_bytes_) * 8 * static_cast<double>(ticks_per_second) /
           static_cast<double>(rate_ticks_);
}

PcrInfo PcrTracker::info() const {
    PcrInfo info;
    info.pid = pid_;
    info.count = count_;
    info.first_ticks = first_ticks_;
    info.last_ticks = last_.ticks();
    info.interval_ms = interval_ms_.spread();
    std::size_t from = 0;
    std::size_t to = bars_.size();
    while (from < to && bars_[from] == 0) ++from;
    while (to > from && bars_[to - 1] == 0) --to;
    for (std::size_t i = from; i < to; ++i)
        info.interval_histogram_ms.push_back({.from = bar_edges[i], .count = bars_[i]});
    info.repetition_errors = repetition_errors_;
    info.repetition_over_40ms = repetition_warnings_;
    info.discontinuity_errors = discontinuity_errors_;
    info.announced_discontinuities = announced_;
    info.accuracy_ns = accuracy_.offsets_ns();
    info.accuracy_errors = accuracy_.errors();
    info.overall_jitter_us = comparison_.jitter_us();
    info.frequency_offset_ppm = comparison_.frequency_offset_ppm();
    info.drift_ppm_per_hour = comparison_.drift_ppm_per_hour();
    return info;
}

}  // namespace muxtap::analyzer
