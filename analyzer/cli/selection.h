#pragma once

#include "analyzer/cli/analyze_config.h"
#include "analyzer/report/report.h"

namespace muxtap::analyze {

/// Takes out of the report's tables what was not asked for: programs, PIDs, tables, and PIDs of indicators. Totals and
/// counts stay.
void select(analyzer::Report& report, const Selection& selection);

/// Whether an event is about something that was asked for.
[[nodiscard]] bool is_selected(const analyzer::Event& event, const Selection& selection);

/// Whether an indicator of this priority or a higher one (1 is the highest) has found an error. 0: never.
[[nodiscard]] bool fails(const analyzer::Report& report, unsigned lowest_priority);

}  // namespace muxtap::analyze
