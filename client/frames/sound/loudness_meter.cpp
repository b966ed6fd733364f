#include "client/frames/sound/loudness_meter.h"

#include <ebur128.h>

#include <algorithm>
#include <cmath>

namespace muxtap::frames {

namespace {

constexpr unsigned lowest_rate = 8'000;
constexpr unsigned highest_rate = 384'000;
constexpr std::size_t most_channels = 64;
constexpr std::chrono::milliseconds step_length{100};

struct Destroy {
    void operator()(ebur128_state* state) const noexcept { ebur128_destroy(&state); }
};

/// ITU-R BS.1770-4, table 3: the surrounds weigh 1.41, the low-frequency channel is left out, all others weigh 1.
int place_of(SpeakerPosition position) noexcept {
    switch (position) {
        case SpeakerPosition::mono:
        case SpeakerPosition::centre: return EBUR128_CENTER;
        case SpeakerPosition::left: return EBUR128_LEFT;
        case SpeakerPosition::right: return EBUR128_RIGHT;
        case SpeakerPosition::low_frequency: return EBUR128_UNUSED;
        case SpeakerPosition::left_surround: return EBUR128_LEFT_SURROUND;
        case SpeakerPosition::right_surround: return EBUR128_RIGHT_SURROUND;
        case SpeakerPosition::other: break;
    }
    return EBUR128_Mp180;
}

bool is_measurable(const SoundFormat& format) noexcept {
    return format.sample_rate >= lowest_rate && format.sample_rate <= highest_rate && !format.channels.empty() &&
           format.channels.size() <= most_channels;
}

}  // namespace

/// The K-weighting and the oversampling. Its memory is that of 400 ms: nothing is allocated after the start.
class LoudnessMeter::Filter {
public:
    explicit Filter(const SoundFormat& format)
        : state_(ebur128_init(static_cast<unsigned>(format.channels.size()), format.sample_rate,
                              EBUR128_MODE_M | EBUR128_MODE_TRUE_PEAK)) {
        if (!state_) return;
        for (unsigned i = 0; i < state_->channels; ++i)
            ebur128_set_channel(state_.get(), i, place_of(format.channels[i]));
    }

    [[nodiscard]] bool works() const noexcept { return state_ != nullptr; }

    void add(std::span<const float> samples) {
        // In this mode it allocates nothing, which is all that could fail.
        static_cast<void>(ebur128_add_frames_float(state_.get(), samples.data(), samples.size() / state_->channels));
    }

    /// Mean energy of the last 100 ms.
    [[nodiscard]] double energy() const {
        double loudness = -HUGE_VAL;
        if (ebur128_loudness_window(state_.get(), step_length.count(), &loudness) != EBUR128_SUCCESS) return 0;
        return std::pow(10, (loudness + 0.691) / 10);
    }

    /// Of what was added last.
    [[nodiscard]] double true_peak(std::size_t channel) const {
        double peak = 0;
        if (ebur128_prev_true_peak(state_.get(), static_cast<unsigned>(channel), &peak) != EBUR128_SUCCESS) return 0;
        return std::isfinite(peak) ? peak : 0;
    }

private:
    std::unique_ptr<ebur128_state, Destroy> state_;
};

LoudnessMeter::LoudnessMeter(const SoundFormat& format, std::chrono::nanoseconds integration)
    : history_(integration.count() > 0 ? static_cast<std::uint64_t>(std::max(integration / step_length, 1L)) : 0),
      true_peaks_(format.channels.size()),
      step_(static_cast<std::size_t>(frames_in(step_length, format.sample_rate))),
      left_in_step_(step_) {
    if (!is_measurable(format)) return;
    filter_ = std::make_unique<Filter>(format);
    if (!filter_->works()) filter_.reset();
}

LoudnessMeter::~LoudnessMeter() = default;

void LoudnessMeter::add(const SoundSlice& slice) {
    if (!filter_) return;
    std::span<const float> rest = slice.samples;
    while (!rest.empty()) {
        const std::size_t frames = std::min(rest.size() / slice.channels, left_in_step_);
        filter_->add(rest.first(frames * slice.channels));
        take_peaks();
        rest = rest.subspan(frames * slice.channels);
        left_in_step_ -= frames;
        if (left_in_step_ > 0) continue;
        left_in_step_ = step_;
        history_.add(filter_->energy());
    }
}

void LoudnessMeter::take_peaks() {
    for (std::size_t i = 0; i < true_peaks_.size(); ++i)
        true_peaks_[i] = std::max(true_peaks_[i], filter_->true_peak(i));
}

Loudness LoudnessMeter::loudness() const {
    return history_.loudness();
}

void LoudnessMeter::restart_peaks() {
    std::fill(true_peaks_.begin(), true_peaks_.end(), 0.0);
}

}  // namespace muxtap::frames
