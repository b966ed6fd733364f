#include "client/frames/sound/level_meter.h"

#include <algorithm>
#include <cmath>

namespace muxtap::frames {

std::optional<double> decibels(double amplitude) noexcept {
    if (!(amplitude > 0)) return {};
    return 20 * std::log10(amplitude);
}

double power_at(double decibels) noexcept {
    return std::pow(10, decibels / 10);
}

void LevelMeter::add(const SoundSlice& slice) {
    for (std::size_t channel = 0; channel < sums_.size(); ++channel) {
        Sums sums = sums_[channel];
        for (std::size_t i = channel; i < slice.samples.size(); i += slice.channels) {
            const float sample = slice.samples[i];
            sums.squares += double{sample} * double{sample};
            sums.peak = std::max(sums.peak, std::abs(sample));
        }
        sums_[channel] = sums;
    }
    frames_ += slice.frames();
}

LevelMeter::Level LevelMeter::level(std::size_t channel) const {
    if (frames_ == 0) return {};
    const Sums& sums = sums_[channel];
    return {decibels(sums.peak), decibels(std::sqrt(sums.squares / static_cast<double>(frames_)))};
}

void LevelMeter::restart() {
    std::fill(sums_.begin(), sums_.end(), Sums{});
    frames_ = 0;
}

}  // namespace muxtap::frames
