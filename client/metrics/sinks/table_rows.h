#pragma once

#include <array>
#include <string>
#include <vector>

#include "client/metrics/records/interval_record.h"
#include "common/text/table.h"

namespace muxtap::metrics {

/// Indicators of one priority of TR 101 290.
struct Lamp {
    unsigned now = 0;   ///< in error
    unsigned ever = 0;  ///< with findings
};
/// Of the priorities 1, 2 and 3.
[[nodiscard]] std::array<Lamp, 3> lamps_of(const analyzer::Indicators& indicators);

/// How much a stream needs somebody: the larger, the sooner.
[[nodiscard]] int urgency_of(const IntervalRecord& record);

/// Columns of the table, in their order.
[[nodiscard]] std::vector<text::Table::Column> table_columns();
/// The places of the columns in the order in which they are left out where the terminal is narrow.
[[nodiscard]] std::vector<std::size_t> least_important_first();
[[nodiscard]] std::vector<text::Cell> table_row(const IntervalRecord& record);

}  // namespace muxtap::metrics
