#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "probe/host/missing_figure.h"
#include "probe/host/os_release.h"
#include "probe/host/process_list.h"
#include "proto/host_figures.h"

namespace muxtap::probe {

/// A line "NAME:  NUMBER kB" of /proc/meminfo in bytes.
[[nodiscard]] std::optional<std::uint64_t> meminfo_bytes(std::string_view text, std::string_view name);

/// Processors' idle time since the host was started, and when that was read.
struct CpuReading {
    std::chrono::nanoseconds uptime{};
    std::uint64_t idle_ticks = 0;  ///< of all processors, waiting for disks included
};

/// Busy share of `cores` processors between two readings, from 0 to 1. By what was not idle: libstatgrab leaves
/// interrupts out of what is busy, and those are most of the work on a host that captures.
[[nodiscard]] double busy_share(const CpuReading& before, const CpuReading& now, std::uint32_t cores,
                                std::uint64_t ticks_a_second);

/// Takes the figures of this host that are quickly had: all but the disks. From libstatgrab, which must have been
/// opened, where it can be trusted. It cannot with memory: version 0.92 takes tmpfs for a cache, and what it cannot
/// find in /proc/meminfo is whatever was in its own memory. Used by one thread.
class HostReader {
public:
    explicit HostReader(MissingFigure missing) : missing_(std::move(missing)) {}

    /// The figures now; `cpu_share` since the call before, processes as they were up to 5 s ago.
    void read(proto::HostFigures& figures);

private:
    void read_system(proto::HostFigures& figures);
    void read_cpu(proto::HostFigures& figures);
    void read_load(proto::HostFigures& figures);
    void read_memory(proto::HostFigures& figures);
    void read_interfaces(proto::HostFigures& figures);
    void read_processes(proto::HostFigures& figures);

    MissingFigure missing_;
    std::optional<OsRelease> release_;
    std::optional<CpuReading> last_cpu_;
    UnixTime boot_time_{};
    ProcessList process_list_;
    ProcessList::Processes processes_;
    std::chrono::nanoseconds next_processes_{0};  ///< by the host's uptime
    bool processes_have_shares_ = false;
};

}  // namespace muxtap::probe
