#include "client/frames/records/sound_record.h"

#include <cmath>
#include <optional>

#include "analyzer/json/fields.h"

namespace muxtap::frames {

namespace {

using namespace analyzer::json;

/// Levels and correlations in steps of 0.01: a tenth of what meters have to keep to (EBU Tech 3341).
void rounded(Writer& writer, std::string_view name, const std::optional<double>& number) {
    // Adding 0 makes +0 of -0.
    if (number) field(writer, name, std::round(*number * 100) / 100 + 0.0);
}

void write(Writer& writer, const client::WorkerIdentity& identity) {
    const Object worker(writer);
    field(writer, "name", identity.name);
    field(writer, "epoch", identity.epoch);
}

void write(Writer& writer, const ChannelLevels& levels) {
    const Object channel(writer);
    field(writer, "position", key_name(levels.position));
    rounded(writer, "peak_dbfs", levels.peak_dbfs);
    rounded(writer, "rms_dbfs", levels.rms_dbfs);
    rounded(writer, "true_peak_dbtp", levels.true_peak_dbtp);
    field(writer, "silent", levels.silent);
    field(writer, "clipped_samples", levels.clipped_samples);
}

void write(Writer& writer, const PairPhase& phase) {
    const Object pair(writer);
    field(writer, "first", key_name(phase.first));
    field(writer, "second", key_name(phase.second));
    rounded(writer, "correlation", phase.correlation);
}

void write(Writer& writer, const Loudness& values) {
    const Object loudness(writer);
    rounded(writer, "momentary_lufs", values.momentary_lufs);
    rounded(writer, "short_term_lufs", values.short_term_lufs);
    rounded(writer, "integrated_lufs", values.integrated_lufs);
    rounded(writer, "range_lu", values.range_lu);
}

template <typename T>
void write(Writer& writer, const std::vector<T>& items) {
    const Array array(writer);
    for (const T& item : items) write(writer, item);
}

void write(Writer& writer, const SoundFacts& facts) {
    field(writer, "time_ns", facts.time.captured);
    field(writer, "position_ns", facts.time.position.count());
    if (facts.time.pts) field(writer, "pts", facts.time.pts->ticks());
    field(writer, "packet", facts.time.packet);
    field(writer, "duration_ns", facts.duration.count());
    field(writer, "sample_rate_hz", facts.format.sample_rate);
    field(writer, "silent", facts.silent);
    key(writer, "channels");
    write(writer, facts.channels);
    key(writer, "pairs");
    write(writer, facts.pairs);
    key(writer, "loudness");
    write(writer, facts.loudness);
}

}  // namespace

std::string to_json(const SoundRecord& record) {
    rapidjson::StringBuffer buffer;
    Writer writer(buffer);
    {
        const Object object(writer);
        field(writer, "record", "muxtap.sound/1");
        field(writer, "stream", record.identity.stream);
        field(writer, "probe", record.identity.probe);
        field(writer, "epoch", record.identity.epoch);
        field(writer, "seq", record.identity.seq);
        key(writer, "worker");
        write(writer, record.worker);
        field(writer, "program_number", record.program);
        field(writer, "pid", record.pid);
        field(writer, "codec", analyzer::key_name(record.codec));
        field_if_known(writer, "language", record.language);
        write(writer, record.facts);
    }
    return {buffer.GetString(), buffer.GetSize()};
}

}  // namespace muxtap::frames
