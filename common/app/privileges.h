#pragma once

#include <string>

#include "common/base/result.h"

namespace muxtap::app {

/// Becomes another user when running as root: groups, group and user, in that order, for all threads to come; checks
/// that there is no way back. Does nothing when not root, or when the user is root. The error names the user.
[[nodiscard]] Result<void> drop_privileges(const std::string& user);

}  // namespace muxtap::app
