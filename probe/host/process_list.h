#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "common/base/result.h"
#include "proto/host_figures.h"

namespace muxtap::probe {

/// What /proc/PID/stat says of a process (proc(5)).
struct ProcessStat {
    std::string_view name;  ///< borrowed from the text
    std::uint64_t cpu_ticks = 0;
    std::uint64_t start_ticks = 0;  ///< after the host was started
    std::uint64_t resident_pages = 0;

    [[nodiscard]] bool operator==(const ProcessStat&) const = default;
};

/// Nothing when the text is not that of /proc/PID/stat.
[[nodiscard]] std::optional<ProcessStat> parse_process_stat(std::string_view text);

/// Counts the processes and finds those that use most CPU. Read here and not by libstatgrab 0.92, which counts CPU time
/// in whole seconds, spoils names with brackets, adds three pages to the memory of each process and opens four files
/// for each where one is enough. Used by one thread.
class ProcessList {
public:
    struct Processes {
        std::uint32_t count = 0;
        std::vector<proto::HostProcess> busiest;  ///< at most proto::most_host_processes
    };

    explicit ProcessList(std::string proc_folder = "/proc") : folder_(std::move(proc_folder)) {}

    /// Looks at all processes. `uptime`: of the host, now. Shares are those since the call before, 0 in the first.
    [[nodiscard]] Result<Processes> read(std::chrono::nanoseconds uptime);

private:
    struct Seen {
        std::uint64_t start_ticks = 0;
        std::uint64_t cpu_ticks = 0;
    };

    /// CPU time since the call before, in ticks.
    [[nodiscard]] std::uint64_t ticks_since(std::uint32_t pid, const ProcessStat& stat) const;

    std::string folder_;
    std::unordered_map<std::uint32_t, Seen> seen_;  ///< in the call before, by PID
    std::optional<std::chrono::nanoseconds> last_uptime_;
};

}  // namespace muxtap::probe
