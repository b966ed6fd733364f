#include <algorithm>

#include "analyzer/core/stream_analyzer.h"

// The report: put together from what each part knows.

namespace muxtap::analyzer {

namespace {

/// Frames of Opus do not tell how many channels there are; its descriptor does.
void complete_audio(std::optional<AudioInfo>& audio, const ProgramStream* described) {
    if (!audio || !audio->frame_headers_seen || audio->channels != 0) return;
    if (described == nullptr || !described->described_audio) return;
    audio->channels = described->described_audio->channels;
    audio->channel_layout = described->described_audio->channel_layout;
    audio->low_frequency_effects = described->described_audio->low_frequency_effects;
}

}  // namespace

Report Analyzer::Impl::report() {
    if (first_time_) tick_rates(now_);
    Report report;
    report.clock = first_time_ ? options_.clock : ClockSource::none;
    report.standard = options_.standard;
    report.network = si_.network();
    report.detected = report.network.dvb ? Standard::dvb : report.network.atsc ? Standard::atsc : Standard::mpeg;
    report.first = first_time_.value_or(UnixTime{});
    report.last = now_;
    report.totals = totals_;
    report.totals.packets = accepted_packets();
    report.totals.null_packets = pids_.slot(ts::null_pid).packets;
    report.totals.sync_losses = rules_.sync().losses();
    for (const ProgramInfo* program : si_.programs()) report.programs.push_back(report_program(*program));
    for (std::size_t i = 0; i < pids_.seen().size(); ++i) {
        report.pids.push_back(report_pid(*pids_.seen()[i]));
        report.pids.back().rate = rates_.slot(rate_slot(i));
    }
    report.rate = mux_rate();
    if (by_datagram_) report.arrival = arrivals_.info();
    std::sort(report.pids.begin(), report.pids.end(),
              [](const PidReport& one, const PidReport& other) { return one.pid < other.pid; });
    report.tables = si_.tables();
    report.missing_pids = missing_pids();
    report.indicators = rules_.report();
    report.limits = limits();
    report.events_dropped = log_.dropped() + rules_.events_dropped();
    return report;
}

PidReport Analyzer::Impl::report_pid(const PidState& state) const {
    const PidSlot& slot = pids_.slot(state.pid);
    PidReport report;
    report.pid = state.pid;
    report.use = state.use;
    const auto programs = si_.programs_of(state.pid);
    report.programs.assign(programs.begin(), programs.end());
    report.counters = state.counters;
    report.counters.packets = slot.packets;
    report.counters.payload_packets = slot.payload_packets;
    report.counters.adaptation_fields = slot.adaptation_fields;
    report.counters.scrambled = slot.scrambled;
    report.continuity_counter = static_cast<std::uint8_t>(slot.state & PidSlot::counter_mask);
    report.first = state.first;
    report.last = state.last;
    if (state.elementary) {
        if (state.use == PidUse::elementary_stream) {
            report.stream = state.elementary->info();
            complete_audio(report.stream->audio, si_.stream_of(state.pid));
        }
        report.timestamps = state.elementary->timestamps().info();
    } else if (const ProgramStream* stream = si_.stream_of(state.pid)) {
        report.stream = StreamInfo{.kind = stream->kind, .codec = stream->codec, .video = {}, .audio = {}, .text = {}};
    }
    if (state.clock) report.pcr = state.clock->tracker.info();
    if (state.sections) report.sections = state.sections->damage();
    return report;
}

ProgramReport Analyzer::Impl::report_program(const ProgramInfo& info) const {
    ProgramReport report;
    report.info = info;
    const auto group = rate_groups_.find(info.program_number);
    if (group != rate_groups_.end()) report.rate = rates_.group(group->second);
    const TimestampTracker* video = nullptr;
    const TimestampTracker* audio = nullptr;
    for (const ProgramStream& stream : info.streams) {
        const PidState* state = pids_.find(stream.pid);
        if (state == nullptr) continue;
        report.scrambled = report.scrambled || pids_.slot(stream.pid).scrambled > 0;
        if (state->elementary && stream.kind == MediaKind::video && video == nullptr)
            video = &state->elementary->timestamps();
        if (state->elementary && stream.kind == MediaKind::audio && audio == nullptr)
            audio = &state->elementary->timestamps();
        if (!state->splices) continue;
        report.splices += state->splices->watch.events();
        if (state->splices->last) report.last_splice = state->splices->last;
    }
    if (audio != nullptr && video != nullptr) report.audio_video_offset_ms = audio_video_offset_ms(*audio, *video);
    return report;
}

std::vector<ts::Pid> Analyzer::Impl::missing_pids() const {
    std::vector<ts::Pid> missing;
    for (const ts::Pid pid : si_.referenced_pids())
        if (pids_.slot(pid).packets == 0) missing.push_back(pid);
    return missing;
}

}  // namespace muxtap::analyzer
