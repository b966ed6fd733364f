#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "client/frames/sound/sound_slice.h"
#include "client/frames/sound/spell.h"

namespace muxtap::frames {

/// Channels whose slices are below a level. Over a gap, what was silent stays so until the next slice tells.
class SilenceWatch {
public:
    /// Told of each change of the silence of all channels.
    using Handler = std::function<void(Spell::Change, const Spell&)>;

    /// A slice is silent whose mean square is below `power`; silence is told after `hold` samples of a channel.
    SilenceWatch(std::size_t channels, double power, std::uint64_t hold, Handler changed);

    void add(const SoundSlice& slice);
    /// The last slice ended at `time`.
    void finish(const MediaTime& time);

    [[nodiscard]] bool silent(std::size_t channel) const { return channels_[channel].lasts(); }
    [[nodiscard]] bool all_silent() const noexcept { return all_.lasts(); }

private:
    void told(Spell::Change change) const;

    double power_;
    std::vector<Spell> channels_;
    Spell all_;
    Handler changed_;
};

}  // namespace muxtap::frames
