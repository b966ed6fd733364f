#pragma once

#include "analyzer/cli/analyze_config.h"

namespace muxtap::analyze {

/// Analyses every input and prints what was found, each failure as one line on standard error. The exit code: 0, 1 when
/// an input could not be analysed or the output not written, 3 when an indicator of --fail-on found an error.
[[nodiscard]] int run_analysis(const AnalyzeConfig& config);

inline constexpr int exit_indicator = 3;

}  // namespace muxtap::analyze
