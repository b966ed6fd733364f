#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "client/frames/finding.h"
#include "client/frames/media_time.h"

namespace muxtap::frames {

/// Where a channel belongs (ITU-R BS.1770 weighs them differently).
enum class SpeakerPosition : std::uint8_t {
    mono,
    left,
    right,
    centre,
    low_frequency,
    left_surround,
    right_surround,
    other
};
/// "left", "low_frequency": for JSON.
[[nodiscard]] const char* key_name(SpeakerPosition position) noexcept;

/// Form of a sound stream.
struct SoundFormat {
    unsigned sample_rate = 0;  ///< Hz
    std::vector<SpeakerPosition> channels;

    [[nodiscard]] bool operator==(const SoundFormat&) const = default;
};

/// Decoded sound: interleaved samples, 1.0 is full scale. Borrowed until the call that takes it returns.
struct SoundBlock {
    MediaTime time;  ///< of the first sample
    std::span<const float> samples;
};

/// One channel over the interval of a report.
struct ChannelLevels {
    SpeakerPosition position{};
    std::optional<double> peak_dbfs;       ///< sample peak; none for digital silence
    std::optional<double> rms_dbfs;        ///< none for digital silence
    std::optional<double> true_peak_dbtp;  ///< ITU-R BS.1770, annex 2; none for digital silence
    bool silent = false;                   ///< it has been below the limit for the hold time
    std::uint64_t clipped_samples = 0;     ///< since the start: samples of runs at full scale

    [[nodiscard]] bool operator==(const ChannelLevels&) const = default;
};

/// Two channels that belong together.
struct PairPhase {
    SpeakerPosition first{};
    SpeakerPosition second{};
    std::optional<double> correlation;  ///< -1 to 1 over the interval; none while one of them is digital silence

    [[nodiscard]] bool operator==(const PairPhase&) const = default;
};

/// Loudness of the whole (EBU R 128, EBU Tech 3341 and 3342), absent while too little was heard or all of it is gated.
struct Loudness {
    std::optional<double> momentary_lufs;   ///< last 400 ms
    std::optional<double> short_term_lufs;  ///< last 3 s
    std::optional<double> integrated_lufs;  ///< since the start of the measurement
    std::optional<double> range_lu;

    [[nodiscard]] bool operator==(const Loudness&) const = default;
};

/// What was heard of one audio stream in one interval.
struct SoundFacts {
    SoundFormat format;
    MediaTime time;  ///< of its first sample
    std::chrono::nanoseconds duration{};
    std::vector<ChannelLevels> channels;
    std::vector<PairPhase> pairs;  ///< left and right; left and right surround
    Loudness loudness;
    bool silent = false;  ///< all channels have been below the limit for the hold time

    [[nodiscard]] bool operator==(const SoundFacts&) const = default;
};

struct SoundLimits {
    double silence_dbfs = -60;  ///< RMS of blocks of 10 ms below this is silence
    std::chrono::nanoseconds silence_hold{std::chrono::seconds{2}};
    unsigned clipping_run = 3;  ///< so many samples in a row at full scale (0.9999 and above) are clipped
    std::chrono::nanoseconds clipping_hold{std::chrono::seconds{1}};  ///< without clipping for this long ends it
    double phase_limit = -0.5;                                        ///< correlation below this is out of phase
    std::chrono::nanoseconds phase_hold{std::chrono::seconds{5}};
    std::chrono::nanoseconds interval{std::chrono::seconds{1}};  ///< of reports
    /// The measurement of loudness begins anew after this time, at least 3 s; 0: never.
    std::chrono::nanoseconds integration{};
};

class SoundMeasurement;
struct SoundListeners;

/// Measures one audio stream: levels, loudness, silence, clipping, phase. Silence of all channels, clipping and pairs
/// out of phase are told as findings, a beginning once its hold time has passed and with the time at which it began.
/// Bounded memory, however long it runs. Used by one thread.
class SoundMeter {
public:
    SoundMeter(const SoundLimits& limits, FindingHandler found, std::function<void(const SoundFacts&)> report);
    ~SoundMeter();
    SoundMeter(const SoundMeter&) = delete;
    SoundMeter& operator=(const SoundMeter&) = delete;

    /// Takes the next sound. Another format begins the measurement anew. Samples are laid end to end; where
    /// `block.time` departs from that by more than 100 ms there was a gap: its time is left out.
    void add(const SoundFormat& format, const SoundBlock& block);

    /// No sound comes any more: reports what is left and ends what lasts.
    void finish();

private:
    SoundLimits limits_;
    std::unique_ptr<SoundListeners> listeners_;
    std::unique_ptr<SoundMeasurement> measurement_;  ///< of the present format
};

}  // namespace muxtap::frames
