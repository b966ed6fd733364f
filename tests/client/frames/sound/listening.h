#pragma once

#include <cmath>
#include <cstdint>
#include <functional>
#include <random>
#include <vector>

#include "client/frames/sound/sound_meter.h"

/// Computed sound, a meter that hears it, and what it tells.
namespace muxtap::test {

/// Amplitude of a level in decibels.
[[nodiscard]] inline double amplitude(double decibels) {
    return std::pow(10, decibels / 20);
}

inline constexpr double full_turn = 6.283185307179586;

/// The sample with a number of each channel.
using Signal = std::function<double(std::uint64_t frame, std::size_t channel)>;

/// The same sine in all channels, its peak at a level.
[[nodiscard]] inline Signal sine(double peak_dbfs, double frequency = 1000, double rate = 48'000, double phase = 0) {
    return [=, peak = amplitude(peak_dbfs)](std::uint64_t frame, std::size_t) {
        return peak * std::sin(full_turn * frequency * static_cast<double>(frame) / rate + phase);
    };
}
[[nodiscard]] inline Signal constant(double value) {
    return [=](std::uint64_t, std::size_t) { return value; };
}
/// White noise, another one in each channel, its RMS at a level.
[[nodiscard]] inline Signal noise(double rms_dbfs, unsigned seed = 1) {
    return [engine = std::mt19937(seed), spread = std::normal_distribution<double>(0, amplitude(rms_dbfs))](
               std::uint64_t, std::size_t) mutable { return spread(engine); };
}

[[nodiscard]] inline std::vector<frames::SpeakerPosition> stereo() {
    return {frames::SpeakerPosition::left, frames::SpeakerPosition::right};
}

struct Event {
    client::WorkerEvent kind;
    double seconds;                    ///< position
    std::optional<double> duration{};  ///< seconds

    [[nodiscard]] bool operator==(const Event&) const = default;
};

class Listening {
public:
    explicit Listening(const frames::SoundLimits& limits = {}, std::vector<frames::SpeakerPosition> channels = stereo(),
                       unsigned rate = 48'000)
        : format{rate, std::move(channels)},
          meter(
              limits, [this](frames::Finding finding) { findings.push_back(std::move(finding)); },
              [this](const frames::SoundFacts& facts) { reports.push_back(facts); }) {
        time.pts = ts::Timestamp::from_ticks(ts::Timestamp::modulus - 9'000);
        time.captured = from_unix_ns(1'763'600'000'000'000'000);
    }

    /// Plays the signal on, in blocks of so many samples of a channel.
    void play(double seconds, const Signal& signal, std::size_t block_frames = 1024) {
        auto left = static_cast<std::size_t>(std::llround(seconds * format.sample_rate));
        std::vector<float> samples;
        while (left > 0) {
            const std::size_t count = std::min(left, block_frames);
            samples.clear();
            for (std::size_t i = 0; i < count; ++i) {
                for (std::size_t channel = 0; channel < format.channels.size(); ++channel)
                    samples.push_back(static_cast<float>(signal(frame + i, channel)));
            }
            give(samples);
            left -= count;
        }
    }

    /// Interleaved samples as they are, as one block.
    void give(const std::vector<float>& samples) {
        meter.add(format, {.time = now(), .samples = samples});
        frame += samples.size() / format.channels.size();
    }

    /// Time goes on without sound, or back.
    void jump(double seconds) { skipped += std::chrono::nanoseconds{std::llround(seconds * 1e9)}; }

    [[nodiscard]] frames::MediaTime now() const {
        frames::MediaTime out = time;
        const auto since = std::chrono::nanoseconds{frame * 1'000'000'000 / format.sample_rate} + skipped;
        out.position += since;
        out.captured += since;
        const auto ticks = (static_cast<std::uint64_t>(since.count()) * 9 + 50'000) / 100'000;
        out.pts = ts::Timestamp::from_ticks(time.pts->ticks() + ticks);
        return out;
    }

    [[nodiscard]] const frames::SoundFacts& last() const { return reports.back(); }
    [[nodiscard]] std::vector<Event> events() const {
        std::vector<Event> out;
        for (const frames::Finding& finding : findings) {
            out.push_back({finding.kind, seconds_of(finding.time.position), {}});
            if (finding.duration) out.back().duration = seconds_of(*finding.duration);
        }
        return out;
    }

    frames::SoundFormat format;
    frames::MediaTime time;  ///< of the first sample
    std::uint64_t frame = 0;
    std::chrono::nanoseconds skipped{};
    std::vector<frames::Finding> findings;
    std::vector<frames::SoundFacts> reports;
    frames::SoundMeter meter;

private:
    /// In steps of 10 us: less than a sample.
    [[nodiscard]] static double seconds_of(std::chrono::nanoseconds time) {
        return std::round(std::chrono::duration<double>(time).count() * 1e5) / 1e5;
    }
};

}  // namespace muxtap::test

namespace Catch {

template <>
struct StringMaker<muxtap::test::Event> {
    static std::string convert(const muxtap::test::Event& event) {
        std::string out = std::string{muxtap::client::key_name(event.kind)} + " at " + std::to_string(event.seconds);
        if (event.duration) out += " after " + std::to_string(*event.duration);
        return out;
    }
};

}  // namespace Catch
