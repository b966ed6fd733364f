#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "client/frames/sound/clipping_meter.h"
#include "client/frames/sound/level_meter.h"
#include "client/frames/sound/loudness_meter.h"
#include "client/frames/sound/phase_meter.h"
#include "client/frames/sound/silence_watch.h"
#include "client/frames/sound/slicer.h"
#include "client/frames/sound/sound_meter.h"

namespace muxtap::frames {

/// Whom a measurement tells. Owned by the caller and alive as long as the measurement.
struct SoundListeners {
    FindingHandler found;
    std::function<void(const SoundFacts&)> report;
};

/// All that is measured of sound of one format: slices go to the meters, and each interval becomes a report. A gap ends
/// an interval early.
class SoundMeasurement {
public:
    /// The format has channels and a sample rate.
    SoundMeasurement(SoundFormat format, const SoundLimits& limits, const SoundListeners& listeners);
    ~SoundMeasurement() = default;
    SoundMeasurement(const SoundMeasurement&) = delete;
    SoundMeasurement& operator=(const SoundMeasurement&) = delete;

    [[nodiscard]] const SoundFormat& format() const noexcept { return format_; }
    void add(const SoundBlock& block);
    void finish();

private:
    void take(const SoundSlice& slice);
    void gap();
    void report();
    [[nodiscard]] ChannelLevels levels(std::size_t channel) const;
    void add_pair(PhaseMeter::Pair pair, const SoundLimits& limits);

    void told_silence(Spell::Change change, const Spell& spell) const;
    void told_clipping(Spell::Change change, const MediaTime& began, const MediaTime& ended) const;
    void told_phase(PhaseMeter::Pair pair, Spell::Change change, const Spell& spell, double correlation) const;

    SoundFormat format_;
    double silence_dbfs_;
    const SoundListeners& listeners_;
    Slicer slicer_;
    LevelMeter levels_;
    ClippingMeter clipping_;
    SilenceWatch silence_;
    std::vector<PhaseMeter> phases_;
    LoudnessMeter loudness_;

    std::uint64_t interval_;    ///< samples of a channel
    std::uint64_t frames_ = 0;  ///< of the interval so far
    MediaTime began_;           ///< of the interval
    MediaTime end_;             ///< of the last slice
};

}  // namespace muxtap::frames
