#pragma once

#include <string>

#include "common/base/result.h"

namespace muxtap::app {

/// Becomes another user when running as root: groups, group and user, in that order, for all threads to come; checks
/// that there is no way back. Does nothing when not root, or when the user is root. The error names the user.
[[nodiscard]] Result<void> drop_privileges(const std::string& user);

/// Makes CAP_NET_RAW effective for this thread and those to come, where the process may (it is in its permitted set).
/// So a program whose file was given it with `setcap cap_net_raw+p` captures where it can be had, and still starts
/// where it cannot: with `+ep` the kernel would refuse to run it in a container without that capability. Does nothing
/// otherwise.
void use_permitted_net_raw();

}  // namespace muxtap::app
