#pragma once

#include <string>

#include "analyzer/cli/text/table.h"
#include "analyzer/report/report.h"

namespace muxtap::analyze {

/// An event as one line for people: time, stream (where there are several), kind, PID and what happened. It may be
/// longer than the page: nothing is left out of it.
[[nodiscard]] std::string event_line(const analyzer::Event& event, const std::string& stream,
                                     analyzer::ClockSource clock, const Painter& painter);

/// The table of all indicators for --list-indicators.
[[nodiscard]] std::string indicator_list(const Painter& painter);

}  // namespace muxtap::analyze
