#include "probe/probe_counters.h"

#include "common/counters/capture_series.h"

namespace muxtap::probe {
namespace {

using counters::Family;

double number(std::uint64_t count) {
    return static_cast<double>(count);
}

}  // namespace

ProbeCounters::ProbeCounters(std::string probe, const feed::StatusBoard& board,
                             const std::vector<std::unique_ptr<CaptureStage>>& stages,
                             const feed::PublisherCounters& publisher)
    : probe_(std::move(probe)), board_(board), stages_(stages), publisher_(publisher) {}

void ProbeCounters::put(counters::Exposition& out) {
    out.about_program();
    put_capture(out);
    out.put(Family::capture_subscribers, {}, number(publisher_.subscribers.load()));
    for (const feed::StreamStatus& status : board_.read()) {
        out.about_stream(probe_, status.stream->name, nullptr);
        put_stream(status, out);
    }
}

void ProbeCounters::put_capture(counters::Exposition& out) const {
    SourceCounters source;
    FlowCounters flows;
    for (const auto& stage : stages_) {
        const CaptureStatus status = stage->status();
        source.frames += status.source.frames;
        source.kernel_dropped += status.source.kernel_dropped;
        source.frames_rejected += status.source.frames_rejected;
        source.merged_frames += status.source.merged_frames;
        flows.unselected_datagrams += status.flows.unselected_datagrams;
        flows.not_ts_datagrams += status.flows.not_ts_datagrams;
        flows.refused_datagrams += status.flows.refused_datagrams;
    }
    out.put(Family::capture_frames, {}, number(source.frames));
    out.put(Family::capture_kernel_dropped, {}, number(source.kernel_dropped));
    out.put(Family::capture_rejected_frames, {}, number(source.frames_rejected));
    out.put(Family::capture_merged_frames, {}, number(source.merged_frames));
    out.put(Family::capture_ignored_datagrams, {"unselected"}, number(flows.unselected_datagrams));
    out.put(Family::capture_ignored_datagrams, {"not_ts"}, number(flows.not_ts_datagrams));
    out.put(Family::capture_ignored_datagrams, {"refused"}, number(flows.refused_datagrams));
}

void ProbeCounters::put_stream(const feed::StreamStatus& status, counters::Exposition& out) {
    const proto::Totals& totals = status.totals;
    put_captured(totals, out);
    out.put(Family::lost, {"network", "rtp_packets"}, number(totals.rtp_lost));
    out.put(Family::lost, {"host", "frames"}, number(totals.kernel_dropped));
    out.put(Family::lost, {"probe", "ts_packets"}, number(totals.queue_dropped));
    out.put(Family::rtp_reordered, {}, number(totals.rtp_reordered));
    if (status.last_packet > UnixTime{}) {
        out.put(Family::stream_last_packet, {},
                std::chrono::duration<double>(status.last_packet.time_since_epoch()).count());
    }
    std::uint64_t& before = packets_[status.stream->name];
    const std::string_view now = status.ended              ? "ended"
                                 : totals.packets == 0     ? "waiting"
                                 : totals.packets > before ? "live"
                                                           : "silent";
    before = totals.packets;
    counters::put_state(std::span{counters::stream_states}.first<4>(), now, out);
}

}  // namespace muxtap::probe
