#include "client/frames/sound/silence_watch.h"

namespace muxtap::frames {

namespace {

double mean_square(const SoundSlice& slice, std::size_t channel) noexcept {
    double squares = 0;
    for (std::size_t i = channel; i < slice.samples.size(); i += slice.channels)
        squares += double{slice.samples[i]} * double{slice.samples[i]};
    return squares / static_cast<double>(slice.frames());
}

}  // namespace

SilenceWatch::SilenceWatch(std::size_t channels, double power, std::uint64_t hold, Handler changed)
    : power_(power), channels_(channels, Spell(hold, 0)), all_(hold, 0), changed_(std::move(changed)) {}

void SilenceWatch::add(const SoundSlice& slice) {
    bool all = true;
    for (std::size_t channel = 0; channel < channels_.size(); ++channel) {
        const bool silent = mean_square(slice, channel) < power_;
        channels_[channel].update(silent, slice.time, slice.frames());
        all = all && silent;
    }
    told(all_.update(all, slice.time, slice.frames()));
}

void SilenceWatch::finish(const MediaTime& time) {
    told(all_.finish(time));
}

void SilenceWatch::told(Spell::Change change) const {
    if (change != Spell::Change::none) changed_(change, all_);
}

}  // namespace muxtap::frames
