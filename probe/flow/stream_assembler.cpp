#include "probe/flow/stream_assembler.h"

#include <algorithm>
#include <cstring>

namespace muxtap::probe {
namespace {

/// Payload of a datagram that no Ethernet without jumbo frames carries whole.
constexpr std::size_t usual_mtu = 1500;

/// A datagram that goes through RTCP's packet types shares its port with RTP (RFC 5761, 4).
bool is_rtcp(ByteView payload) {
    return payload.size() >= 2 && payload[1] >= 192 && payload[1] <= 223;
}

/// The size of the datagrams merged into one RTP payload: where the next header of the same sender follows.
std::size_t rtp_segment_size(const net::RtpHeader& first, ByteView payload) {
    for (std::size_t size = first.header_size + ts::packet_size; size < payload.size(); size += ts::packet_size) {
        const auto next = net::RtpHeader::parse(payload.subspan(size));
        if (next && next->ssrc == first.ssrc &&
            next->sequence_number == static_cast<std::uint16_t>(first.sequence_number + 1)) {
            return size;
        }
    }
    return 0;
}

/// Whether there is a sync byte where a block's first packet has it, 4 bytes behind the start in 192-byte strides.
bool begins_with_packet(ByteView block) {
    return (!block.empty() && block[0] == ts::sync_byte) || (block.size() > 4 && block[4] == ts::sync_byte);
}

}  // namespace

/// What is between headers and packets: the part of a datagram that should be transport packets.
struct StreamAssembler::Block {
    ByteView bytes;
    std::size_t missing = 0;  ///< bytes behind them that were not captured
    bool follows = true;      ///< nothing is known to be missing between the last block and this one
    bool continuous = false;  ///< a piece of a file of which more follows
};

StreamAssembler::StreamAssembler(feed::StreamDescriptionPtr description, const AssemblerSettings& settings,
                                 feed::BatchQueueWriter& output, ts::PacketLocator& locator)
    : description_(std::move(description)),
      settings_(settings),
      output_(output),
      locator_(locator),
      proven_(settings.packets_to_prove == 0) {}

proto::Totals StreamAssembler::totals() const noexcept {
    proto::Totals totals = totals_;
    totals.rtp_lost = rtp_.lost();
    totals.rtp_reordered = rtp_.reordered();
    return totals;
}

void StreamAssembler::on_datagram(const net::Datagram& datagram) {
    time_ = datagram.time;
    const std::int64_t gap = to_unix_ns(last_time_) == 0 ? 0 : std::max<std::int64_t>(0, (time_ - last_time_).count());
    const std::size_t segment = segment_size_of(datagram);
    ByteView rest = datagram.payload;
    bool first = true;
    do {
        const ByteView part = rest.first(std::min(segment, rest.size()));
        rest = rest.subspan(part.size());
        // Merged datagrams share one time stamp: only the first one's is its own.
        gap_ns_ = first ? gap : -1;
        first = false;
        const std::uint64_t packets_before = totals_.packets;
        take_datagram(datagram, part, rest.empty() ? datagram.missing_bytes : 0);
        count_datagram(packets_before);
    } while (!rest.empty());
}

/// Payload bytes of each of the datagrams merged into this one; all of them when it is a single one.
std::size_t StreamAssembler::segment_size_of(const net::Datagram& datagram) const {
    if (datagram.segment_size != 0) return datagram.segment_size;
    // Where the MTU is not known, as on the device "any" and in files, nobody tells what is merged.
    const std::size_t size = datagram.payload.size();
    if (datagram.merged || size > usual_mtu) {
        if (const auto rtp = find_rtp(datagram.payload, true)) {
            if (const std::size_t found = rtp_segment_size(*rtp, datagram.payload); found != 0) return found;
        }
    }
    return size;
}

/// Takes in one datagram of the network, of which the last `missing` bytes were not captured.
void StreamAssembler::take_datagram(const net::Datagram& datagram, ByteView payload, std::size_t missing) {
    entry_open_ = false;
    Block block{.bytes = payload, .missing = missing};
    const auto rtp = find_rtp(payload, missing > 0);
    if (rtp) {
        const std::uint64_t lost_before = rtp_.lost();
        rtp_.on_packet(rtp->sequence_number, rtp->ssrc);
        block.bytes = rtp->payload;
        block.follows = rtp_.lost() == lost_before && rtp_.is_contiguous();
    } else if (settings_.rtp_only) {
        totals_.rejected.add(ts::RejectReason::not_ts);
        return;
    }
    const std::uint64_t packets_before = totals_.packets;
    origin_ = {&datagram, rtp ? proto::Encapsulation::rtp : proto::Encapsulation::udp};
    (void)accept(block);
    origin_ = {};
    if (batch_ && is_full()) hand_on();
    if (totals_.packets != packets_before) in_rtp_ = rtp.has_value();
}

/// The RTP header of a datagram, if it has one. A broken sync byte or the middle of a packet may look like it: where
/// there was no RTP before, only a header with a packet right behind it is believed.
std::optional<net::RtpHeader> StreamAssembler::find_rtp(ByteView bytes, bool cut_off) const {
    if (bytes.size() < 2 || bytes[0] >> 6 != 2 || is_rtcp(bytes)) return std::nullopt;
    const auto rtp = net::RtpHeader::parse(bytes, cut_off);
    const bool known = in_rtp_ || settings_.rtp_only;
    if (rtp && !known && (completes_carry(bytes) || !begins_with_packet(rtp->payload))) return std::nullopt;
    return rtp;
}

std::size_t StreamAssembler::on_file_bytes(ByteView bytes, UnixTime time, bool last) {
    time_ = time;
    gap_ns_ = -1;
    entry_open_ = false;
    // The beginning of a last packet is all that is left.
    if (last && seen_ts_ && !bytes.empty() && bytes.size() < ts::packet_size && bytes[0] == ts::sync_byte) {
        totals_.rejected.add(ts::RejectReason::truncated);
        return bytes.size();
    }
    const std::size_t packets_before = totals_.packets;
    // A full batch is handed on at the next call: what is left over of these bytes may stand in it.
    const std::size_t consumed = accept({.bytes = bytes, .continuous = !last});
    count_datagram(packets_before);
    return consumed;
}

void StreamAssembler::count_datagram(std::size_t packets_before) {
    if (totals_.packets == packets_before) return;
    ++totals_.datagrams;
    last_time_ = time_;
}

/// Takes a block in; returns how many of its bytes are done with.
std::size_t StreamAssembler::accept(const Block& block) {
    std::size_t consumed = accept_run(block);
    if (consumed == 0) consumed = accept_located(block);
    if (!proven_ && totals_.packets >= std::min<std::uint64_t>(settings_.packets_to_prove, settings_.batch_packets)) {
        proven_ = true;
    }
    return consumed;
}

/// The usual case: whole valid packets and nothing else. 0 when it is not that.
std::size_t StreamAssembler::accept_run(const Block& block) {
    const std::size_t count = block.bytes.size() / ts::packet_size;
    const bool whole = block.bytes.size() % ts::packet_size == 0 || block.continuous;
    // Of a file's first piece a single packet does not tell the stride.
    if (count == 0 || (count == 1 && block.continuous && !seen_ts_)) return 0;
    if (!whole || stride_ != ts::packet_size || carry_size_ != 0 || block.missing != 0) return 0;
    const ts::RunTally tally = ts::tally_run(block.bytes.data(), count);
    if (tally.valid != count || (settings_.drop.tei && tally.tei != 0) || (settings_.drop.null && tally.null != 0)) {
        return 0;
    }
    seen_ts_ = true;
    append(block.bytes.data(), tally);
    return count * ts::packet_size;
}

std::size_t StreamAssembler::accept_located(const Block& block) {
    const ByteView bytes = join_carry(block.bytes, block.follows);
    if (bytes.empty() && !block.bytes.empty()) return block.bytes.size();
    const ts::Located& located =
        locator_.locate(bytes, {.stride = stride_, .proven = seen_ts_, .continuous = block.continuous});
    totals_.rejected.add(located.rejected);
    if (!located.is_ts) return block.continuous ? located.tail : block.bytes.size();
    stride_ = located.stride;
    seen_ts_ = true;
    for (const std::uint32_t offset : located.offsets) take_packet(&bytes[offset]);

    if (block.continuous) return located.tail;
    if (block.missing != 0) {
        const std::size_t whole = (bytes.size() + block.missing) / stride_;
        totals_.rejected.add(ts::RejectReason::truncated, whole - std::min(whole, bytes.size() / stride_));
    } else if (located.tail < bytes.size() && stride_ == ts::packet_size) {
        carry_size_ = bytes.size() - located.tail;
        std::memcpy(carry_.data(), &bytes[located.tail], carry_size_);
    } else if (located.tail < bytes.size()) {
        totals_.rejected.add(ts::RejectReason::truncated);
    }
    return block.bytes.size();
}

/// Completes the packet that the last block broke off with this one's beginning; returns what follows it. Senders that
/// pay no heed to packet boundaries fill datagrams to the brim, so that packets straddle them.
ByteView StreamAssembler::join_carry(ByteView bytes, bool continues) {
    if (carry_size_ == 0) return bytes;
    const std::size_t needed = ts::packet_size - carry_size_;
    const bool fits = completes_carry(bytes);
    carry_size_ = 0;
    if (!continues || !fits) {
        totals_.rejected.add(ts::RejectReason::truncated);
        return bytes;
    }
    std::memcpy(carry_.data() + (ts::packet_size - needed), bytes.data(), needed);
    const ts::RejectReason verdict = ts::check_packet(carry_.data());
    if (verdict == ts::RejectReason::accepted) {
        take_packet(carry_.data());
    } else {
        totals_.rejected.add(verdict);
    }
    return bytes.subspan(needed);
}

/// Whether these bytes begin with the end of the packet that the last block broke off.
bool StreamAssembler::completes_carry(ByteView bytes) const noexcept {
    if (carry_size_ == 0) return false;
    const std::size_t needed = ts::packet_size - carry_size_;
    const auto packet_at = [&](std::size_t at) { return at >= bytes.size() || bytes[at] == ts::sync_byte; };
    return bytes.size() >= needed && packet_at(needed) && packet_at(needed + ts::packet_size);
}

void StreamAssembler::take_packet(const std::uint8_t* packet) {
    const ts::RunTally tally = ts::tally_run(packet, 1);
    if ((settings_.drop.tei && tally.tei != 0) || (settings_.drop.null && tally.null != 0)) {
        totals_.tei += tally.tei;
        totals_.null += tally.null;
        ++totals_.dropped;
        return;
    }
    append(packet, tally);
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
    if (carry_size_ == 0) return room;
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
    rtp_.settle();
    if (carry_size_ != 0) totals_.rejected.add(ts::RejectReason::truncated);
    carry_size_ = 0;
    flush();
}

/// A batch names the sender of its first datagram: two alternating senders make no batch per datagram, and what holds
/// no packets names nobody.
void StreamAssembler::note_sender() {
    if (origin_.datagram == nullptr) return;
    const net::Datagram& datagram = *origin_.datagram;
    if (datagram.source == sender_ && datagram.source_port == sender_port_ &&
        description_->encapsulation == origin_.encapsulation) {
        return;
    }
    sender_ = datagram.source;
    sender_port_ = datagram.source_port;
    auto changed = std::make_shared<feed::StreamDescription>(*description_);
    changed->ip = sender_.to_text();
    changed->port = sender_port_;
    changed->vlan = datagram.vlan;
    changed->encapsulation = origin_.encapsulation;
    description_ = std::move(changed);
}

}  // namespace muxtap::probe
