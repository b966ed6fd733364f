#pragma once

#include <cstdint>
#include <functional>

#include "analyzer/cli/analyze_config.h"

namespace muxtap::analyze {

/// Analyses every input and prints what was found, each failure as one line on standard error. The exit code: 0, 1 when
/// an input could not be analysed or the output not written, 3 when an indicator of --fail-on found an error.
/// `on_read` hears now and then how many bytes have been read of all inputs, and how large the present one is (0: not
/// known).
[[nodiscard]] int run_analysis(const AnalyzeConfig& config,
                               const std::function<void(std::uint64_t bytes, std::uint64_t input)>& on_read);

inline constexpr int exit_indicator = 3;

}  // namespace muxtap::analyze
