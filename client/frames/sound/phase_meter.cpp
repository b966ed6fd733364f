#include "client/frames/sound/phase_meter.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace muxtap::frames {

namespace {

constexpr std::chrono::milliseconds window_length{400};

}  // namespace

std::vector<PhaseMeter::Pair> channel_pairs(const std::vector<SpeakerPosition>& channels) {
    std::vector<PhaseMeter::Pair> pairs;
    const auto add = [&](SpeakerPosition first, SpeakerPosition second) {
        const auto one = std::find(channels.begin(), channels.end(), first);
        const auto other = std::find(channels.begin(), channels.end(), second);
        if (one == channels.end() || other == channels.end()) return;
        pairs.push_back(
            {static_cast<std::size_t>(one - channels.begin()), static_cast<std::size_t>(other - channels.begin())});
    };
    add(SpeakerPosition::left, SpeakerPosition::right);
    add(SpeakerPosition::left_surround, SpeakerPosition::right_surround);
    return pairs;
}

PhaseMeter::PhaseMeter(Pair pair, const Limits& limits, Handler changed)
    : pair_(pair), limits_(limits), changed_(std::move(changed)), spell_(limits.hold, limits.hold) {}

std::optional<double> PhaseMeter::Sums::correlation() const noexcept {
    const double power = std::sqrt(first) * std::sqrt(second);
    if (!(power > 0)) return {};
    return std::clamp(products / power, -1.0, 1.0);
}

void PhaseMeter::add(Sums& sums, const Sums& more) noexcept {
    sums.first += more.first;
    sums.second += more.second;
    sums.products += more.products;
    sums.frames += more.frames;
}

PhaseMeter::Sums PhaseMeter::sums_of(const SoundSlice& slice) const noexcept {
    Sums sums{.frames = slice.frames()};
    for (std::size_t frame = 0; frame < slice.samples.size(); frame += slice.channels) {
        const double first = slice.samples[frame + pair_.first];
        const double second = slice.samples[frame + pair_.second];
        sums.first += first * first;
        sums.second += second * second;
        sums.products += first * second;
    }
    return sums;
}

void PhaseMeter::add(const SoundSlice& slice) {
    if (window_.frames == 0) window_time_ = slice.time;
    const Sums sums = sums_of(slice);
    add(interval_, sums);
    add(window_, sums);
    if (window_.frames >= frames_in(window_length, slice.sample_rate)) judge();
}

void PhaseMeter::judge() {
    const double silence = limits_.silence_power * static_cast<double>(window_.frames);
    const bool heard = window_.first >= silence && window_.second >= silence;
    const std::optional<double> correlation = heard ? window_.correlation() : std::nullopt;
    const Sums window = std::exchange(window_, {});
    if (!correlation && !spell_.lasts()) return;
    const bool out_of_phase = correlation && *correlation < limits_.correlation;
    const Spell::Change change = spell_.update(out_of_phase, window_time_, window.frames);
    if (change != Spell::Change::none) changed_(change, spell_, correlation.value_or(0));
}

void PhaseMeter::finish(const MediaTime& time) {
    window_ = {};
    const Spell::Change change = spell_.finish(time);
    if (change != Spell::Change::none) changed_(change, spell_, 0);
}

}  // namespace muxtap::frames
