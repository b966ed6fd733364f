#include "client/frames/sound/loudness_meter.h"

#include <ebur128.h>

#include <algorithm>
#include <cmath>

namespace muxtap::frames {

namespace {

constexpr unsigned lowest_rate = 8'000;
constexpr unsigned highest_rate = 384'000;
constexpr std::size_t most_channels = 64;
/// A measurement has short-term loudness at least once.
constexpr std::chrono::nanoseconds shortest_integration{std::chrono::seconds{3}};
/// Below this a window holds only what filters ring on into digital silence.
constexpr double quietest = -140;

/// A value that libebur128 gives where it has one.
using Getter = int (*)(ebur128_state* state, double* value);
std::optional<double> value_of(ebur128_state* state, Getter getter) {
    double value = -HUGE_VAL;
    if (getter(state, &value) != EBUR128_SUCCESS || !(value > quietest)) return std::nullopt;
    return value;
}

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

struct LoudnessMeter::State {
    struct Destroy {
        void operator()(ebur128_state* state) const noexcept { ebur128_destroy(&state); }
    };
    std::unique_ptr<ebur128_state, Destroy> meter;
};

LoudnessMeter::LoudnessMeter(const SoundFormat& format, std::chrono::nanoseconds integration)
    : format_(format),
      integration_(is_measurable(format) && integration.count() > 0
                       ? frames_in(std::max(integration, shortest_integration), format.sample_rate)
                       : 0),
      true_peaks_(format.channels.size()) {
    if (is_measurable(format)) begin();
}

LoudnessMeter::~LoudnessMeter() = default;

void LoudnessMeter::begin() {
    constexpr int mode = EBUR128_MODE_I | EBUR128_MODE_LRA | EBUR128_MODE_TRUE_PEAK | EBUR128_MODE_HISTOGRAM;
    heard_ = 0;
    const auto channels = static_cast<unsigned>(format_.channels.size());
    state_ = std::make_unique<State>();
    state_->meter.reset(ebur128_init(channels, format_.sample_rate, mode));
    if (!state_->meter) {
        state_.reset();
        return;
    }
    for (unsigned i = 0; i < channels; ++i) ebur128_set_channel(state_->meter.get(), i, place_of(format_.channels[i]));
}

void LoudnessMeter::add(const SoundSlice& slice) {
    std::span<const float> rest = slice.samples;
    while (state_ && !rest.empty()) {
        std::uint64_t frames = rest.size() / slice.channels;
        if (integration_ > 0) {
            if (heard_ >= integration_) begin();
            frames = std::min(frames, integration_ - heard_);
        }
        // In this mode it allocates nothing, which is all that could fail.
        static_cast<void>(ebur128_add_frames_float(state_->meter.get(), rest.data(), frames));
        take_peaks();
        heard_ += frames;
        rest = rest.subspan(frames * slice.channels);
    }
}

void LoudnessMeter::take_peaks() {
    for (std::size_t i = 0; i < true_peaks_.size(); ++i) {
        double peak = 0;
        const int got = ebur128_prev_true_peak(state_->meter.get(), static_cast<unsigned>(i), &peak);
        if (got == EBUR128_SUCCESS && std::isfinite(peak)) true_peaks_[i] = std::max(true_peaks_[i], peak);
    }
}

Loudness LoudnessMeter::loudness() const {
    Loudness loudness;
    if (!state_) return loudness;
    const auto long_enough = [this](std::chrono::nanoseconds window) {
        return heard_ >= frames_in(window, format_.sample_rate);
    };
    if (!long_enough(std::chrono::milliseconds{400})) return loudness;
    loudness.momentary_lufs = value_of(state_->meter.get(), ebur128_loudness_momentary);
    loudness.integrated_lufs = value_of(state_->meter.get(), ebur128_loudness_global);
    if (!long_enough(std::chrono::seconds{3})) return loudness;
    loudness.short_term_lufs = value_of(state_->meter.get(), ebur128_loudness_shortterm);
    // Without blocks above the gate it says 0.
    if (loudness.integrated_lufs) loudness.range_lu = value_of(state_->meter.get(), ebur128_loudness_range);
    return loudness;
}

void LoudnessMeter::restart_peaks() {
    std::fill(true_peaks_.begin(), true_peaks_.end(), 0.0);
}

}  // namespace muxtap::frames
