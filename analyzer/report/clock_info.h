#pragma once

#include <cstdint>
#include <optional>

#include "analyzer/report/distribution.h"
#include "common/ts/packet_view.h"

namespace muxtap::analyzer {

/// The program clock of one PID. Cumulative unless said otherwise.
struct PcrInfo {
    ts::Pid pid = 0;
    std::uint64_t count = 0;
    std::uint64_t first_ticks = 0;  ///< 27 MHz
    std::uint64_t last_ticks = 0;
    Spread interval_ms;  ///< PCR to PCR, by the clock of arrival (of a file: by PCR)
    Histogram interval_histogram_ms;
    std::uint64_t repetition_errors = 0;     ///< interval > 100 ms (TR 101 290, 2.3a)
    std::uint64_t repetition_over_40ms = 0;  ///< interval > 40 ms: a warning
    std::uint64_t discontinuity_errors = 0;  ///< value outside 0..100 ms, not announced (2.3b)
    std::uint64_t announced_discontinuities = 0;

    /// PCR_AC: offset of a PCR from what its byte position says, in nanoseconds. Empty while not measurable: variable
    /// rate, or fewer than the values it takes to know the rate.
    std::optional<Spread> accuracy_ns;
    std::uint64_t accuracy_errors = 0;  ///< beyond +-500 ns (2.4)

    /// PCR_OJ: jitter of the PCRs against their arrival after taking drift out, in microseconds; empty for files.
    std::optional<Spread> overall_jitter_us;
    /// How much faster the sender's clock runs than the capture host's, in parts per million; empty until 10 s long.
    std::optional<double> frequency_offset_ppm;
    std::optional<double> drift_ppm_per_hour;  ///< change of the frequency offset; empty until known

    [[nodiscard]] bool operator==(const PcrInfo&) const noexcept = default;
};

/// Time stamps of one PID. Cumulative.
struct TimestampInfo {
    std::uint64_t pes_packets = 0;
    std::uint64_t invalid_pes = 0;  ///< unit starts without a PES header where one must be
    std::uint64_t pts_count = 0;
    std::uint64_t dts_count = 0;
    std::optional<std::uint64_t> first_pts;  ///< 90 kHz
    std::optional<std::uint64_t> last_pts;
    std::optional<std::uint64_t> first_dts;
    std::optional<std::uint64_t> last_dts;
    std::uint64_t pts_jumps = 0;  ///< PTS went back or ahead by more than 1 s in decoding order, not announced
    std::uint64_t dts_jumps = 0;
    std::int64_t pts_interval_max_ns = 0;  ///< by the clock
    std::optional<std::uint8_t> pes_stream_id;
    /// Decode margin: PTS (or DTS where there is one) less the PCR at the arrival of the PES header, in milliseconds.
    Spread decode_margin_ms;
    Spread presentation_margin_ms;  ///< PTS less PCR

    [[nodiscard]] bool operator==(const TimestampInfo&) const noexcept = default;
};

}  // namespace muxtap::analyzer
