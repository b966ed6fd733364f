#include "probe/flow/stream_assembler.h"

#include <algorithm>
#include <cstring>

namespace muxtap::probe {

StreamAssembler::StreamAssembler(feed::StreamDescriptionPtr description, const AssemblerSettings& settings,
                                 feed::BatchQueueWriter& output, ts::PacketLocator& locator)
    : description_(std::move(description)),
      settings_(settings),
      output_(output),
      extractor_(locator, settings.rtp_only),
      proven_(settings.packets_to_prove == 0) {}

proto::Totals StreamAssembler::totals() const noexcept {
    proto::Totals totals = totals_;
    totals.rejected = extractor_.rejected();
    totals.rtp_lost = extractor_.rtp().lost();
    totals.rtp_reordered = extractor_.rtp().reordered();
    return totals;
}

void StreamAssembler::on_datagram(const net::Datagram& datagram) {
    time_ = datagram.time;
    const std::int64_t gap = to_unix_ns(last_time_) == 0 ? 0 : std::max<std::int64_t>(0, (time_ - last_time_).count());
    extractor_.take_apart(datagram, [&](ByteView payload, std::size_t missing, bool first) {
        // Merged datagrams share one time stamp: only the first one's is its own.
        gap_ns_ = first ? gap : -1;
        entry_open_ = false;
        const std::uint64_t packets_before = totals_.packets;
        origin_ = &datagram;
        extractor_.take_datagram(payload, missing, *this);
        origin_ = nullptr;
        note_proof();
        if (batch_ && is_full()) hand_on();
        count_datagram(packets_before);
    });
}

std::size_t StreamAssembler::on_file_bytes(ByteView bytes, UnixTime time, bool last) {
    time_ = time;
    gap_ns_ = -1;
    entry_open_ = false;
    const std::size_t packets_before = totals_.packets;
    // A full batch is handed on at the next call: what is left over of these bytes may stand in it.
    const std::size_t consumed = extractor_.take_file_bytes(bytes, last, *this);
    note_proof();
    count_datagram(packets_before);
    return consumed;
}

void StreamAssembler::note_proof() noexcept {
    const std::uint64_t enough = std::min<std::uint64_t>(settings_.packets_to_prove, settings_.batch_packets);
    proven_ = proven_ || totals_.packets >= enough;
}

void StreamAssembler::count_datagram(std::size_t packets_before) {
    if (totals_.packets == packets_before) return;
    ++totals_.datagrams;
    last_time_ = time_;
}

void StreamAssembler::on_packets(const std::uint8_t* packets, ts::RunTally run) {
    const auto is_dropped = [&](const ts::RunTally& tally) {
        return (settings_.drop.tei && tally.tei != 0) || (settings_.drop.null && tally.null != 0);
    };
    if (!is_dropped(run)) return append(packets, run);
    for (std::size_t i = 0; i < run.valid; ++i, packets += ts::packet_size) {
        const ts::RunTally packet = ts::tally_run(packets, 1);
        if (!is_dropped(packet)) {
            append(packets, packet);
            continue;
        }
        totals_.tei += packet.tei;
        totals_.null += packet.null;
        ++totals_.dropped;
    }
}

void StreamAssembler::count_in(const ts::RunTally& run) noexcept {
    totals_.packets += run.valid;
    totals_.bytes += run.valid * ts::packet_size;
    totals_.tei += run.tei;
    totals_.null += run.null;
}

void StreamAssembler::append(const std::uint8_t* packets, ts::RunTally run) {
    while (run.valid > 0) {
        if (batch_ && is_full()) hand_on();
        if (!open_batch()) {
            count_in(run);
            totals_.queue_dropped += run.valid;
            return;
        }
        const std::size_t room =
            std::min(batch_->room().size() / ts::packet_size, settings_.batch_packets - batch_->packets());
        const std::size_t taken = std::min(room, run.valid);
        // The next batch's header tells of what stands in this one.
        const ts::RunTally part = taken == run.valid ? run : ts::tally_run(packets, taken);
        std::uint8_t* const place = batch_->room().data();
        // What landed in its place already stays there; what landed behind a rejected packet moves up.
        if (place != packets) std::memmove(place, packets, taken * ts::packet_size);
        batch_->commit(taken);
        if (entry_open_) {
            batch_->datagrams.back().packets += static_cast<std::uint32_t>(taken);
        } else {
            const bool first_of_batch = batch_->datagrams.empty();
            batch_->datagrams.push_back({static_cast<std::uint32_t>(taken), first_of_batch ? 0 : gap_ns_});
            entry_open_ = true;
        }
        count_in(part);
        packets += taken * ts::packet_size;
        run = {.valid = run.valid - part.valid, .tei = run.tei - part.tei, .null = run.null - part.null};
    }
}

bool StreamAssembler::is_full() const noexcept {
    return batch_->room().size() < ts::packet_size || batch_->packets() >= settings_.batch_packets;
}

/// Makes sure that there is a batch and that it has its heading. False when there is no memory for one.
bool StreamAssembler::open_batch() {
    if (!batch_) batch_ = output_.acquire(std::min(expected_packets_, settings_.batch_packets));
    if (!batch_) return false;
    if (batch_->packets() == 0) {
        note_sender();
        batch_->stream = description_;
        batch_->first_packet = totals_.packets;
        batch_->time = time_;
        batch_->totals = totals();
        entry_open_ = false;
        // The age counts from the capture: what the datagram waited in the ring is part of it.
        const auto waited = std::clamp(unix_now() - time_, std::chrono::nanoseconds{0}, settings_.batch_age);
        opened_ = steady_now() - waited;
    }
    return true;
}

std::span<std::uint8_t> StreamAssembler::landing() {
    if (batch_ && is_full()) hand_on();
    if (!batch_) batch_ = output_.acquire(std::min(expected_packets_, settings_.batch_packets));
    if (!batch_) return {};
    const std::size_t packets =
        std::min(batch_->room().size() / ts::packet_size, settings_.batch_packets - batch_->packets());
    const std::span<std::uint8_t> room = batch_->room().first(packets * ts::packet_size);
    // A completed straddling packet goes in front of what lands.
    if (!extractor_.has_open_packet()) return room;
    return room.size() > ts::packet_size ? room.subspan(ts::packet_size) : std::span<std::uint8_t>{};
}

void StreamAssembler::flush() {
    if (!batch_ || batch_->packets() == 0) return;
    if (!proven_) {
        opened_ = steady_now();  // held back until there is proof
        return;
    }
    hand_on();
}

void StreamAssembler::hand_on() {
    const std::size_t packets = batch_->packets();
    // Grows at once, shrinks slowly: the next batch shall hold what comes in one batch age.
    const bool was_full = is_full();
    expected_packets_ =
        std::max<std::size_t>({was_full ? packets * 4 : packets * 5 / 4, expected_packets_ * 7 / 8, 16});
    expected_packets_ = std::min(expected_packets_, settings_.batch_packets);
    if (!output_.push(batch_)) {
        totals_.queue_dropped += packets;
        batch_.reset();
    }
    opened_ = SteadyTime::max();
    entry_open_ = false;
}

void StreamAssembler::finish() {
    extractor_.finish();
    flush();
}

/// A batch names the sender of its first datagram: two alternating senders make no batch per datagram, and what holds
/// no packets names nobody.
void StreamAssembler::note_sender() {
    if (origin_ == nullptr) return;
    const net::Datagram& datagram = *origin_;
    const auto encapsulation = extractor_.is_rtp() ? proto::Encapsulation::rtp : proto::Encapsulation::udp;
    if (datagram.source == sender_ && datagram.source_port == sender_port_ &&
        description_->encapsulation == encapsulation) {
        return;
    }
    sender_ = datagram.source;
    sender_port_ = datagram.source_port;
    auto changed = std::make_shared<feed::StreamDescription>(*description_);
    changed->ip = sender_.to_text();
    changed->port = sender_port_;
    changed->vlan = datagram.vlan;
    changed->encapsulation = encapsulation;
    description_ = std::move(changed);
}

}  // namespace muxtap::probe
