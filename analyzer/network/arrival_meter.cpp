#include "analyzer/network/arrival_meter.h"

#include <algorithm>

namespace muxtap::analyzer {

void ArrivalMeter::add(const DatagramMark& datagram) noexcept {
    if (datagram.continued && datagrams_ > 0) {
        delivery_.add_rest(newest_, datagram.packets);
        packets_ += datagram.packets;
        newest_packets_ += datagram.packets;
        return;
    }
    const UnixTime time = std::max(datagram.time, newest_);
    if (datagrams_ == 0) {
        second_end_ = time + second;
        delivery_.begin(time);
    } else {
        packets_min_ = least_packets();
        packets_max_ = std::max(packets_max_, newest_packets_);
    }
    advance(time);
    if (loss_pending_) delivery_.capture_loss();
    loss_pending_ = false;
    gaps_.add(time, datagram.merged);
    delivery_.add(time, datagram.packets);
    ++datagrams_;
    merged_ += datagram.merged ? 1U : 0U;
    packets_ += datagram.packets;
    newest_packets_ = datagram.packets;
}

std::uint32_t ArrivalMeter::least_packets() const noexcept {
    return datagrams_ == 1 ? newest_packets_ : std::min(packets_min_, newest_packets_);
}

void ArrivalMeter::end_second() noexcept {
    gaps_.end_second();
    if (loss_pending_) delivery_.capture_loss();
    delivery_.end(second_end_);
    delivery_.begin(second_end_);
    second_end_ += second;
}

void ArrivalMeter::advance(UnixTime now) noexcept {
    newest_ = std::max(newest_, now);
    if (datagrams_ == 0 || newest_ < second_end_) return;
    end_second();
    if (newest_ < second_end_) return;
    // Seconds without a datagram are all alike: the last one is enough.
    second_end_ += (newest_ - second_end_) / second * second;
    delivery_.begin(second_end_ - second);
    end_second();
}

void ArrivalMeter::set_rtp(const RtpTotals& totals) noexcept {
    rtp_ = totals;
    delivery_.set_rtp(totals);
}

void ArrivalMeter::capture_loss() noexcept {
    gaps_.break_gap();
    delivery_.capture_loss();
    loss_pending_ = true;
}

ArrivalInfo ArrivalMeter::info() const {
    ArrivalInfo info;
    info.datagrams = datagrams_;
    info.merged_datagrams = merged_;
    info.run = gaps_.run();
    info.window = gaps_.window();
    info.histogram_us = gaps_.histogram_us();
    info.packets_per_datagram_min = least_packets();
    info.packets_per_datagram_max = std::max(packets_max_, newest_packets_);
    if (datagrams_ > 0)
        info.packets_per_datagram_mean = static_cast<double>(packets_) / static_cast<double>(datagrams_);
    info.rtp = rtp_;
    info.delay_factor_ms = delivery_.delay_factor_ms();
    info.delay_factor_max_ms = delivery_.delay_factor_max_ms();
    info.media_loss_rate = delivery_.media_loss_rate();
    info.media_loss_rate_max = delivery_.media_loss_rate_max();
    return info;
}

}  // namespace muxtap::analyzer
