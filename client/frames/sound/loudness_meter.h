#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "client/frames/sound/sound_meter.h"
#include "client/frames/sound/sound_slice.h"

namespace muxtap::frames {

/// Loudness and true peaks of one format, by libebur128. Its histogram of blocks in steps of 0.1 LU keeps memory the
/// same however long it runs. A single channel counts once, as one of two does.
class LoudnessMeter {
public:
    /// Formats that are no sound (sample rates outside of 8 to 384 kHz, more than 64 channels) are not measured.
    /// `integration`: the measurement begins anew after this time, at least 3 s; 0: never.
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
    struct State;  ///< libebur128's
    void begin();
    void take_peaks();

    SoundFormat format_;
    std::uint64_t integration_;     ///< samples of a channel, 0: for ever
    std::unique_ptr<State> state_;  ///< null where not measured
    std::uint64_t heard_ = 0;       ///< samples of a channel since the measurement began
    std::vector<double> true_peaks_;
};

}  // namespace muxtap::frames
