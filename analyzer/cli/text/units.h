#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/report/report.h"

/// Numbers and texts as people read them.
namespace muxtap::analyze {

/// "26,800".
[[nodiscard]] std::string grouped(std::uint64_t number);
/// As `grouped`, from ten millions on in four digits and a power of 1000: "2.183 G". A number is never cut.
[[nodiscard]] std::string count_text(std::uint64_t number);
/// "12.50"; "-" for what is no number.
[[nodiscard]] std::string fixed(double number, int digits);
/// "4.031 Mb/s", four significant digits.
[[nodiscard]] std::string bit_rate(std::uint64_t bits_per_second);
/// "1.2 GB", powers of 1000.
[[nodiscard]] std::string byte_size(std::uint64_t bytes);
/// "7.46 %".
[[nodiscard]] std::string percent(double share);
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

/// A text from the stream or the command line as it may go to a terminal: UTF-8, without control characters and marks
/// that turn the direction of writing.
[[nodiscard]] std::string printable(std::string_view text);
/// Columns that a printable text takes up on a terminal.
[[nodiscard]] std::size_t text_width(std::string_view text);
/// The text, or as much of it as fits into so many columns and an ellipsis.
[[nodiscard]] std::string elided(std::string_view text, std::size_t columns);
/// The text broken at spaces into lines of at most so many columns; a longer word is cut. At least one line.
[[nodiscard]] std::vector<std::string> wrapped(std::string_view text, std::size_t columns);

}  // namespace muxtap::analyze
