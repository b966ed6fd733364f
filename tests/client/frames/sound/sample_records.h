#pragma once

#include "client/frames/records/sound_record.h"

namespace muxtap::test {

/// The record that proto/examples shows.
[[nodiscard]] inline frames::SoundRecord example_sound_record() {
    using enum frames::SpeakerPosition;
    frames::SoundRecord record;
    record.identity = {.probe = "cap-a", .stream = "news", .epoch = 1'763'600'000'123'456'789, .seq = 17};
    record.worker = {.name = "worker-1", .epoch = 1'763'600'001'000'000'000};
    record.program = 1;
    record.pid = 257;
    record.codec = analyzer::Codec::aac_adts;
    record.language = "eng";
    record.facts.format = {.sample_rate = 48'000, .channels = {left, right}};
    record.facts.time.position = std::chrono::seconds{17};
    record.facts.time.pts = ts::Timestamp::from_ticks(1'656'000);
    record.facts.time.captured = from_unix_ns(1'763'600'018'000'000'000);
    record.facts.time.packet = 24'210;
    record.facts.duration = std::chrono::seconds{1};
    record.facts.channels = {{left, -7.4312, -24.0678, -7.1204, false, 0}, {right, -8.0014, -24.9, -7.9821, false, 0}};
    record.facts.pairs = {{left, right, 0.8449}};
    record.facts.loudness = {-22.7312, -23.1049, -23.0251, 6.4083};
    return record;
}

/// Nothing is known that may be unknown.
[[nodiscard]] inline frames::SoundRecord silent_sound_record() {
    using enum frames::SpeakerPosition;
    frames::SoundRecord record;
    record.facts.format = {.sample_rate = 48'000, .channels = {left, right}};
    record.facts.channels = {{left, {}, {}, {}, true, 0}, {right, {}, {}, {}, true, 0}};
    record.facts.pairs = {{left, right, {}}};
    record.facts.silent = true;
    return record;
}

/// Every place of a channel, values at their ends.
[[nodiscard]] inline frames::SoundRecord wide_sound_record() {
    frames::SoundRecord record = example_sound_record();
    record.facts.format.channels.clear();
    record.facts.channels.clear();
    record.facts.pairs.clear();
    for (int i = 0; i <= static_cast<int>(frames::SpeakerPosition::other); ++i) {
        const auto position = static_cast<frames::SpeakerPosition>(i);
        record.facts.format.channels.push_back(position);
        record.facts.channels.push_back({position, 770.1, -900.5, 780.9, i % 2 == 0, ~std::uint64_t{0}});
        record.facts.pairs.push_back({position, position, i % 2 == 0 ? -1.0 : 1.0});
    }
    record.identity.epoch = record.identity.seq = record.worker.epoch = record.facts.time.packet = ~std::uint64_t{0};
    record.program = 65'535;
    record.pid = ts::null_pid;
    record.language = "\xFF\"\n";
    record.identity.stream = "a \xC3\xA4 \x01";
    record.facts.time.pts = ts::Timestamp::from_ticks(ts::Timestamp::modulus - 1);
    record.facts.time.position = std::chrono::nanoseconds::min();
    return record;
}

}  // namespace muxtap::test
