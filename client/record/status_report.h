#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "client/record/stream_recorder.h"

namespace muxtap::record {

/// What one stream is doing, for people and for log lines.
struct StreamReport {
    std::string_view probe;
    std::string_view stream;
    std::string_view state;  ///< live, silent, ended …
    std::string path;
    StreamTotals totals;
    LossTotals lost;
    double bits_per_second = 0;
};

/// "1.2 Mb/s".
[[nodiscard]] std::string bit_rate_text(double bits_per_second);
/// "12.3 MB".
[[nodiscard]] std::string bytes_text(std::uint64_t bytes);

/// The status line of a terminal, without a line end.
[[nodiscard]] std::string status_line(const std::vector<StreamReport>& streams, bool disk_alarm);

/// One log line per stream, event `status`.
void log_status(app::Log& log, const std::vector<StreamReport>& streams);

/// The last line of a run, event `totals`.
void log_totals(app::Log& log, const std::vector<StreamReport>& streams, std::uint64_t refused,
                std::string_view end_reason);

}  // namespace muxtap::record
