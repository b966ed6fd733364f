#pragma once

#include <string>
#include <utility>
#include <vector>

#include "common/base/result.h"

namespace muxtap::app {

/// One assignment of a `.env` file.
struct EnvAssignment {
    std::string name;
    std::string value;
    int line = 0;
};

/// Reads `NAME=value` lines: blank lines, `# comments`, `export NAME=value`, values in single or double quotes, and
/// comments behind an unquoted value after a space. The error names the line.
[[nodiscard]] Result<std::vector<EnvAssignment>> parse_env_file(std::string_view text);

}  // namespace muxtap::app
