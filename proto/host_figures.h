#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "common/base/clock.h"

namespace muxtap::proto {

/// Longer lists are not written, and refused when read.
inline constexpr std::size_t most_host_disks = 64;
inline constexpr std::size_t most_host_interfaces = 64;
inline constexpr std::size_t most_host_processes = 10;
/// Loads and shares of processes up to this are kept to four digits behind the point.
inline constexpr double largest_host_fraction = 1e9;

/// One mounted file system of the probe's host.
struct HostDisk {
    std::string device;       ///< /dev/sda1
    std::string mount_point;  ///< /
    std::uint64_t total_bytes = 0;
    std::uint64_t available_bytes = 0;  ///< to users without privileges
    bool removable = false;

    [[nodiscard]] bool operator==(const HostDisk&) const = default;
};

/// One network interface of the probe's host. Counters are cumulative, as the kernel keeps them.
struct HostInterface {
    std::string name;
    std::uint64_t received_bytes = 0;
    std::uint64_t transmitted_bytes = 0;
    std::uint64_t received_packets = 0;
    std::uint64_t transmitted_packets = 0;
    std::uint64_t receive_errors = 0;
    std::uint64_t transmit_errors = 0;

    [[nodiscard]] bool operator==(const HostInterface&) const = default;
};

/// One process of the probe's host.
struct HostProcess {
    std::uint32_t pid = 0;
    std::string name;
    double cpu_share = 0;  ///< of one core, 1 is a whole one
    std::uint64_t resident_bytes = 0;

    [[nodiscard]] bool operator==(const HostProcess&) const = default;
};

/// What the capture host is doing, in `info/` messages (proto/README.md, "host"). What is not known is 0 or empty.
struct HostFigures {
    UnixTime time{};  ///< when they were taken
    std::string host_name;
    std::string system_name;     ///< "Debian GNU/Linux"
    std::string os_version;      ///< "12"
    std::string kernel_version;  ///< "6.1.0-18-amd64"
    std::string architecture;    ///< "x86_64"
    UnixTime boot_time{};
    std::chrono::nanoseconds uptime{};
    std::uint32_t core_count = 0;  ///< logical processors
    double cpu_share = 0;          ///< busy share of all processors over the last second, 0 to 1
    double load_1m = 0;
    double load_5m = 0;
    double load_15m = 0;
    std::uint64_t memory_total_bytes = 0;
    std::uint64_t memory_used_bytes = 0;  ///< without what the kernel gives back on demand
    std::uint64_t swap_total_bytes = 0;
    std::uint64_t swap_used_bytes = 0;
    std::uint32_t process_count = 0;
    std::vector<HostDisk> disks;
    std::vector<HostInterface> interfaces;
    std::vector<HostProcess> processes;  ///< at most 10, those that use most CPU first

    [[nodiscard]] bool operator==(const HostFigures&) const = default;
};

}  // namespace muxtap::proto
