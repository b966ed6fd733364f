#include "common/flow/packet_extractor.h"

#include <cstring>

namespace muxtap::flow {
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
struct PacketExtractor::Block {
    ByteView bytes;
    std::size_t missing = 0;  ///< bytes behind them that were not captured
    bool follows = true;      ///< nothing is known to be missing between the last block and this one
    bool continuous = false;  ///< a piece of a file of which more follows
};

void PacketExtractor::take_datagram(ByteView payload, std::size_t missing, PacketSink& sink) {
    Block block{.bytes = payload, .missing = missing};
    const auto rtp = find_rtp(payload, missing > 0);
    is_rtp_ = rtp.has_value();
    if (rtp) {
        const std::uint64_t lost_before = rtp_.lost();
        rtp_.on_packet(rtp->sequence_number, rtp->ssrc);
        block.bytes = rtp->payload;
        block.follows = rtp_.lost() == lost_before && rtp_.is_contiguous();
    } else if (rtp_only_) {
        rejected_.add(ts::RejectReason::not_ts);
        return;
    }
    const std::uint64_t found_before = found_;
    (void)accept(block, sink);
    if (found_ != found_before) in_rtp_ = is_rtp_;
}

std::size_t PacketExtractor::take_file_bytes(ByteView bytes, bool last, PacketSink& sink) {
    // The beginning of a last packet is all that is left.
    if (last && seen_ts_ && !bytes.empty() && bytes.size() < ts::packet_size && bytes[0] == ts::sync_byte) {
        rejected_.add(ts::RejectReason::truncated);
        return bytes.size();
    }
    return accept({.bytes = bytes, .continuous = !last}, sink);
}

/// Payload bytes of each of the datagrams merged into this one; all of them when it is a single one.
std::size_t PacketExtractor::segment_size_of(const net::Datagram& datagram) const {
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

/// The RTP header of a datagram, if it has one. A broken sync byte or the middle of a packet may look like it: where
/// there was no RTP before, only a header with a packet right behind it is believed.
std::optional<net::RtpHeader> PacketExtractor::find_rtp(ByteView bytes, bool cut_off) const {
    if (bytes.size() < 2 || bytes[0] >> 6 != 2 || is_rtcp(bytes)) return std::nullopt;
    const auto rtp = net::RtpHeader::parse(bytes, cut_off);
    const bool known = in_rtp_ || rtp_only_;
    if (rtp && !known && (completes_carry(bytes) || !begins_with_packet(rtp->payload))) return std::nullopt;
    return rtp;
}

/// Takes a block in; returns how many of its bytes are done with.
std::size_t PacketExtractor::accept(const Block& block, PacketSink& sink) {
    const std::size_t consumed = accept_run(block, sink);
    return consumed == 0 ? accept_located(block, sink) : consumed;
}

/// The usual case: whole valid packets and nothing else. 0 when it is not that.
std::size_t PacketExtractor::accept_run(const Block& block, PacketSink& sink) {
    const std::size_t count = block.bytes.size() / ts::packet_size;
    const bool whole = block.bytes.size() % ts::packet_size == 0 || block.continuous;
    // Of a file's first piece a single packet does not tell the stride.
    if (count == 0 || (count == 1 && block.continuous && !seen_ts_)) return 0;
    if (!whole || stride_ != ts::packet_size || carry_size_ != 0 || block.missing != 0) return 0;
    const ts::RunTally tally = ts::tally_run(block.bytes.data(), count);
    if (tally.valid != count) return 0;
    seen_ts_ = true;
    hand_on(block.bytes.data(), tally, sink);
    return count * ts::packet_size;
}

std::size_t PacketExtractor::accept_located(const Block& block, PacketSink& sink) {
    const ByteView bytes = join_carry(block.bytes, block.follows, sink);
    if (bytes.empty() && !block.bytes.empty()) return block.bytes.size();
    const ts::Located& located =
        locator_.locate(bytes, {.stride = stride_, .proven = seen_ts_, .continuous = block.continuous});
    rejected_.add(located.rejected);
    if (!located.is_ts) return block.continuous ? located.tail : block.bytes.size();
    stride_ = located.stride;
    seen_ts_ = true;
    for (const std::uint32_t offset : located.offsets) hand_on(&bytes[offset], ts::tally_run(&bytes[offset], 1), sink);

    if (block.continuous) return located.tail;
    if (block.missing != 0) {
        const std::size_t whole = (bytes.size() + block.missing) / stride_;
        rejected_.add(ts::RejectReason::truncated, whole - std::min(whole, bytes.size() / stride_));
    } else if (located.tail < bytes.size() && stride_ == ts::packet_size) {
        carry_size_ = bytes.size() - located.tail;
        std::memcpy(carry_.data(), &bytes[located.tail], carry_size_);
    } else if (located.tail < bytes.size()) {
        rejected_.add(ts::RejectReason::truncated);
    }
    return block.bytes.size();
}

/// Completes the packet that the last block broke off with this one's beginning; returns what follows it. Senders that
/// pay no heed to packet boundaries fill datagrams to the brim, so that packets straddle them.
ByteView PacketExtractor::join_carry(ByteView bytes, bool continues, PacketSink& sink) {
    if (carry_size_ == 0) return bytes;
    const std::size_t needed = ts::packet_size - carry_size_;
    const bool fits = completes_carry(bytes);
    carry_size_ = 0;
    if (!continues || !fits) {
        rejected_.add(ts::RejectReason::truncated);
        return bytes;
    }
    std::memcpy(carry_.data() + (ts::packet_size - needed), bytes.data(), needed);
    const ts::RejectReason verdict = ts::check_packet(carry_.data());
    if (verdict == ts::RejectReason::accepted) {
        hand_on(carry_.data(), ts::tally_run(carry_.data(), 1), sink);
    } else {
        rejected_.add(verdict);
    }
    return bytes.subspan(needed);
}

/// Whether these bytes begin with the end of the packet that the last block broke off.
bool PacketExtractor::completes_carry(ByteView bytes) const noexcept {
    if (carry_size_ == 0) return false;
    const std::size_t needed = ts::packet_size - carry_size_;
    const auto packet_at = [&](std::size_t at) { return at >= bytes.size() || bytes[at] == ts::sync_byte; };
    return bytes.size() >= needed && packet_at(needed) && packet_at(needed + ts::packet_size);
}

void PacketExtractor::hand_on(const std::uint8_t* packets, ts::RunTally run, PacketSink& sink) {
    found_ += run.valid;
    sink.on_packets(packets, run);
}

void PacketExtractor::finish() {
    rtp_.settle();
    if (carry_size_ != 0) rejected_.add(ts::RejectReason::truncated);
    carry_size_ = 0;
}

}  // namespace muxtap::flow
