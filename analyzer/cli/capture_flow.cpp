#include "analyzer/cli/capture_flow.h"

#include <algorithm>
#include <functional>

namespace muxtap::analyze {
namespace {

constexpr std::size_t block_bytes = 350 * ts::packet_size;

/// Counters less what they were before.
ts::RejectCounts difference(const ts::RejectCounts& now, const ts::RejectCounts& before) {
    ts::RejectCounts rest;
    for (std::size_t i = 0; i < ts::reject_reason_count; ++i) {
        const auto reason = static_cast<ts::RejectReason>(i);
        rest.add(reason, now.of(reason) - before.of(reason));
    }
    return rest;
}

}  // namespace

CaptureFlow::CaptureFlow(const flow::FlowKey& key, ts::PacketLocator& locator)
    : key_(key), extractor_(locator, false) {}

bool CaptureFlow::is_ts() const noexcept {
    return subject_ && packets_ >= flow::packets_to_prove &&
           extractor_.rejected().of(ts::RejectReason::not_ts) * 2 <= datagrams_;
}

void CaptureFlow::start(const SubjectSettings& settings) {
    subject_ = std::make_unique<StreamSubject>(name(), analyzer::ClockSource::arrival, settings);
    bytes_.reserve(block_bytes + std::size_t{65536});
}

void CaptureFlow::on_datagram(const net::Datagram& datagram) {
    ++datagrams_;
    if (!subject_) return;
    // Time stamps of a capture may step back; time does not.
    newest_ = std::max(newest_, datagram.time);
    extractor_.take_apart(datagram, [&](ByteView payload, std::size_t missing, bool first) {
        if (missing > 0) {
            hand_on();
            before_.capture_loss = true;
        }
        const std::size_t start = bytes_.size();
        payload_ = payload;
        taken_ = 0;
        extractor_.take_datagram(payload, missing, *this);
        take_damaged(payload.data() + payload.size());
        const std::size_t packets = (bytes_.size() - start) / ts::packet_size;
        if (packets > 0) {
            marks_.push_back(
                {.packets = static_cast<std::uint32_t>(packets), .time = newest_, .merged = !first || datagram.merged});
        }
    });
    over_rtp_ |= extractor_.is_rtp();
    if (bytes_.size() >= block_bytes || !(extractor_.rejected() == told_)) hand_on();
}

void CaptureFlow::on_packets(const std::uint8_t* packets, ts::RunTally run) {
    take_damaged(packets);
    bytes_.insert(bytes_.end(), packets, packets + run.valid * ts::packet_size);
    packets_ += run.valid;
    if (is_in_datagram(packets))
        taken_ = static_cast<std::size_t>(packets - payload_.data()) + run.valid * ts::packet_size;
}

bool CaptureFlow::is_in_datagram(const std::uint8_t* bytes) const noexcept {
    // A packet that straddles datagrams has been put together elsewhere.
    const std::less<const std::uint8_t*> before;
    const std::uint8_t* const end = payload_.data() + payload_.size();
    return !before(bytes, payload_.data()) && !before(end, bytes);
}

void CaptureFlow::take_damaged(const std::uint8_t* end) {
    if (extractor_.rejected() == told_ || !is_in_datagram(end)) return;
    const auto until = static_cast<std::size_t>(end - payload_.data());
    // Before the first packet there may be an RTP header.
    if (taken_ == 0 && extractor_.is_rtp()) taken_ = std::min(until, until % ts::packet_size);
    const ts::RejectCounts left = difference(extractor_.rejected(), told_);
    const std::uint64_t damaged = left.total() - left.of(ts::RejectReason::not_ts);
    const std::size_t count = until < taken_ ? 0 : (until - taken_) / ts::packet_size;
    if ((until - taken_) % ts::packet_size != 0 || count > damaged) return;
    for (; taken_ < until; taken_ += ts::packet_size) {
        const std::uint8_t* const packet = payload_.data() + taken_;
        const ts::RejectReason reason = ts::check_packet(packet);
        if (reason == ts::RejectReason::accepted || difference(extractor_.rejected(), told_).of(reason) == 0) continue;
        bytes_.insert(bytes_.end(), packet, packet + ts::packet_size);
        told_.add(reason);
    }
}

void CaptureFlow::hand_on() {
    if (!subject_) return;
    const ts::RejectCounts& rejected = extractor_.rejected();
    before_.rejected.add(difference(rejected, told_));
    told_ = rejected;
    if (over_rtp_) {
        const net::RtpSequence& rtp = extractor_.rtp();
        subject_->set_rtp(
            {.lost = rtp.lost(), .reordered = rtp.reordered() - rtp.duplicated(), .duplicated = rtp.duplicated()});
    }
    if (bytes_.empty()) return;
    analyzer::PacketBlock block;
    block.bytes = bytes_;
    block.datagrams = marks_;
    block.before = before_;
    subject_->add(block);
    bytes_.clear();
    marks_.clear();
    before_ = {};
}

void CaptureFlow::advance(UnixTime now) {
    if (!subject_) return;
    hand_on();
    newest_ = std::max(newest_, now);
    subject_->advance(newest_);
    subject_->tell();
}

void CaptureFlow::finish(UnixTime now) {
    if (!subject_) return;
    extractor_.finish();
    hand_on();
    if (before_.capture_loss || before_.rejected.total() > 0) {
        analyzer::PacketBlock rest;
        rest.timed = false;
        rest.before = before_;
        subject_->add(rest);
        before_ = {};
    }
    advance(now);
}

}  // namespace muxtap::analyze
