#pragma once

#include <string>

#include "common/base/result.h"

namespace muxtap::analyze {

/// Runs `gnuplot SCRIPT` in a folder, without a shell, and waits for its end. What it has to say goes to our standard
/// error.
[[nodiscard]] Result<void> run_gnuplot(const std::string& folder, const std::string& script);

/// A text between the double quotes of a gnuplot script, in which nothing has a meaning of its own.
[[nodiscard]] std::string gnuplot_quoted(const std::string& text);

}  // namespace muxtap::analyze
