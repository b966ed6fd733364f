#pragma once

#include <string>

namespace muxtap::app {

/// This host's name, "unknown" when it has none.
[[nodiscard]] std::string host_name();

}  // namespace muxtap::app
