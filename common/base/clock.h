#pragma once

#include <chrono>
#include <cstdint>

namespace muxtap {

/// Wall-clock time as nanoseconds since 1970-01-01T00:00:00Z: what packets are stamped with.
using UnixTime = std::chrono::time_point<std::chrono::system_clock, std::chrono::nanoseconds>;

/// Time that only goes forward, for ages, deadlines and pacing.
using SteadyTime = std::chrono::time_point<std::chrono::steady_clock, std::chrono::nanoseconds>;

[[nodiscard]] inline UnixTime unix_now() noexcept {
    return std::chrono::system_clock::now();
}
[[nodiscard]] inline SteadyTime steady_now() noexcept {
    return std::chrono::steady_clock::now();
}

/// Nanoseconds since the Unix epoch as a plain number, as on the wire.
[[nodiscard]] constexpr std::int64_t to_unix_ns(UnixTime time) noexcept {
    return time.time_since_epoch().count();
}
[[nodiscard]] constexpr UnixTime from_unix_ns(std::int64_t nanoseconds) noexcept {
    return UnixTime{std::chrono::nanoseconds{nanoseconds}};
}

}  // namespace muxtap
