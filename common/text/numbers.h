#pragma once

#include <cstdint>
#include <string>

/// Numbers as people read them.
namespace muxtap::text {

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
}  // namespace muxtap::text
