#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "client/frames/sound/sound_slice.h"
#include "client/frames/sound/spell.h"

namespace muxtap::frames {

/// Runs of samples at full scale, in any channel.
class ClippingMeter {
public:
    /// Told of each change with the spell: it begins with the first sample of a run and ends behind the last one.
    using Handler = std::function<void(Spell::Change, const MediaTime& began, const MediaTime& ended)>;

    /// So many samples in a row are clipped; it is over after `hold` samples of a channel without.
    ClippingMeter(std::size_t channels, unsigned run, std::uint64_t hold, Handler changed);

    void add(const SoundSlice& slice);
    /// The next slice does not follow the last one: no run goes on.
    void gap();
    void finish();

    /// Since the start: samples in runs.
    [[nodiscard]] std::uint64_t clipped_samples(std::size_t channel) const { return channels_[channel].clipped; }

private:
    struct Channel {
        std::uint64_t run = 0;  ///< samples at full scale up to here
        std::uint64_t clipped = 0;
    };

    [[nodiscard]] bool full_scale_in(const SoundSlice& slice) const noexcept;
    [[nodiscard]] std::uint64_t longest_run_at(const SoundSlice& slice, std::size_t frame);
    void clipped(const MediaTime& began, const MediaTime& end);
    void unclipped(std::uint64_t frames);

    std::vector<Channel> channels_;
    std::uint64_t run_;
    std::uint64_t hold_;
    Handler changed_;
    bool lasts_ = false;
    MediaTime began_;
    MediaTime ended_;
    std::uint64_t without_ = 0;  ///< samples since the last clipped one, while it lasts
};

}  // namespace muxtap::frames
