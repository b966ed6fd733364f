#include "client/frames/sound/loudness_history.h"

#include <algorithm>
#include <cmath>

namespace muxtap::frames {

namespace {

constexpr double absolute_gate = -70;  ///< LUFS
constexpr double steps_per_unit = 10;
/// Below what samples of 24 bits hold: filters that ring after sound.
constexpr double least_loudness = -150;

/// ITU-R BS.1770-4, annex 1, formula 2.
double loudness_of(double energy) noexcept {
    return -0.691 + 10 * std::log10(energy);
}

std::optional<double> shown(std::optional<double> energy) noexcept {
    if (!energy || !(*energy > 0)) return {};
    const double loudness = loudness_of(*energy);
    if (loudness < least_loudness) return {};
    return loudness;
}

}  // namespace

void GatedEnergies::add(double energy) {
    const double above = loudness_of(energy) - absolute_gate;
    if (!(above >= 0)) return;
    Step& step = steps_[static_cast<std::size_t>(std::min(above * steps_per_unit, count - 1.0))];
    ++step.blocks;
    step.energy += energy;
}

std::size_t GatedEnergies::first_above(double gate) const {
    Step all;
    for (const Step& step : steps_) {
        all.blocks += step.blocks;
        all.energy += step.energy;
    }
    if (all.blocks == 0) return count;
    const double limit = all.mean() * std::pow(10, -gate / 10);
    const auto first = std::find_if(steps_.begin(), steps_.end(),
                                    [limit](const Step& step) { return step.blocks > 0 && step.mean() > limit; });
    return static_cast<std::size_t>(first - steps_.begin());
}

std::optional<double> GatedEnergies::mean_above(double gate) const {
    Step sum;
    for (std::size_t i = first_above(gate); i < count; ++i) {
        sum.blocks += steps_[i].blocks;
        sum.energy += steps_[i].energy;
    }
    if (sum.blocks == 0) return {};
    return sum.mean();
}

std::optional<double> GatedEnergies::range_above(double gate, double low, double high) const {
    const std::size_t first = first_above(gate);
    std::uint64_t blocks = 0;
    for (std::size_t i = first; i < count; ++i) blocks += steps_[i].blocks;
    if (blocks == 0) return {};
    const auto loudness_at = [&](double share) {
        auto left = static_cast<std::uint64_t>(std::round(static_cast<double>(blocks - 1) * share));
        std::size_t i = first;
        for (; left >= steps_[i].blocks; ++i) left -= steps_[i].blocks;
        return loudness_of(steps_[i].mean());
    };
    return loudness_at(high) - loudness_at(low);
}

void GatedEnergies::clear() {
    std::fill(steps_.begin(), steps_.end(), Step{});
}

void LoudnessHistory::add(double energy) {
    if (integration_ > 0 && integrated_steps_ >= integration_) {
        integrated_steps_ = 0;
        momentary_.clear();
        short_term_.clear();
    }
    energies_[steps_ % short_term_steps] = energy;
    ++steps_;
    ++integrated_steps_;
    if (const auto block = mean_of_last(momentary_steps, integrated_steps_)) momentary_.add(*block);
    if (const auto block = mean_of_last(short_term_steps, integrated_steps_)) short_term_.add(*block);
}

std::optional<double> LoudnessHistory::mean_of_last(std::size_t steps, std::uint64_t heard) const {
    if (heard < steps) return {};
    double sum = 0;
    for (std::size_t back = 1; back <= steps; ++back) sum += energies_[(steps_ - back) % short_term_steps];
    return sum / static_cast<double>(steps);
}

Loudness LoudnessHistory::loudness() const {
    // Relative gates: BS.1770-4, annex 1, and EBU Tech 3342, 4.
    constexpr double integrated_gate = 10;
    constexpr double range_gate = 20;
    return {.momentary_lufs = shown(mean_of_last(momentary_steps, steps_)),
            .short_term_lufs = shown(mean_of_last(short_term_steps, steps_)),
            .integrated_lufs = shown(momentary_.mean_above(integrated_gate)),
            .range_lu = short_term_.range_above(range_gate, 0.1, 0.95)};
}

}  // namespace muxtap::frames
