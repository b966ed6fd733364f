#pragma once

#include <string>

namespace muxtap::probe {

/// One line for a user who may not capture: the device, the missing capability and the ways out.
[[nodiscard]] std::string no_permission_message(const std::string& device);

/// One line for a device that does not exist, with those that do.
[[nodiscard]] std::string unknown_device_message(const std::string& device);

}  // namespace muxtap::probe
