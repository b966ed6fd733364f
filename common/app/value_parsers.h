#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/result.h"

/// Text to value, for options and addresses. Each error says what was expected.
namespace muxtap::app {

[[nodiscard]] Result<bool> parse_boolean(std::string_view text);
[[nodiscard]] Result<std::int64_t> parse_integer(std::string_view text, std::int64_t minimum, std::int64_t maximum);
[[nodiscard]] Result<double> parse_decimal(std::string_view text, double minimum, double maximum);

/// "20ms", "1.5s", "2h"; a bare number is in `bare_unit`. Never negative, at most about 292 years.
[[nodiscard]] Result<std::chrono::nanoseconds> parse_duration(std::string_view text, std::string_view bare_unit);

/// "2000000", "20M", "1.5G": bits per second, the letters being powers of 1000. From 1 to 10^12.
[[nodiscard]] Result<std::uint64_t> parse_bit_rate(std::string_view text);

/// "64M", "64MiB", "1.5G", "4096": bytes, the letters being powers of 1024.
[[nodiscard]] Result<std::uint64_t> parse_bytes(std::string_view text);

/// "9100", "127.0.0.1:9100", "[::1]:9100": ADDRESS:PORT to listen on; a port alone means all IPv4 addresses. Whether
/// there is such an address shows when it is used.
[[nodiscard]] Result<std::string> parse_listen_address(std::string_view text);

}  // namespace muxtap::app
