#include "probe/source/devices.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>

#include "common/base/file_descriptor.h"

namespace muxtap::probe {
namespace {

bool is_wireless(const std::string& name) {
    const std::string folder = "/sys/class/net/" + name + "/wireless";
    return ::access(folder.c_str(), F_OK) == 0;
}

/// The kernel's answer to one question about an interface.
std::optional<ifreq> ask_device(const std::string& name, unsigned long question) {
    const FileDescriptor socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    ifreq request{};
    std::strncpy(static_cast<char*>(request.ifr_name), name.c_str(), IFNAMSIZ - 1);
    if (!socket.valid() || ::ioctl(socket.get(), question, &request) != 0) return std::nullopt;
    return request;
}

}  // namespace

Result<std::vector<Device>> list_devices() {
    ifaddrs* addresses = nullptr;
    if (getifaddrs(&addresses) != 0) return fail_os("cannot list the network interfaces", errno);
    const std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> guard(addresses, freeifaddrs);
    std::vector<Device> devices;
    for (const ifaddrs* entry = addresses; entry != nullptr; entry = entry->ifa_next) {
        const std::string name = entry->ifa_name;
        auto found =
            std::find_if(devices.begin(), devices.end(), [&](const Device& known) { return known.name == name; });
        if (found == devices.end()) {
            devices.push_back({.name = name,
                               .up = (entry->ifa_flags & IFF_UP) != 0,
                               .running = (entry->ifa_flags & IFF_RUNNING) != 0,
                               .loopback = (entry->ifa_flags & IFF_LOOPBACK) != 0,
                               .wireless = is_wireless(name)});
            found = devices.end() - 1;
        }
        const int family = entry->ifa_addr == nullptr ? AF_UNSPEC : entry->ifa_addr->sa_family;
        found->has_address |= family == AF_INET || family == AF_INET6;
    }
    return devices;
}

Result<std::string> choose_device(const std::vector<Device>& devices, bool use_wireless) {
    const Device* best = nullptr;
    for (const Device& device : devices) {
        if (!device.up || !device.running || device.loopback || (device.wireless && !use_wireless)) continue;
        if (best == nullptr || (device.has_address && !best->has_address)) best = &device;
    }
    if (best != nullptr) return best->name;
    return fail("no network interface is up that is not loopback" +
                std::string{use_wireless ? "" : " or wireless (--use-wireless)"} +
                ": name one with --source-device; there are: " + device_names(devices));
}

std::string device_names(const std::vector<Device>& devices) {
    std::string names;
    for (const Device& device : devices) names.append(names.empty() ? "" : ", ").append(device.name);
    return names.empty() ? "none" : names;
}

DeviceLink device_link(const std::string& name) {
    const auto answer = ask_device(name, SIOCGIFHWADDR);
    if (!answer) return DeviceLink::other;
    switch (answer->ifr_hwaddr.sa_family) {
        case ARPHRD_ETHER: return DeviceLink::ethernet;
        case ARPHRD_LOOPBACK: return DeviceLink::loopback;
        default: return DeviceLink::other;
    }
}

std::size_t device_mtu(const std::string& name) {
    const auto answer = ask_device(name, SIOCGIFMTU);
    return answer ? static_cast<std::size_t>(answer->ifr_mtu) : 0;
}

}  // namespace muxtap::probe
