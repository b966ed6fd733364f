#pragma once

#include <cstdint>
#include <optional>

namespace muxtap::analyzer {

/// Bit rates in bits per second. "Window" is the last second, moved on in steps of 100 ms.
struct RateInfo {
    std::uint64_t window_bps = 0;   ///< 0 while less than one second has passed
    std::uint64_t average_bps = 0;  ///< over the whole run
    std::uint64_t min_bps = 0;      ///< smallest and largest window since the first full one
    std::uint64_t max_bps = 0;

    [[nodiscard]] bool operator==(const RateInfo&) const noexcept = default;
};

/// The multiplex. All of it covers packets, null packets included, 188 bytes each.
struct MuxRateInfo {
    RateInfo arrival;           ///< by arrival time; of a file: by its PCRs
    std::uint64_t pcr_bps = 0;  ///< by PCR and byte position over the whole run; 0 while not known
    std::uint64_t pcr_window_bps = 0;
    /// The PCRs agree with one rate (see PcrInfo::accuracy_ns); empty while they are too few to say.
    std::optional<bool> constant_rate;
    std::uint64_t peak_10ms_bps = 0;   ///< highest rate in any 10 ms; 0 where arrival times are not known
    std::uint64_t peak_100ms_bps = 0;  ///< highest rate in any 100 ms
    double null_share = 0;             ///< 0..1 over the whole run
    double null_share_window = 0;

    [[nodiscard]] bool operator==(const MuxRateInfo&) const noexcept = default;
};

}  // namespace muxtap::analyzer
