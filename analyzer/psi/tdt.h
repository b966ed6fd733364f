#pragma once

#include <optional>

#include "analyzer/psi/section.h"
#include "common/base/clock.h"

namespace muxtap::psi {

/// UTC of a time and date or time offset section (EN 300 468, 5.2.5 and 5.2.6); empty when it is too short or not a
/// time. The caller has checked the table_id.
[[nodiscard]] std::optional<UnixTime> parse_tdt_tot(const Section& section) noexcept;

}  // namespace muxtap::psi
