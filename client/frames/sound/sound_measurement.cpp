#include "client/frames/sound/sound_measurement.h"

#include <algorithm>
#include <utility>

#include "common/text/numbers.h"

namespace muxtap::frames {

namespace {

using client::WorkerEvent;

/// "2.50 s".
std::string seconds(std::chrono::nanoseconds duration) {
    return text::fixed(std::chrono::duration<double>(duration).count(), 2) + " s";
}

Finding beginning(WorkerEvent kind, const MediaTime& time, std::string text) {
    Finding finding;
    finding.kind = kind;
    finding.time = time;
    finding.text = std::move(text);
    return finding;
}

/// The text: what it was, and how long it lasted.
Finding ending(WorkerEvent kind, const MediaTime& began, const MediaTime& ended, const std::string& what) {
    // Time stamps may jump back while something lasts.
    const std::chrono::nanoseconds duration =
        std::max(ended.position - began.position, std::chrono::nanoseconds::zero());
    Finding finding = beginning(kind, ended, what + " ended after " + seconds(duration));
    finding.duration = duration;
    return finding;
}

/// "left surround".
std::string spoken(SpeakerPosition position) {
    std::string name = key_name(position);
    std::replace(name.begin(), name.end(), '_', ' ');
    return name;
}

}  // namespace

SoundMeasurement::SoundMeasurement(SoundFormat format, const SoundLimits& limits, const SoundListeners& listeners)
    : format_(std::move(format)),
      silence_dbfs_(limits.silence_dbfs),
      listeners_(listeners),
      slicer_(format_.channels.size(), format_.sample_rate),
      levels_(format_.channels.size()),
      clipping_(format_.channels.size(), limits.clipping_run, frames_in(limits.clipping_hold, format_.sample_rate),
                [this](auto change, const auto& began, const auto& ended) { told_clipping(change, began, ended); }),
      silence_(format_.channels.size(), power_at(limits.silence_dbfs),
               frames_in(limits.silence_hold, format_.sample_rate),
               [this](auto change, const auto& spell) { told_silence(change, spell); }),
      loudness_(format_, limits.integration),
      interval_(frames_in(limits.interval, format_.sample_rate)) {
    for (const PhaseMeter::Pair pair : channel_pairs(format_.channels)) add_pair(pair, limits);
}

void SoundMeasurement::add_pair(PhaseMeter::Pair pair, const SoundLimits& limits) {
    const PhaseMeter::Limits phase{.correlation = limits.phase_limit,
                                   .silence_power = power_at(limits.silence_dbfs),
                                   .hold = frames_in(limits.phase_hold, format_.sample_rate)};
    phases_.emplace_back(pair, phase, [this, pair](auto change, const auto& spell, double correlation) {
        told_phase(pair, change, spell, correlation);
    });
}

void SoundMeasurement::add(const SoundBlock& block) {
    slicer_.add(
        block, [this](const SoundSlice& slice) { take(slice); }, [this] { gap(); });
}

void SoundMeasurement::finish() {
    slicer_.flush([this](const SoundSlice& slice) { take(slice); });
    report();
    silence_.finish(end_);
    clipping_.finish();
    for (PhaseMeter& phase : phases_) phase.finish(end_);
}

void SoundMeasurement::take(const SoundSlice& slice) {
    if (frames_ == 0) began_ = slice.time;
    levels_.add(slice);
    silence_.add(slice);
    clipping_.add(slice);
    for (PhaseMeter& phase : phases_) phase.add(slice);
    loudness_.add(slice);
    end_ = slice.end();
    frames_ += slice.frames();
    if (frames_ >= interval_) report();
}

void SoundMeasurement::gap() {
    report();
    clipping_.gap();
}

void SoundMeasurement::report() {
    if (frames_ == 0) return;
    SoundFacts facts{.format = format_,
                     .time = began_,
                     .duration = sound_duration(static_cast<std::int64_t>(frames_), format_.sample_rate),
                     .channels = {},
                     .pairs = {},
                     .loudness = loudness_.loudness(),
                     .silent = silence_.all_silent()};
    for (std::size_t channel = 0; channel < format_.channels.size(); ++channel)
        facts.channels.push_back(levels(channel));
    for (PhaseMeter& phase : phases_) {
        facts.pairs.push_back({.first = format_.channels[phase.pair().first],
                               .second = format_.channels[phase.pair().second],
                               .correlation = phase.correlation()});
        phase.restart();
    }
    levels_.restart();
    loudness_.restart_peaks();
    frames_ = 0;
    listeners_.report(facts);
}

ChannelLevels SoundMeasurement::levels(std::size_t channel) const {
    const LevelMeter::Level level = levels_.level(channel);
    // What rings from the interval before into digital silence is none of its own.
    const bool heard = level.peak_dbfs.has_value();
    return {.position = format_.channels[channel],
            .peak_dbfs = level.peak_dbfs,
            .rms_dbfs = level.rms_dbfs,
            .true_peak_dbtp = heard ? decibels(loudness_.true_peak(channel)) : std::nullopt,
            .silent = silence_.silent(channel),
            .clipped_samples = clipping_.clipped_samples(channel)};
}

void SoundMeasurement::told_silence(Spell::Change change, const Spell& spell) const {
    if (change == Spell::Change::began) {
        listeners_.found(beginning(WorkerEvent::sound_silence_began, spell.began(),
                                   "silence: all channels are below " + text::fixed(silence_dbfs_, 1) + " dBFS"));
    } else {
        listeners_.found(ending(WorkerEvent::sound_silence_ended, spell.began(), spell.ended(), "silence"));
    }
}

void SoundMeasurement::told_clipping(Spell::Change change, const MediaTime& began, const MediaTime& ended) const {
    if (change == Spell::Change::began) {
        listeners_.found(beginning(WorkerEvent::clipping_began, began, "clipping: sound stays at full scale"));
    } else {
        listeners_.found(ending(WorkerEvent::clipping_ended, began, ended, "clipping"));
    }
}

void SoundMeasurement::told_phase(PhaseMeter::Pair pair, Spell::Change change, const Spell& spell,
                                  double correlation) const {
    const std::string names = spoken(format_.channels[pair.first]) + " and " + spoken(format_.channels[pair.second]);
    if (change == Spell::Change::began) {
        listeners_.found(beginning(WorkerEvent::phase_began, spell.began(),
                                   names + " are out of phase: correlation " + text::fixed(correlation, 2)));
    } else {
        listeners_.found(ending(WorkerEvent::phase_ended, spell.began(), spell.ended(), "phase error of " + names));
    }
}

}  // namespace muxtap::frames
