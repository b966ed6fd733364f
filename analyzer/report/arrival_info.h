#pragma once

#include <cstdint>
#include <optional>

#include "analyzer/packet_block.h"
#include "analyzer/report/distribution.h"

namespace muxtap::analyzer {

/// Times between datagrams, in microseconds.
struct InterArrival {
    std::uint64_t count = 0;  ///< gaps measured; those of merged datagrams are not
    double min_us = 0;
    double mean_us = 0;
    double p50_us = 0;
    double p99_us = 0;
    double max_us = 0;

    [[nodiscard]] bool operator==(const InterArrival&) const noexcept = default;
};

/// What arrived and how evenly: datagrams with arrival times only.
struct ArrivalInfo {
    std::uint64_t datagrams = 0;
    std::uint64_t merged_datagrams = 0;  ///< whose gap could not be measured
    InterArrival run;                    ///< whole run
    InterArrival window;                 ///< last full second
    Histogram histogram_us;              ///< whole run, bars of a quarter of a factor of 2
    std::uint32_t packets_per_datagram_min = 0;
    std::uint32_t packets_per_datagram_max = 0;
    double packets_per_datagram_mean = 0;
    std::optional<RtpTotals> rtp;  ///< empty without RTP
    /// MDI of the last full second (RFC 4445): delay factor in milliseconds, media loss rate in packets per second.
    std::optional<double> delay_factor_ms;
    std::optional<double> delay_factor_max_ms;
    std::optional<double> media_loss_rate;
    std::optional<double> media_loss_rate_max;

    [[nodiscard]] bool operator==(const ArrivalInfo&) const noexcept = default;
};

}  // namespace muxtap::analyzer
