#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "client/frames/sound/loudness_history.h"
#include "client/frames/sound/sound_meter.h"
#include "client/frames/sound/sound_slice.h"

namespace muxtap::frames {

/// Loudness and true peaks of one format. libebur128 weighs and oversamples; its means are not used: its list of blocks
/// grows with time, its histogram rounds to 0.1 LU, and neither can begin anew without losing the last seconds.
/// A single channel counts once, as one of two does (as in FFmpeg; libebur128 can also count it twice).
class LoudnessMeter {
public:
    /// Formats that are no sound (sample rates outside of 8 to 384 kHz, more than 64 channels) are not measured.
    LoudnessMeter(const SoundFormat& format, std::chrono::nanoseconds integration);
    ~LoudnessMeter();
    LoudnessMeter(const LoudnessMeter&) = delete;
    LoudnessMeter& operator=(const LoudnessMeter&) = delete;

    void add(const SoundSlice& slice);
    [[nodiscard]] Loudness loudness() const;
    /// Since the last `restart_peaks`, linear; 0 where not measured.
    [[nodiscard]] double true_peak(std::size_t channel) const { return true_peaks_[channel]; }
    void restart_peaks();

private:
    class Filter;

    void take_peaks();

    std::unique_ptr<Filter> filter_;  ///< null where not measured
    LoudnessHistory history_;
    std::vector<double> true_peaks_;
    std::size_t step_;          ///< samples of a channel in 100 ms
    std::size_t left_in_step_;  ///< of those
};

}  // namespace muxtap::frames
