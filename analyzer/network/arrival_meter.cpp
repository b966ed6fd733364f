#include "analyzer/network/arrival_meter.h"

#include <algorithm>

namespace muxtap::analyzer {

void ArrivalMeter::add(const DatagramMark& datagram) noexcept {
    const UnixTime time = std::max(datagram.time, newest_);
    if (datagrams_ == 0) {
        second_end_ = time + second;
        delivery_.begin(time);
        packets_min_ = datagram.packets;
    }
    advance(time);
    if (loss_pending_) delivery_.capture_loss();
    loss_pending_ = false;
    gaps_.add(time, datagram.merged);
    delivery_.add(time, datagram.packets);
    ++datagrams_;
    merged_ += datagram.merged ? 1U : 0U;
    packets_ += datagram.packets;
    packets_min_ = std::min(packets_min_, datagram.packets);
    packets_max_ = std::max(packets_max_, datagram.packets);
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
    info.packets_per_datagram_min = packets_min_;
    info.packets_per_datagram_max = packets_max_;
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
