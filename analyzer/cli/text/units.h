#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "analyzer/report/report.h"
#include "common/text/columns.h"
#include "common/text/numbers.h"

/// Numbers and texts as people read them.
namespace muxtap::analyze {

using text::bit_rate;
using text::byte_size;
using text::count_text;
using text::elided;
using text::fixed;
using text::grouped;
using text::percent;
using text::printable;
using text::text_width;
using text::wrapped;

/// "0x0101".
[[nodiscard]] std::string pid_text(ts::Pid pid);
/// "0:01:02.345", hours first.
[[nodiscard]] std::string duration_text(std::chrono::nanoseconds duration);
/// Time since the start for the clock `pcr`, else the time of day in UTC: "13:37:00.123".
[[nodiscard]] std::string time_text(UnixTime time, analyzer::ClockSource clock);
/// "2023-11-14 22:13:20 UTC".
[[nodiscard]] std::string date_text(UnixTime time);
/// Smallest, mean and largest as "18.50/20.00/38.25"; "-" while nothing was measured.
[[nodiscard]] std::string spread_text(const analyzer::Spread& spread, int digits);

}  // namespace muxtap::analyze
