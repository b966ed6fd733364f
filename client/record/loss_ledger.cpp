#include "client/record/loss_ledger.h"

#include <algorithm>

#include "client/record/timed_packets.h"

namespace muxtap::record {
namespace {

/// How much a cumulative counter has grown; 0 when it went back, which only a stranger's can.
std::uint64_t growth(std::uint64_t now, std::uint64_t before) noexcept {
    return now > before ? now - before : 0;
}

}  // namespace

void LossLedger::note(const Gap& gap) {
    if (gap.lost == 0 && gap.batches == 0) return;
    FileAccount::CauseTotal& total = totals_.gaps[static_cast<std::size_t>(gap.cause)];
    total.lost += gap.lost;
    total.batches += gap.batches;
    const auto same =
        std::find_if(gaps_.begin(), gaps_.end(), [&](const Gap& other) { return other.cause == gap.cause; });
    if (same == gaps_.end()) {
        ++total.count;
        gaps_.push_back(gap);
    } else {
        // Nothing was written in between: one gap, of which more is known now.
        same->lost += gap.lost;
        same->batches += gap.batches;
        same->time = gap.time;
        same->seq = gap.seq;
    }
}

void LossLedger::on_batch(const proto::BatchHeader& header, const feed::FeedVerdict& verdict, UnixTime time) {
    const proto::Totals& totals = header.totals;
    // What was lost before this program came is not missing from its files.
    if (verdict.kind == feed::FeedVerdict::Kind::first) last_totals_ = totals;
    if (verdict.kind == feed::FeedVerdict::Kind::gap) {
        note({.cause = GapCause::subscriber,
              .time = time,
              .seq = header.seq,
              .lost = verdict.missing_packets,
              .batches = verdict.missing_batches});
    }
    const auto note_growth = [&](GapCause cause, std::uint64_t now, std::uint64_t before) {
        note({.cause = cause, .time = time, .seq = header.seq, .lost = growth(now, before)});
    };
    note_growth(GapCause::network, totals.rtp_lost, last_totals_.rtp_lost);
    note_growth(GapCause::kernel, totals.kernel_dropped, last_totals_.kernel_dropped);
    note_growth(GapCause::probe_queue, totals.queue_dropped, last_totals_.queue_dropped);
    for (std::size_t i = 0; i < ts::reject_reason_count; ++i) {
        const auto reason = static_cast<ts::RejectReason>(i);
        rejected_.add(reason, growth(totals.rejected.of(reason), last_totals_.rejected.of(reason)));
    }
    last_totals_ = totals;
}

void LossLedger::on_restart(std::uint64_t epoch, std::int64_t time_ns, std::uint64_t missed_batches,
                            std::uint64_t missed_packets) {
    ++totals_.probe_restarts;
    last_totals_ = {};
    // A probe that restarts again and again without a packet fills no memory.
    if (restarts_.size() == FileAccount::most_listed) restarts_.erase(restarts_.begin());
    restarts_.push_back({.time = kept_in_range(time_ns),
                         .epoch = epoch,
                         .missed_batches = missed_batches,
                         .missed_packets = missed_packets});
}

void LossLedger::on_lost_batches(std::uint64_t batches, const proto::InfoHeader& info) {
    note(
        {.cause = GapCause::subscriber, .time = kept_in_range(info.time_ns), .seq = info.next_seq, .batches = batches});
}

void LossLedger::settle(FileAccount& account, std::uint64_t at_packet) {
    for (Gap& gap : gaps_) {
        gap.at_packet = at_packet;
        account.add(gap);
    }
    for (ProbeRestart& restart : restarts_) {
        restart.at_packet = at_packet;
        account.add(restart);
    }
    for (std::size_t i = 0; i < ts::reject_reason_count; ++i) {
        const auto reason = static_cast<ts::RejectReason>(i);
        account.rejected.add(reason, rejected_.of(reason));
    }
    gaps_.clear();
    restarts_.clear();
    rejected_ = {};
}

}  // namespace muxtap::record
