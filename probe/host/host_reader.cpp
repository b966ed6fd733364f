#include "probe/host/host_reader.h"

#include <statgrab.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <ctime>
#include <span>

#include "probe/host/statgrab.h"
#include "probe/host/text_file.h"

namespace muxtap::probe {
namespace {

constexpr std::chrono::seconds process_interval{5};

/// Time since the host was started, time asleep included.
std::chrono::nanoseconds uptime_now() {
    timespec time{};
    ::clock_gettime(CLOCK_BOOTTIME, &time);
    return std::chrono::seconds{time.tv_sec} + std::chrono::nanoseconds{time.tv_nsec};
}

}  // namespace

std::optional<std::uint64_t> meminfo_bytes(std::string_view text, std::string_view name) {
    constexpr std::uint64_t unit = 1024;
    while (!text.empty()) {
        std::string_view line = take_line(text);
        if (!line.starts_with(name) || line.substr(name.size(), 1) != ":") continue;
        line.remove_prefix(name.size() + 1);
        line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
        std::uint64_t number = 0;
        if (std::from_chars(line.data(), line.data() + line.size(), number).ec != std::errc{}) return std::nullopt;
        return number * unit;
    }
    return std::nullopt;
}

double busy_share(const CpuReading& before, const CpuReading& now, std::uint32_t cores, std::uint64_t ticks_a_second) {
    const double all =
        std::chrono::duration<double>(now.uptime - before.uptime).count() * cores * static_cast<double>(ticks_a_second);
    if (all <= 0) return 0;
    const auto idle = static_cast<double>(now.idle_ticks - std::min(now.idle_ticks, before.idle_ticks));
    return std::clamp(1 - idle / all, 0.0, 1.0);
}

void HostReader::read(proto::HostFigures& figures) {
    figures.time = unix_now();
    figures.uptime = uptime_now();
    // Kept while it moves by less than clocks are set by: an operator shall not see a restart each second.
    const UnixTime booted = figures.time - figures.uptime;
    if (std::chrono::abs(booted - boot_time_) >= std::chrono::seconds{1}) boot_time_ = booted;
    figures.boot_time = boot_time_;
    read_system(figures);
    read_cpu(figures);
    read_load(figures);
    read_memory(figures);
    read_interfaces(figures);
    read_processes(figures);
}

void HostReader::read_system(proto::HostFigures& figures) {
    if (utsname names{}; ::uname(&names) == 0) {
        figures.host_name = names.nodename;
        figures.kernel_version = names.release;
        figures.architecture = names.machine;
    }
    figures.core_count = static_cast<std::uint32_t>(std::max(::sysconf(_SC_NPROCESSORS_ONLN), 0L));
    if (!release_) {
        auto text = read_text_file("/etc/os-release");
        if (!text) text = read_text_file("/usr/lib/os-release");
        if (!text) missing_("system_name", text.error().message);
        release_ = text ? parse_os_release(*text) : OsRelease{};
    }
    figures.system_name = release_->name;
    figures.os_version = release_->version;
}

void HostReader::read_cpu(proto::HostFigures& figures) {
    const sg_cpu_stats* const cpu = ::sg_get_cpu_stats(nullptr);
    if (cpu == nullptr) {
        last_cpu_.reset();
        return missing_("cpu_share", statgrab_error());
    }
    const CpuReading now{.uptime = uptime_now(), .idle_ticks = cpu->idle + cpu->iowait};
    const auto ticks_a_second = static_cast<std::uint64_t>(std::max(::sysconf(_SC_CLK_TCK), 1L));
    if (last_cpu_) figures.cpu_share = busy_share(*last_cpu_, now, figures.core_count, ticks_a_second);
    last_cpu_ = now;
}

void HostReader::read_load(proto::HostFigures& figures) {
    std::array<double, 3> loads{};
    if (::getloadavg(loads.data(), static_cast<int>(loads.size())) != static_cast<int>(loads.size())) {
        return missing_("load", "getloadavg has failed");
    }
    figures.load_1m = loads[0];
    figures.load_5m = loads[1];
    figures.load_15m = loads[2];
}

void HostReader::read_memory(proto::HostFigures& figures) {
    const auto text = read_text_file("/proc/meminfo");
    if (!text) return missing_("memory", text.error().message);
    const auto total = meminfo_bytes(*text, "MemTotal");
    const auto available = meminfo_bytes(*text, "MemAvailable");
    if (total && available) {
        figures.memory_total_bytes = *total;
        figures.memory_used_bytes = *total - std::min(*total, *available);
    } else {
        missing_("memory", "MemTotal or MemAvailable is not in /proc/meminfo");
    }
    const auto swap = meminfo_bytes(*text, "SwapTotal");
    const auto free = meminfo_bytes(*text, "SwapFree");
    if (swap && free) {
        figures.swap_total_bytes = *swap;
        figures.swap_used_bytes = *swap - std::min(*swap, *free);
    } else {
        missing_("swap", "SwapTotal or SwapFree is not in /proc/meminfo");
    }
}

void HostReader::read_interfaces(proto::HostFigures& figures) {
    std::size_t count = 0;
    const sg_network_io_stats* const stats = ::sg_get_network_io_stats(&count);
    if (stats == nullptr) return missing_("interfaces", statgrab_error());
    for (const sg_network_io_stats& stat : std::span(stats, count)) {
        figures.interfaces.push_back({.name = text_of(stat.interface_name),
                                      .received_bytes = stat.rx,
                                      .transmitted_bytes = stat.tx,
                                      .received_packets = stat.ipackets,
                                      .transmitted_packets = stat.opackets,
                                      .receive_errors = stat.ierrors,
                                      .transmit_errors = stat.oerrors});
    }
    if (figures.interfaces.size() <= proto::most_host_interfaces) return;
    std::sort(figures.interfaces.begin(), figures.interfaces.end(),
              [](const proto::HostInterface& a, const proto::HostInterface& b) {
                  return a.received_bytes > b.received_bytes;
              });
    figures.interfaces.resize(proto::most_host_interfaces);
}

void HostReader::read_processes(proto::HostFigures& figures) {
    if (figures.uptime >= next_processes_) {
        auto processes = process_list_.read(figures.uptime);
        if (!processes) {
            missing_("processes", processes.error().message);
            processes_ = {};
        } else {
            processes_ = std::move(*processes);
        }
        // The first time there are no shares yet: they come with the next figures.
        next_processes_ =
            processes_have_shares_ ? figures.uptime + process_interval - process_interval / 10 : figures.uptime;
        processes_have_shares_ = true;
    }
    figures.process_count = processes_.count;
    figures.processes = processes_.busiest;
}

}  // namespace muxtap::probe
