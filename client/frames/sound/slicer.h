#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <vector>

#include "client/frames/sound/sound_meter.h"
#include "client/frames/sound/sound_slice.h"

namespace muxtap::frames {

/// Cuts the sound of one format into slices of 10 ms, so that what is measured does not depend on how it came. A gap
/// ends a slice early. Samples that are no numbers become 0. Memory: one slice.
class Slicer {
public:
    /// At least one channel, and a sample rate that is not 0.
    Slicer(std::size_t channels, unsigned sample_rate);

    /// Offers each slice that is complete to `sink`; to `gap` that the next one does not follow the last.
    void add(const SoundBlock& block, const std::function<void(const SoundSlice&)>& sink,
             const std::function<void()>& gap);
    /// Offers what is left.
    void flush(const std::function<void(const SoundSlice&)>& sink);

private:
    [[nodiscard]] bool follows(const MediaTime& time) const noexcept;
    [[nodiscard]] std::size_t missing_samples() const noexcept;

    std::size_t channels_;
    unsigned sample_rate_;
    std::vector<float> samples_;  ///< of the slice that is not complete
    MediaTime time_;              ///< of its first sample
    std::uint64_t slices_ = 0;    ///< complete ones
    std::optional<std::chrono::nanoseconds> next_position_;
};

}  // namespace muxtap::frames
