#include "analyzer/clock/pcr_accuracy.h"

#include <cmath>
#include <span>

#include "common/ts/packet_view.h"
#include "common/ts/pcr.h"

namespace muxtap::analyzer {

namespace {

constexpr double ns_per_tick = 1000.0 / 27.0;

/// The value that `share` of the values do not exceed. Reorders them.
double quantile(std::span<double> values, double share) noexcept {
    if (values.empty()) return 0;
    const auto last = static_cast<double>(values.size() - 1);
    const auto at = static_cast<std::ptrdiff_t>(last * share);
    std::nth_element(values.begin(), values.begin() + at, values.end());
    return values[static_cast<std::size_t>(at)];
}

}  // namespace

void PcrAccuracy::push(const Sample& sample) noexcept {
    if (count_ == capacity) {
        ring_[start_] = sample;
        start_ = (start_ + 1) % capacity;
        return;
    }
    ring_[(start_ + count_) % capacity] = sample;
    ++count_;
}

void PcrAccuracy::restart() noexcept {
    start_ = 0;
    count_ = 0;
    until_fit_ = least;
    fitted_ = false;
    pending_count_ = 0;
}

PcrAccuracy::Verdict PcrAccuracy::add(std::int64_t ticks, std::uint64_t byte_position) noexcept {
    Verdict verdict;
    const Sample newest{.ticks = ticks, .position = byte_position};
    // Two PCRs at one position have no slope: the caller counts from the same packet twice.
    if (count_ > 0 && byte_position <= sample(count_ - 1).position) restart();
    push(newest);
    if (fitted_ && constant_) follow(newest, verdict);
    if (until_fit_ > 0) --until_fit_;
    // Those that wait are judged by the line they were off.
    if (until_fit_ > 0 || pending_count_ > 0) return verdict;
    const bool first = !fitted_;
    fit();
    fitted_ = true;
    until_fit_ = count_ < capacity ? refit_early : refit_every;
    if (first && constant_) {
        judge_window(verdict);
        verdict.latest_ns = line_.residual(newest) * ns_per_tick;
    }
    return verdict;
}

void PcrAccuracy::fit() noexcept {
    line_ = {.origin = sample(0).position, .base = sample(0).ticks};
    const std::size_t half = count_ / 2;
    std::array<double, capacity> values;
    for (std::size_t i = 0; i < half; ++i) {
        const Sample& near = sample(i);
        const Sample& far = sample(i + count_ - half);
        values[i] = static_cast<double>(far.ticks - near.ticks) / static_cast<double>(far.position - near.position);
    }
    line_.slope = quantile(std::span(values).first(half), 0.5);
    for (std::size_t i = 0; i < count_; ++i) values[i] = line_.residual(sample(i));
    line_.offset = quantile(std::span(values).first(count_), 0.5);
    for (std::size_t i = 0; i < count_; ++i) values[i] = std::abs(line_.residual(sample(i)));
    line_.bulk = quantile(std::span(values).first(count_), 0.9);
    judged_ = true;
    constant_ = line_.bulk <= bulk_ticks;
    // Rounding to ticks alone spreads the values by one tick: keep at least a few.
    if (constant_) refine(std::max(2 * quantile(std::span(values).first(count_), 0.5), 3.0));
}

void PcrAccuracy::refine(double near) noexcept {
    double n = 0;
    double mean_x = 0;
    double mean_y = 0;
    double sxx = 0;
    double sxy = 0;
    for (std::size_t i = 0; i < count_; ++i) {
        const double y = line_.residual(sample(i));
        if (std::abs(y) > near) continue;
        const auto x = static_cast<double>(sample(i).position - line_.origin);
        n += 1;
        const double from_mean = x - mean_x;
        mean_x += from_mean / n;
        mean_y += (y - mean_y) / n;
        sxx += from_mean * (x - mean_x);
        sxy += from_mean * (y - mean_y);
    }
    if (sxx <= 0) return;
    const double slope = sxy / sxx;
    line_.slope += slope;
    line_.offset += mean_y - slope * mean_x;
}

void PcrAccuracy::judge(double residual, Verdict& verdict) noexcept {
    offsets_.add(residual * ns_per_tick);
    if (std::abs(residual) <= limit_ticks_) return;
    ++errors_;
    ++verdict.errors;
}

bool PcrAccuracy::is_on_line(double residual) const noexcept {
    // In a multiplex whose PCRs all scatter, scattering as usual is being on the line.
    return std::abs(residual) <= std::max(limit_ticks_, 2 * line_.bulk);
}

bool PcrAccuracy::may_be_missing_packets(double residual) const noexcept {
    const double packet = line_.slope * static_cast<double>(ts::packet_size);
    const double packets = std::round(residual / packet);
    return packets != 0 && is_on_line(residual - packets * packet);
}

void PcrAccuracy::judge_window(Verdict& verdict) noexcept {
    // Packets may be missing unseen near either end: of the PCRs beyond nothing is known.
    std::size_t from = 0;
    while (from < count_ && may_be_missing_packets(line_.residual(sample(from)))) ++from;
    std::size_t to = count_;
    while (to > from && !is_on_line(line_.residual(sample(to - 1)))) --to;
    for (std::size_t i = from; i < to; ++i) judge(line_.residual(sample(i)), verdict);
    pending_count_ = 0;
    for (std::size_t i = to; i < count_; ++i) wait_for_next(line_.residual(sample(i)), verdict);
}

void PcrAccuracy::follow(const Sample& newest, Verdict& verdict) noexcept {
    const double residual = line_.residual(newest);
    verdict.latest_ns = residual * ns_per_tick;
    if (!is_on_line(residual)) return wait_for_next(residual, verdict);
    for (std::size_t i = 0; i < pending_count_; ++i) judge(pending_[i], verdict);
    pending_count_ = 0;
    judge(residual, verdict);
}

void PcrAccuracy::wait_for_next(double residual, Verdict& verdict) noexcept {
    pending_[pending_count_++] = residual;
    if (pending_count_ == most_pending) leave_line(verdict);
}

void PcrAccuracy::leave_line(Verdict& verdict) noexcept {
    const auto [low, high] = std::minmax_element(pending_.begin(), pending_.end());
    // All off by the same, which no missing packets explain: the first of them was off, once.
    if (*high - *low <= limit_ticks_ && !may_be_missing_packets(pending_[0])) judge(pending_[0], verdict);
    std::array<Sample, most_pending> kept;
    for (std::size_t i = 0; i < most_pending; ++i) kept[i] = sample(count_ - most_pending + i);
    restart();
    for (const Sample& each : kept) push(each);
    // One more than is left: the caller takes off the one it has just added.
    until_fit_ = least - most_pending + 1;
    verdict.latest_ns.reset();
}

std::optional<Spread> PcrAccuracy::offsets_ns() const noexcept {
    if (!constant_ || offsets_.count() == 0) return std::nullopt;
    return offsets_.spread();
}

double PcrAccuracy::window_bps() const noexcept {
    if (count_ < 2) return 0;
    const Sample& newest = sample(count_ - 1);
    std::size_t from = count_ - 1;
    while (from > 0 && newest.ticks - sample(from).ticks < static_cast<std::int64_t>(ts::Pcr::ticks_per_second)) --from;
    const std::int64_t ticks = newest.ticks - sample(from).ticks;
    if (ticks <= 0) return 0;
    return static_cast<double>(newest.position - sample(from).position) * 8 *
           static_cast<double>(ts::Pcr::ticks_per_second) / static_cast<double>(ticks);
}

}  // namespace muxtap::analyzer
