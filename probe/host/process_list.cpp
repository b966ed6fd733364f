#include "probe/host/process_list.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <system_error>
#include <tuple>
#include <utility>

#include "probe/host/text_file.h"

namespace muxtap::probe {
namespace {

template <typename Number>
std::optional<Number> number_of(std::string_view text) {
    Number number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
}

std::uint64_t ticks_a_second() {
    return static_cast<std::uint64_t>(std::max(::sysconf(_SC_CLK_TCK), 1L));
}

double seconds(std::chrono::nanoseconds time) {
    return std::chrono::duration<double>(time).count();
}

}  // namespace

std::optional<ProcessStat> parse_process_stat(std::string_view text) {
    // Places behind the name, which is in brackets and may hold brackets and spaces itself.
    constexpr std::size_t user_ticks = 11;
    constexpr std::size_t system_ticks = 12;
    constexpr std::size_t start = 19;
    constexpr std::size_t resident = 21;
    const std::size_t open = text.find('(');
    const std::size_t close = text.rfind(')');
    if (open == std::string_view::npos || close == std::string_view::npos || close < open) return std::nullopt;

    std::array<std::string_view, resident + 1> fields;
    std::string_view rest = text.substr(close + 1);
    for (std::string_view& field : fields) {
        rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
        field = rest.substr(0, rest.find_first_of(" \n"));
        rest.remove_prefix(field.size());
    }
    const auto user = number_of<std::uint64_t>(fields[user_ticks]);
    const auto system = number_of<std::uint64_t>(fields[system_ticks]);
    const auto started = number_of<std::uint64_t>(fields[start]);
    const auto pages = number_of<std::int64_t>(fields[resident]);
    if (!user || !system || !started || !pages) return std::nullopt;
    return ProcessStat{.name = text.substr(open + 1, close - open - 1),
                       .cpu_ticks = *user + *system,
                       .start_ticks = *started,
                       .resident_pages = static_cast<std::uint64_t>(std::max<std::int64_t>(*pages, 0))};
}

Result<ProcessList::Processes> ProcessList::read(std::chrono::nanoseconds uptime) {
    std::error_code error;
    std::filesystem::directory_iterator entry(folder_, error);
    if (error) return fail("cannot list " + folder_ + ": " + error.message());

    const double interval = last_uptime_ ? seconds(uptime - *last_uptime_) : 0;
    const auto page_bytes = static_cast<std::uint64_t>(std::max(::sysconf(_SC_PAGESIZE), 0L));
    std::unordered_map<std::uint32_t, Seen> seen;
    Processes processes;
    for (; entry != std::filesystem::directory_iterator{}; entry.increment(error)) {
        const auto pid = number_of<std::uint32_t>(entry->path().filename().native());
        if (!pid) continue;
        const auto text = read_text_file(entry->path().native() + "/stat", 4096);
        if (!text) continue;  // it has ended meanwhile
        const auto stat = parse_process_stat(*text);
        if (!stat) continue;
        const double used = static_cast<double>(ticks_since(*pid, *stat)) / static_cast<double>(ticks_a_second());
        processes.busiest.push_back({.pid = *pid,
                                     .name = std::string{stat->name},
                                     .cpu_share = interval > 0 ? used / interval : 0,
                                     .resident_bytes = stat->resident_pages * page_bytes});
        seen[*pid] = {.start_ticks = stat->start_ticks, .cpu_ticks = stat->cpu_ticks};
    }
    if (error) return fail("cannot list " + folder_ + ": " + error.message());
    if (processes.busiest.empty()) return fail("no process is to be seen in " + folder_);
    seen_ = std::move(seen);
    last_uptime_ = uptime;

    auto& all = processes.busiest;
    processes.count = static_cast<std::uint32_t>(all.size());
    const std::size_t kept = std::min(all.size(), proto::most_host_processes);
    std::partial_sort(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(kept), all.end(),
                      [](const proto::HostProcess& a, const proto::HostProcess& b) {
                          return std::tuple(b.cpu_share, b.resident_bytes, a.pid) <
                                 std::tuple(a.cpu_share, a.resident_bytes, b.pid);
                      });
    all.resize(kept);
    return processes;
}

std::uint64_t ProcessList::ticks_since(std::uint32_t pid, const ProcessStat& stat) const {
    if (!last_uptime_) return 0;
    const auto before = seen_.find(pid);
    if (before != seen_.end() && before->second.start_ticks == stat.start_ticks) {
        return stat.cpu_ticks - std::min(stat.cpu_ticks, before->second.cpu_ticks);
    }
    // Of one that was there and not to be seen, nothing is known since when it used its time.
    const double started = static_cast<double>(stat.start_ticks + 1) / static_cast<double>(ticks_a_second());
    return started >= seconds(*last_uptime_) ? stat.cpu_ticks : 0;
}

}  // namespace muxtap::probe
