#include "client/frames/sound/slicer.h"

#include <algorithm>
#include <cmath>

namespace muxtap::frames {

namespace {

constexpr std::uint64_t slices_per_second = 100;
constexpr std::chrono::milliseconds longest_departure{100};
/// Bounds the memory at sample rates that no sound has: slices are shorter there.
constexpr std::uint64_t most_frames = 8192;

/// Frames of a slice: the slices of a second have its samples to the last one, also where 100 does not divide the rate.
std::size_t frames_of(std::uint64_t slice, unsigned sample_rate) noexcept {
    const std::uint64_t in_second = slice % slices_per_second;
    const std::uint64_t frames =
        (in_second + 1) * sample_rate / slices_per_second - in_second * sample_rate / slices_per_second;
    return static_cast<std::size_t>(std::clamp<std::uint64_t>(frames, 1, most_frames));
}

}  // namespace

Slicer::Slicer(std::size_t channels, unsigned sample_rate) : channels_(channels), sample_rate_(sample_rate) {}

bool Slicer::follows(const MediaTime& time) const noexcept {
    return !next_position_ || std::chrono::abs(time.position - *next_position_) <= longest_departure;
}

std::size_t Slicer::missing_samples() const noexcept {
    return frames_of(slices_, sample_rate_) * channels_ - samples_.size();
}

void Slicer::add(const SoundBlock& block, const std::function<void(const SoundSlice&)>& sink,
                 const std::function<void()>& gap) {
    const std::size_t whole = block.samples.size() / channels_ * channels_;
    if (whole == 0) return;
    if (!follows(block.time)) {
        flush(sink);
        gap();
    }
    std::span<const float> rest = block.samples.first(whole);
    while (!rest.empty()) {
        if (samples_.empty()) {
            const auto taken = static_cast<std::int64_t>((whole - rest.size()) / channels_);
            time_ = shifted(block.time, taken, sample_rate_);
        }
        const std::size_t count = std::min(rest.size(), missing_samples());
        for (const float sample : rest.first(count)) samples_.push_back(std::isfinite(sample) ? sample : 0.0F);
        rest = rest.subspan(count);
        if (missing_samples() == 0) {
            flush(sink);
            ++slices_;
        }
    }
    next_position_ = shifted(block.time, static_cast<std::int64_t>(whole / channels_), sample_rate_).position;
}

void Slicer::flush(const std::function<void(const SoundSlice&)>& sink) {
    if (samples_.empty()) return;
    sink({.time = time_, .samples = samples_, .channels = channels_, .sample_rate = sample_rate_});
    samples_.clear();
}

}  // namespace muxtap::frames
