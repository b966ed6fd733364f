#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "client/frames/sound/sound_slice.h"

namespace muxtap::frames {

/// Decibels of an amplitude, 1.0 being 0 dB; none for 0.
[[nodiscard]] std::optional<double> decibels(double amplitude) noexcept;
/// The mean of the squares at a level in decibels.
[[nodiscard]] double power_at(double decibels) noexcept;

/// Sample peak and RMS of each channel. The RMS is that of the samples: a sine at full scale has -3.01 dB.
class LevelMeter {
public:
    struct Level {
        std::optional<double> peak_dbfs;
        std::optional<double> rms_dbfs;
    };

    explicit LevelMeter(std::size_t channels) : sums_(channels) {}

    void add(const SoundSlice& slice);
    /// Since the last `restart`.
    [[nodiscard]] Level level(std::size_t channel) const;
    void restart();

private:
    struct Sums {
        double squares = 0;
        float peak = 0;
    };
    std::vector<Sums> sums_;
    std::uint64_t frames_ = 0;
};

}  // namespace muxtap::frames
