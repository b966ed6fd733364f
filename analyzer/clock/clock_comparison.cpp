#include "analyzer/clock/clock_comparison.h"

#include <algorithm>
#include <cmath>

namespace muxtap::analyzer {

namespace {

constexpr double memory_seconds = 60;
constexpr double settling_seconds = 10;
constexpr double known_to_ppm_per_hour = 1;

double determinant(const double (&m)[3][3]) noexcept {
    return m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1]) - m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0]) +
           m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0]);
}

}  // namespace

void ClockComparison::FadingLine::add(Point point) noexcept {
    const double step = point.seconds - seconds;
    seconds = point.seconds;
    const double fade = 1 / (1 + step / memory_seconds);
    s2 = fade * (s2 - 2 * step * s1 + step * step * s0);
    s1 = fade * (s1 - step * s0);
    d1 = fade * (d1 - step * d0);
    s0 = fade * s0 + 1;
    d0 = fade * d0 + point.lead_us;
}

double ClockComparison::FadingLine::slope() const noexcept {
    const double spread = s0 * s2 - s1 * s1;
    return spread > 0 ? (s0 * d1 - s1 * d0) / spread : 0;
}

double ClockComparison::FadingLine::residual(Point point) const noexcept {
    const double b = slope();
    const double a = (d0 - b * s1) / s0;
    return point.lead_us - (a + b * (point.seconds - seconds));
}

void ClockComparison::Second::add(Point point, const FadingLine& line) noexcept {
    // By the slope alone: what the level is will be known later.
    const double slope = line.slope();
    const double level = point.lead_us - slope * point.seconds;
    if (count == 0 || level < low.lead_us - slope * low.seconds) low = point;
    if (count == 0 || level > high.lead_us - slope * high.seconds) high = point;
    ++count;
    seconds += point.seconds;
    lead_us += point.lead_us;
}

void ClockComparison::Jitter::add(const Second& second, const FadingLine& line) noexcept {
    const double low = line.residual(second.low);
    const double high = line.residual(second.high);
    min = count == 0 ? low : std::min(min, low);
    max = count == 0 ? high : std::max(max, high);
    count += second.count;
    const auto n = static_cast<double>(second.count);
    sum += n * line.residual({.seconds = second.seconds / n, .lead_us = second.lead_us / n});
}

void ClockComparison::Moments::add(Point point) noexcept {
    if (t[0] == 0) first = point;
    last = point;
    const double hours = (point.seconds - first.seconds) / 3600;
    double power = 1;
    for (std::size_t i = 0; i < 5; ++i) {
        t[i] += power;
        if (i < 3) d[i] += power * point.lead_us;
        power *= hours;
    }
    dd += point.lead_us * point.lead_us;
}

void ClockComparison::restart() noexcept {
    Jitter kept = judged_;
    if (line_.seconds >= settling_seconds)
        for (std::size_t i = 0; i < waiting_count_; ++i) kept.add(waiting_[(oldest_ + i) % most_waiting], line_);
    *this = ClockComparison{};
    judged_ = kept;
}

void ClockComparison::add(std::int64_t ticks, UnixTime arrival) noexcept {
    if (!started_) {
        started_ = true;
        first_ticks_ = ticks;
        first_arrival_ = arrival;
    }
    const auto elapsed_ns = static_cast<double>((arrival - first_arrival_).count());
    const Point point{.seconds = elapsed_ns * 1e-9,
                      .lead_us = static_cast<double>(ticks - first_ticks_) / 27 - elapsed_ns * 1e-3};
    if (point.seconds < line_.seconds) return;
    if (point.seconds >= second_end_) {
        end_second();
        second_end_ = std::floor(point.seconds) + 1;
    }
    line_.add(point);
    second_.add(point, line_);
}

void ClockComparison::end_second() noexcept {
    if (second_.count == 0) return;
    moments_.add(second_.high);
    if (waiting_count_ == most_waiting) {
        judged_.add(waiting_[oldest_], line_);
        waiting_[oldest_] = second_;
        oldest_ = (oldest_ + 1) % most_waiting;
    } else if (waiting_count_ > 0 || second_end_ > 1.5) {
        // Not the first one: there was no slope yet to tell its extremes by.
        waiting_[(oldest_ + waiting_count_) % most_waiting] = second_;
        ++waiting_count_;
    }
    second_ = {};
}

std::optional<Spread> ClockComparison::jitter_us() const noexcept {
    Jitter all = judged_;
    if (line_.seconds >= settling_seconds)
        for (std::size_t i = 0; i < waiting_count_; ++i) all.add(waiting_[(oldest_ + i) % most_waiting], line_);
    if (all.count == 0) return std::nullopt;
    return Spread{.count = all.count, .min = all.min, .mean = all.sum / static_cast<double>(all.count), .max = all.max};
}

std::optional<double> ClockComparison::frequency_offset_ppm() const noexcept {
    if (moments_.last.seconds - moments_.first.seconds < settling_seconds - 1) return std::nullopt;
    const auto& t = moments_.t;
    const auto& d = moments_.d;
    const double spread = t[0] * t[2] - t[1] * t[1];
    if (!(spread > 0)) return std::nullopt;
    const double us_per_hour = (t[0] * d[1] - t[1] * d[0]) / spread;
    return us_per_hour / 3600;
}

std::optional<double> ClockComparison::drift_ppm_per_hour() const noexcept {
    const double span = (moments_.last.seconds - moments_.first.seconds) / 3600;
    if (span * 3600 < 60 || moments_.t[0] < 30) return std::nullopt;
    // Scaled to a span of 1, so that long runs are as well conditioned as short ones.
    double p[5];
    double q[3];
    double scale = 1;
    for (std::size_t i = 0; i < 5; ++i) {
        p[i] = moments_.t[i] / scale;
        if (i < 3) q[i] = moments_.d[i] / scale;
        scale *= span;
    }
    const double full = determinant({{p[0], p[1], p[2]}, {p[1], p[2], p[3]}, {p[2], p[3], p[4]}});
    if (!(full > 0)) return std::nullopt;
    const double a = determinant({{q[0], p[1], p[2]}, {q[1], p[2], p[3]}, {q[2], p[3], p[4]}}) / full;
    const double b = determinant({{p[0], q[0], p[2]}, {p[1], q[1], p[3]}, {p[2], q[2], p[4]}}) / full;
    const double c = determinant({{p[0], p[1], q[0]}, {p[1], p[2], q[1]}, {p[2], p[3], q[2]}}) / full;
    const double left = std::max(0.0, moments_.dd - a * q[0] - b * q[1] - c * q[2]);
    const double variance = left / (p[0] - 3) * (p[0] * p[2] - p[1] * p[1]) / full;
    // c is microseconds per squared span; twice that per squared hour, by 3600 s, is ppm per hour.
    const double to_drift = 2 / (span * span) / 3600;
    if (2 * std::sqrt(variance) * to_drift > known_to_ppm_per_hour) return std::nullopt;
    return c * to_drift;
}

}  // namespace muxtap::analyzer
