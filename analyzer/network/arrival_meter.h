#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "analyzer/network/delivery_index.h"
#include "analyzer/network/inter_arrival.h"
#include "analyzer/packet_block.h"
#include "analyzer/report/arrival_info.h"
#include "common/base/clock.h"

namespace muxtap::analyzer {

/// What arrived and how evenly. Seconds run from the first datagram. No allocation but for `info`.
class ArrivalMeter {
public:
    /// The next datagram of the stream, or the rest of the last one. A time before the last one's is taken as that.
    void add(const DatagramMark& datagram) noexcept;
    /// Media packets missing by continuity_counter, now.
    void add_lost(std::uint64_t packets) noexcept { delivery_.add_lost(packets); }
    void set_rtp(const RtpTotals& totals) noexcept;
    /// The rate of the multiplex by its PCRs, bits per second, for the delay factor; empty: take that of the arrivals.
    void set_media_rate(std::optional<std::uint64_t> bits_per_second) noexcept {
        delivery_.set_media_rate(bits_per_second);
    }
    /// The capture lost packets between the last datagram and the next.
    void capture_loss() noexcept;
    /// Lets time pass. All datagrams up to `now` have been added before.
    void advance(UnixTime now) noexcept;

    [[nodiscard]] ArrivalInfo info() const;

private:
    static constexpr std::chrono::nanoseconds second = std::chrono::seconds(1);
    void end_second() noexcept;
    [[nodiscard]] std::uint32_t least_packets() const noexcept;

    InterArrivalMeter gaps_;
    DeliveryIndex delivery_;
    UnixTime newest_{};
    UnixTime second_end_{};
    bool loss_pending_ = false;  ///< the capture lost packets, and none has come since
    std::uint64_t datagrams_ = 0;
    std::uint64_t merged_ = 0;
    std::uint64_t packets_ = 0;
    std::uint32_t newest_packets_ = 0;  ///< in the last datagram, of which more may come
    std::uint32_t packets_min_ = 0;     ///< of those before it
    std::uint32_t packets_max_ = 0;
    std::optional<RtpTotals> rtp_;
};

}  // namespace muxtap::analyzer
