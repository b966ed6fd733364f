#include "client/frames/sound/sound_meter.h"

#include <utility>

#include "client/frames/sound/sound_measurement.h"

namespace muxtap::frames {

const char* key_name(SpeakerPosition position) noexcept {
    switch (position) {
        case SpeakerPosition::mono: return "mono";
        case SpeakerPosition::left: return "left";
        case SpeakerPosition::right: return "right";
        case SpeakerPosition::centre: return "centre";
        case SpeakerPosition::low_frequency: return "low_frequency";
        case SpeakerPosition::left_surround: return "left_surround";
        case SpeakerPosition::right_surround: return "right_surround";
        case SpeakerPosition::other: return "other";
    }
    return "";
}

SoundMeter::SoundMeter(const SoundLimits& limits, FindingHandler found, std::function<void(const SoundFacts&)> report)
    : limits_(limits),
      listeners_(std::make_unique<SoundListeners>(SoundListeners{std::move(found), std::move(report)})) {}

SoundMeter::~SoundMeter() = default;

void SoundMeter::add(const SoundFormat& format, const SoundBlock& block) {
    if (format.sample_rate == 0 || format.channels.empty()) return;
    if (!measurement_ || measurement_->format() != format) {
        finish();
        measurement_ = std::make_unique<SoundMeasurement>(format, limits_, *listeners_);
    }
    measurement_->add(block);
}

void SoundMeter::finish() {
    if (measurement_) measurement_->finish();
    measurement_.reset();
}

}  // namespace muxtap::frames
