#include "probe/source/capture_errors.h"

#include "probe/source/devices.h"

namespace muxtap::probe {

std::string no_permission_message(const std::string& device) {
    return "cannot capture on \"" + device +
           "\": no permission, CAP_NET_RAW is missing: run with sudo, or once: sudo setcap cap_net_raw+ep "
           "$(command -v muxtap-probe) (--capture socket needs neither)";
}

std::string unknown_device_message(const std::string& device) {
    const auto devices = list_devices();
    return "cannot capture on \"" + device +
           "\": no such interface; there are: " + (devices ? device_names(*devices) : std::string{"none"});
}

}  // namespace muxtap::probe
