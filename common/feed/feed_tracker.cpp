#include "common/feed/feed_tracker.h"

namespace muxtap::feed {
namespace {

/// How much a cumulative counter has grown; 0 when it went back, which only a stranger's can.
std::uint64_t growth(std::uint64_t now, std::uint64_t before) noexcept {
    return now > before ? now - before : 0;
}

}  // namespace

FeedTracker::Position* FeedTracker::find(std::string_view probe, std::string_view stream) {
    const auto streams = positions_.find(probe);
    if (streams == positions_.end()) return nullptr;
    const auto position = streams->second.find(stream);
    return position == streams->second.end() ? nullptr : &position->second;
}

FeedTracker::Position& FeedTracker::insert(std::string_view probe, std::string_view stream) {
    return positions_[std::string{probe}][std::string{stream}];
}

void FeedTracker::forget(std::string_view probe, std::string_view stream) {
    const auto streams = positions_.find(probe);
    if (streams == positions_.end()) return;
    if (const auto position = streams->second.find(stream); position != streams->second.end()) {
        streams->second.erase(position);
    }
}

FeedVerdict FeedTracker::on_batch(const proto::BatchHeader& header) {
    FeedVerdict verdict;
    Position* position = find(header.probe, header.stream);
    const bool known = position != nullptr;
    if (known &&
        (header.epoch < position->epoch || (header.epoch == position->epoch && header.seq < position->next_seq))) {
        verdict.kind = FeedVerdict::Kind::stale;
        return verdict;
    }
    if (!known) position = &insert(header.probe, header.stream);

    if (!known) {
        verdict.kind = FeedVerdict::Kind::first;
    } else if (header.epoch != position->epoch) {
        verdict.kind = FeedVerdict::Kind::new_epoch;
    } else {
        // What the probe's own queue dropped is missing from the packet numbers as well, but is not our loss.
        verdict.queue_dropped = growth(header.totals.queue_dropped, position->queue_dropped);
        verdict.missing_batches = header.seq - position->next_seq;
        if (position->next_packet) {
            verdict.missing_packets =
                growth(growth(header.first_packet, *position->next_packet), verdict.queue_dropped);
        }
        const bool gap = verdict.missing_batches > 0 || verdict.missing_packets > 0;
        verdict.kind = gap ? FeedVerdict::Kind::gap : FeedVerdict::Kind::in_order;
    }
    *position = {header.epoch, header.seq + 1, header.first_packet + header.packets, header.totals.queue_dropped};
    return verdict;
}

FeedVerdict FeedTracker::on_info(const proto::InfoHeader& info) {
    FeedVerdict verdict;
    Position* position = find(info.probe, info.stream);
    if (position == nullptr) return verdict;
    if (info.epoch < position->epoch) {
        verdict.kind = FeedVerdict::Kind::stale;
    } else if (info.epoch > position->epoch) {
        verdict.kind = FeedVerdict::Kind::new_epoch;
        verdict.missing_batches = info.next_seq;
        *position = {info.epoch, info.next_seq, std::nullopt, info.totals.queue_dropped};
    } else if (info.next_seq > position->next_seq) {
        verdict.kind = FeedVerdict::Kind::gap;
        verdict.missing_batches = info.next_seq - position->next_seq;
        position->next_seq = info.next_seq;
    }
    return verdict;
}

}  // namespace muxtap::feed
