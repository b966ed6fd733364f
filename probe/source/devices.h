#pragma once

#include <string>
#include <vector>

#include "common/base/result.h"

namespace muxtap::probe {

/// A network interface of this host.
struct Device {
    std::string name;
    bool up = false;
    bool running = false;
    bool loopback = false;
    bool wireless = false;
    bool has_address = false;
};

/// Interfaces of this host in the kernel's order.
[[nodiscard]] Result<std::vector<Device>> list_devices();

/// The interface to capture from when none was named: the first that is up and running, is not loopback and, unless
/// asked for, not wireless; one with an address is preferred. The error lists what there is.
[[nodiscard]] Result<std::string> choose_device(const std::vector<Device>& devices, bool use_wireless);

/// "eth0, eth1, lo": for error messages.
[[nodiscard]] std::string device_names(const std::vector<Device>& devices);

/// What the frames of an interface begin with.
enum class DeviceLink : unsigned char { ethernet, loopback, other };
[[nodiscard]] DeviceLink device_link(const std::string& name);

/// Largest IP packet of an interface in bytes, 0 when it cannot be found out.
[[nodiscard]] std::size_t device_mtu(const std::string& name);

}  // namespace muxtap::probe
