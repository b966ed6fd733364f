#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "client/frames/sound/sound_meter.h"
#include "client/frames/sound/sound_slice.h"
#include "client/frames/sound/spell.h"

namespace muxtap::frames {

/// Correlation of two channels that belong together, over the time between reports, and whether they are out of phase:
/// judged by windows of 400 ms, whatever the interval of reports is. Windows in which one of the two is silent count
/// neither way before a phase error has begun, and as sound without it afterwards.
class PhaseMeter {
public:
    /// The two channels of a pair, by their place in a frame.
    struct Pair {
        std::size_t first;
        std::size_t second;
    };
    struct Limits {
        double correlation;    ///< below it is out of phase
        double silence_power;  ///< mean square
        std::uint64_t hold;    ///< samples of a channel
    };
    /// Told of each change with the spell and the correlation of the window.
    using Handler = std::function<void(Spell::Change, const Spell&, double correlation)>;

    PhaseMeter(Pair pair, const Limits& limits, Handler changed);

    void add(const SoundSlice& slice);
    /// The last slice ended at `time`.
    void finish(const MediaTime& time);

    [[nodiscard]] const Pair& pair() const noexcept { return pair_; }
    /// Since the last `restart`; none where one channel was digital silence.
    [[nodiscard]] std::optional<double> correlation() const noexcept { return interval_.correlation(); }
    void restart() noexcept { interval_ = {}; }

private:
    struct Sums {
        double first = 0;  ///< of the squares
        double second = 0;
        double products = 0;
        std::uint64_t frames = 0;

        [[nodiscard]] std::optional<double> correlation() const noexcept;
    };

    static void add(Sums& sums, const Sums& more) noexcept;
    [[nodiscard]] Sums sums_of(const SoundSlice& slice) const noexcept;
    void judge();

    Pair pair_;
    Limits limits_;
    Handler changed_;
    Sums interval_;
    Sums window_;
    MediaTime window_time_;  ///< of its first sample
    Spell spell_;
};

/// Left and right, left and right surround, as far as they are there.
[[nodiscard]] std::vector<PhaseMeter::Pair> channel_pairs(const std::vector<SpeakerPosition>& channels);

}  // namespace muxtap::frames
