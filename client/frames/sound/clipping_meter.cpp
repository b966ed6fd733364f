#include "client/frames/sound/clipping_meter.h"

#include <algorithm>
#include <cmath>

namespace muxtap::frames {

namespace {

bool at_full_scale(float sample) noexcept {
    return std::abs(sample) >= 0.9999F;
}

}  // namespace

ClippingMeter::ClippingMeter(std::size_t channels, unsigned run, std::uint64_t hold, Handler changed)
    : channels_(channels), run_(std::max(run, 1U)), hold_(hold), changed_(std::move(changed)) {}

bool ClippingMeter::full_scale_in(const SoundSlice& slice) const noexcept {
    return std::any_of(slice.samples.begin(), slice.samples.end(), at_full_scale);
}

std::uint64_t ClippingMeter::longest_run_at(const SoundSlice& slice, std::size_t frame) {
    std::uint64_t longest = 0;
    for (std::size_t i = 0; i < channels_.size(); ++i) {
        Channel& channel = channels_[i];
        channel.run = at_full_scale(slice.samples[frame * slice.channels + i]) ? channel.run + 1 : 0;
        if (channel.run == run_) {
            channel.clipped += run_;
        } else if (channel.run > run_) {
            ++channel.clipped;
        }
        longest = std::max(longest, channel.run);
    }
    return longest;
}

void ClippingMeter::add(const SoundSlice& slice) {
    if (!full_scale_in(slice)) {
        gap();
        unclipped(slice.frames());
        return;
    }
    for (std::size_t frame = 0; frame < slice.frames(); ++frame) {
        const std::uint64_t run = longest_run_at(slice, frame);
        const auto number = static_cast<std::int64_t>(frame);
        if (run >= run_) {
            const std::int64_t first = number + 1 - static_cast<std::int64_t>(run);
            clipped(lasts_ ? began_ : slice.time_at(first), slice.time_at(number + 1));
        } else {
            unclipped(1);
        }
    }
}

void ClippingMeter::gap() {
    for (Channel& channel : channels_) channel.run = 0;
}

void ClippingMeter::finish() {
    if (lasts_) changed_(Spell::Change::ended, began_, ended_);
    lasts_ = false;
}

void ClippingMeter::clipped(const MediaTime& began, const MediaTime& end) {
    ended_ = end;
    without_ = 0;
    if (lasts_) return;
    lasts_ = true;
    began_ = began;
    changed_(Spell::Change::began, began_, ended_);
}

void ClippingMeter::unclipped(std::uint64_t frames) {
    if (!lasts_) return;
    without_ += frames;
    if (without_ < hold_) return;
    lasts_ = false;
    changed_(Spell::Change::ended, began_, ended_);
}

}  // namespace muxtap::frames
