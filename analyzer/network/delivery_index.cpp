#include "analyzer/network/delivery_index.h"

#include <algorithm>

namespace muxtap::analyzer {

void DeliveryIndex::begin(UnixTime start) noexcept {
    start_ = start;
    bytes_per_ns_ = known_rate_.value_or(0) > 0 ? static_cast<double>(*known_rate_) / 8e9 : last_interval_bytes_per_ns_;
    received_ = 0;
    highest_ = 0;
    lowest_ = 0;
    datagrams_ = 0;
    packets_ = 0;
    spoiled_ = false;
    lost_by_counter_ = 0;
    rtp_lost_ = 0;
}

void DeliveryIndex::observe(double level) noexcept {
    highest_ = std::max(highest_, level);
    lowest_ = std::min(lowest_, level);
}

void DeliveryIndex::add(UnixTime time, std::uint32_t packets) noexcept {
    add_rest(time, packets);
    ++datagrams_;
}

void DeliveryIndex::add_rest(UnixTime time, std::uint32_t packets) noexcept {
    const double let_out = static_cast<double>((time - start_).count()) * bytes_per_ns_;
    observe(received_ - let_out);
    received_ += static_cast<double>(packets) * static_cast<double>(ts::packet_size);
    observe(received_ - let_out);
    packets_ += packets;
}

void DeliveryIndex::set_rtp(const RtpTotals& totals) noexcept {
    // A datagram that comes late after all takes its loss back.
    if (rtp_ && totals.lost > rtp_->lost) rtp_lost_ += totals.lost - rtp_->lost;
    if (rtp_ && totals.lost < rtp_->lost) rtp_lost_ -= std::min(rtp_lost_, rtp_->lost - totals.lost);
    rtp_ = totals;
}

void DeliveryIndex::end(UnixTime end) noexcept {
    const auto length_ns = static_cast<double>(std::max<std::int64_t>(1, (end - start_).count()));
    if (datagrams_ > 0) usual_packets_ = std::max<std::uint64_t>(1, packets_ / datagrams_);
    observe(received_ - length_ns * bytes_per_ns_);
    delay_factor_ms_.reset();
    loss_rate_.reset();
    if (!spoiled_) {
        if (bytes_per_ns_ > 0) {
            delay_factor_ms_ = (highest_ - lowest_) / bytes_per_ns_ * 1e-6;
            delay_factor_max_ms_ = std::max(delay_factor_max_ms_.value_or(0), *delay_factor_ms_);
        }
        const auto lost = static_cast<double>(std::max(lost_by_counter_, rtp_lost_ * usual_packets_));
        loss_rate_ = lost * 1e9 / length_ns;
        loss_rate_max_ = std::max(loss_rate_max_.value_or(0), *loss_rate_);
    }
    if (received_ > 0 && !spoiled_) last_interval_bytes_per_ns_ = received_ / length_ns;
}

}  // namespace muxtap::analyzer
