#include "client/metrics/stream_watch.h"

#include <algorithm>

namespace muxtap::metrics {
namespace {

/// A probe's newest packet is older than this only when it replays a capture.
constexpr std::chrono::seconds replayed{2};

/// Packets may have been stamped by the kernel so long before a status and still not be counted in it.
constexpr std::chrono::milliseconds on_its_way{200};

std::uint64_t growth(std::uint64_t now, std::uint64_t before) noexcept {
    return now > before ? now - before : 0;
}

ts::RejectCounts growth(const ts::RejectCounts& now, const ts::RejectCounts& before) noexcept {
    ts::RejectCounts rest;
    for (std::size_t i = 0; i < ts::reject_reason_count; ++i) {
        const auto reason = static_cast<ts::RejectReason>(i);
        rest.add(reason, growth(now.of(reason), before.of(reason)));
    }
    return rest;
}

StreamPhase phase_of(proto::StreamState state) noexcept {
    switch (state) {
        case proto::StreamState::live: return StreamPhase::live;
        case proto::StreamState::silent: return StreamPhase::silent;
        case proto::StreamState::ended: return StreamPhase::ended;
        case proto::StreamState::waiting: break;
    }
    return StreamPhase::waiting;
}

}  // namespace

StreamWatch::StreamWatch(const analyzer::AnalyzerOptions& options, std::string probe, std::string stream,
                         bool time_pids)
    : options_(options),
      probe_name_(std::move(probe)),
      stream_(std::move(stream)),
      analyzer_(std::make_unique<analyzer::Analyzer>(options)) {
    if (time_pids) pid_arrivals_.emplace();
}

void StreamWatch::start(const proto::SourceAddress& source) {
    started_ = true;
    if (source.encapsulation != proto::Encapsulation::file) return;
    options_.clock = analyzer::ClockSource::pcr;
    analyzer_ = std::make_unique<analyzer::Analyzer>(options_);
    file_.emplace();
}

void StreamWatch::note_source(const proto::SourceAddress& source) {
    if (source_.ip == source.ip && source_.port == source.port && source_.dst_ip == source.dst_ip &&
        source_.dst_port == source.dst_port && source_.interface == source.interface && source_.vlan == source.vlan &&
        source_.encapsulation == source.encapsulation) {
        return;
    }
    source_ = {.ip = std::string{source.ip},
               .port = source.port,
               .dst_ip = std::string{source.dst_ip},
               .dst_port = source.dst_port,
               .interface = std::string{source.interface},
               .vlan = source.vlan,
               .encapsulation = source.encapsulation};
}

void StreamWatch::note_totals(const proto::Totals& totals, std::uint64_t epoch) {
    proto::Totals& known = probe_.totals;
    if (epoch_ == 0) {
        // What was counted before this worker came is not its to tell.
        known = totals;
        told_rejected_ = totals.rejected;
        told_kernel_dropped_ = totals.kernel_dropped;
    } else if (epoch != epoch_) {
        known = {};
        told_rejected_ = {};
        told_kernel_dropped_ = 0;
    }
    epoch_ = epoch;
    losses_.rtp_lost += growth(totals.rtp_lost, known.rtp_lost);
    losses_.rtp_reordered += growth(totals.rtp_reordered, known.rtp_reordered);
    losses_.kernel_dropped += growth(totals.kernel_dropped, known.kernel_dropped);
    losses_.probe_queue_dropped += growth(totals.queue_dropped, known.queue_dropped);
    // A batch's totals may be older than those of the status before it.
    if (totals.packets >= known.packets) known = totals;
}

analyzer::LossBefore StreamWatch::take_losses(const proto::Totals& totals, const feed::FeedVerdict& verdict) {
    using Kind = feed::FeedVerdict::Kind;
    analyzer::LossBefore before;
    before.rejected = growth(totals.rejected, told_rejected_);
    told_rejected_.add(before.rejected);
    before.capture_loss = verdict.kind == Kind::gap || verdict.kind == Kind::new_epoch || verdict.queue_dropped > 0 ||
                          totals.kernel_dropped > told_kernel_dropped_;
    before.captured_packets_lost = verdict.missing_packets + verdict.queue_dropped;
    told_kernel_dropped_ = std::max(told_kernel_dropped_, totals.kernel_dropped);
    losses_.feed_batches += verdict.missing_batches;
    losses_.feed_packets += verdict.missing_packets;
    return before;
}

void StreamWatch::tell_rtp() {
    if (source_.encapsulation != proto::Encapsulation::rtp) return;
    analyzer_->set_rtp({.lost = losses_.rtp_lost, .reordered = losses_.rtp_reordered, .duplicated = 0});
}

/// Whether a batch that follows the one before begins with the rest of its last datagram. Which is counted only when it
/// is complete: it is the one that the totals lack.
bool StreamWatch::continues_datagram(const proto::BatchHeader& header,
                                     const feed::FeedVerdict& verdict) const noexcept {
    const bool follows = verdict.kind == feed::FeedVerdict::Kind::in_order && verdict.queue_dropped == 0;
    return follows && !marks_.empty() && marks_.back().time == from_unix_ns(header.time_ns) &&
           header.totals.datagrams + 1 == datagrams_;
}

void StreamWatch::note_datagrams(const proto::BatchHeader& header, const feed::FeedVerdict& verdict) {
    const bool continued = continues_datagram(header, verdict);
    datagrams_ = header.totals.datagrams + header.datagrams.size();
    marks_.clear();
    UnixTime time = from_unix_ns(header.time_ns);
    for (const proto::DatagramEntry& entry : header.datagrams) {
        const bool merged = entry.gap_ns == proto::gap_not_measurable;
        if (!merged) time += std::chrono::nanoseconds{entry.gap_ns};
        marks_.push_back({.packets = entry.packets, .time = time, .merged = merged});
    }
    if (continued) marks_.front().continued = true;
}

void StreamWatch::on_batch(const proto::BatchMessage& batch, const feed::FeedVerdict& verdict, UnixTime now) {
    const proto::BatchHeader& header = batch.header;
    if (!started_) start(header.source);
    note_source(header.source);
    note_totals(header.totals, header.epoch);
    state_ = proto::StreamState::live;
    probe_.heard = now;
    probe_.next_seq = header.seq + 1;
    next_packet_ = header.first_packet + header.packets;
    const analyzer::LossBefore before = take_losses(header.totals, verdict);
    note_datagrams(header, verdict);
    if (!marks_.empty()) {
        probe_.last_packet = std::max(probe_.last_packet, marks_.back().time);
        lag_ = now - marks_.back().time;
        lag_max_ = std::max(lag_max_, lag_);
    }
    if (file_) {
        file_->add(*analyzer_, batch.payload, before);
        return;
    }
    if (pid_arrivals_) {
        if (before.capture_loss) pid_arrivals_->interrupt();
        pid_arrivals_->note(batch.payload, marks_);
    }
    analyzer::PacketBlock block;
    block.bytes = batch.payload;
    block.datagrams = marks_;
    block.before = before;
    analyzer_->add(block);
    tell_rtp();
}

void StreamWatch::on_info(const proto::InfoHeader& info, const feed::FeedVerdict& verdict, UnixTime now) {
    note_source(info.source);
    note_totals(info.totals, info.epoch);
    state_ = info.state;
    probe_.heard = now;
    probe_.next_seq = info.next_seq;
    probe_.rate_bps = info.rate_bps;
    if (info.last_packet_ns > 0) probe_.last_packet = from_unix_ns(info.last_packet_ns);
    const bool all_here = info.totals.packets == next_packet_ || info.state != proto::StreamState::live;
    if (!all_here && verdict.missing_batches == 0) return;
    // What was rejected, and what is missing, after the last packets that came.
    analyzer::PacketBlock nothing;
    nothing.timed = false;
    nothing.before = take_losses(info.totals, verdict);
    if (started_ && !file_ && (nothing.before.capture_loss || nothing.before.rejected.total() > 0)) {
        analyzer_->add(nothing);
    }
    tell_rtp();
    if (file_ && info.state == proto::StreamState::ended) file_->finish(*analyzer_);
    let_time_pass(info);
}

void StreamWatch::let_time_pass(const proto::InfoHeader& info) {
    if (file_ || info.last_packet_ns == 0) return;
    const UnixTime told = from_unix_ns(info.time_ns) - on_its_way;
    if (info.state == proto::StreamState::silent) {
        analyzer_->advance(told - replay_lead_);
    } else if (info.state == proto::StreamState::live) {
        const auto lead = std::chrono::nanoseconds{info.time_ns - info.last_packet_ns};
        replay_lead_ = lead > replayed ? lead : std::chrono::nanoseconds{0};
        if (lead <= replayed && info.totals.packets == next_packet_) analyzer_->advance(told);
    }
}

void StreamWatch::describe(IntervalRecord& record) {
    record.identity.probe = probe_name_;
    record.identity.stream = stream_;
    record.identity.epoch = epoch_;
    record.phase = phase_of(state_);
    record.source = source_;
    record.probe = probe_;
    auto report = std::make_shared<const analyzer::Report>(analyzer_->report());
    // A packet that comes late after all takes its loss back from the report; what was told here stays told.
    losses_.continuity_lost = std::max(losses_.continuity_lost, report->totals.lost_packets);
    record.losses = losses_;
    if (pid_arrivals_) record.pid_arrivals = pid_arrivals_->take();
    record.previous = std::exchange(previous_, report);
    record.report = std::move(report);
}

}  // namespace muxtap::metrics
