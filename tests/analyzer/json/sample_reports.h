#pragma once

#include "analyzer/report/report.h"

namespace muxtap::analyzer {

/// A report in which everything that can be known is.
[[nodiscard]] Report full_report();

/// The report of a stream of which nothing is known.
[[nodiscard]] Report empty_report();

/// An event with everything an event can have.
[[nodiscard]] Event full_event();

}  // namespace muxtap::analyzer
