#pragma once

#include <cstdint>
#include <optional>

#include "common/base/bytes.h"
#include "common/base/clock.h"

namespace muxtap::psi {

/// Five bytes of modified Julian date and hours, minutes and seconds in BCD (EN 300 468, annex C), UTC. Empty when all
/// bits are set, "undefined", or when it is not a time of day.
[[nodiscard]] std::optional<UnixTime> dvb_time(ByteView bytes) noexcept;

/// Three bytes of hours, minutes and seconds in BCD, in seconds; empty when they are not BCD.
[[nodiscard]] std::optional<std::uint32_t> dvb_duration(ByteView bytes) noexcept;

}  // namespace muxtap::psi
