#pragma once

#include "analyzer/options.h"
#include "common/app/options.h"

namespace muxtap::analyzer {

/// The analyzer's options from a program's: `--standard` and the limits of TR 101 290
/// (common/options/analysis_options.h).
[[nodiscard]] AnalyzerOptions read_analyzer_options(const app::Options& options);

}  // namespace muxtap::analyzer
