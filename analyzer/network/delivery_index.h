#pragma once

#include <cstdint>
#include <optional>

#include "analyzer/packet_block.h"
#include "common/base/clock.h"

namespace muxtap::analyzer {

/// The Media Delivery Index of RFC 4445, in intervals of one second.
///
/// Delay factor: a virtual buffer takes the media bytes of each datagram in as it arrives and lets them out at the
/// media rate; the span between its highest and lowest level in the interval, before and behind each datagram and at
/// the interval's ends, as time at the media rate. Where datagrams are missing for a whole interval it is the interval.
///
/// Media loss rate: media packets lost in the interval, as told by continuity_counter or by RTP, whichever says more:
/// both see the same loss, RTP also that of null packets, continuity_counter also what was lost before RTP.
///
/// No allocation.
class DeliveryIndex {
public:
    /// What the media rate is from the next interval on, bits per second, packets of 188 bytes, null packets included;
    /// empty: as much as came in the interval before.
    void set_media_rate(std::optional<std::uint64_t> bits_per_second) noexcept { known_rate_ = bits_per_second; }

    /// An interval begins; the one before is left as it is.
    void begin(UnixTime start) noexcept;
    /// A datagram with media packets in the interval under way.
    void add(UnixTime time, std::uint32_t packets) noexcept;
    /// More media packets of the datagram before.
    void add_rest(UnixTime time, std::uint32_t packets) noexcept;
    /// Media packets missing by continuity_counter.
    void add_lost(std::uint64_t packets) noexcept { lost_by_counter_ += packets; }
    /// RTP totals so far. The first ones are where counting begins.
    void set_rtp(const RtpTotals& totals) noexcept;
    /// The capture lost packets: the interval under way cannot be measured.
    void capture_loss() noexcept { spoiled_ = true; }
    /// The interval under way ends.
    void end(UnixTime end) noexcept;

    /// Of the last interval; empty where the media rate was not known or the capture lost packets.
    [[nodiscard]] std::optional<double> delay_factor_ms() const noexcept { return delay_factor_ms_; }
    [[nodiscard]] std::optional<double> delay_factor_max_ms() const noexcept { return delay_factor_max_ms_; }
    /// Media packets per second.
    [[nodiscard]] std::optional<double> media_loss_rate() const noexcept { return loss_rate_; }
    [[nodiscard]] std::optional<double> media_loss_rate_max() const noexcept { return loss_rate_max_; }

private:
    void observe(double level) noexcept;

    std::optional<std::uint64_t> known_rate_;
    double last_interval_bytes_per_ns_ = 0;  ///< of the newest interval with packets
    double bytes_per_ns_ = 0;                ///< media rate of the interval under way; 0: not known
    UnixTime start_{};
    double received_ = 0;  ///< bytes in the interval
    double highest_ = 0;
    double lowest_ = 0;
    std::uint64_t datagrams_ = 0;
    std::uint64_t packets_ = 0;
    bool spoiled_ = false;
    std::uint64_t lost_by_counter_ = 0;
    std::uint64_t rtp_lost_ = 0;  ///< datagrams, in the interval
    std::optional<RtpTotals> rtp_;
    std::uint64_t usual_packets_ = 0;  ///< per datagram

    std::optional<double> delay_factor_ms_;
    std::optional<double> delay_factor_max_ms_;
    std::optional<double> loss_rate_;
    std::optional<double> loss_rate_max_;
};

}  // namespace muxtap::analyzer
