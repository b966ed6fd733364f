#include "client/record/disk_alarm.h"

#include <cerrno>
#include <system_error>

namespace muxtap::record {

void DiskAlarm::log_failure(std::string_view path, const Failure& failure) {
    const bool full = failure.error == ENOSPC || failure.error == EDQUOT;
    const std::string reason = std::generic_category().message(failure.error);
    log_.error(full ? "disk_full" : "disk_error",
               "cannot write \"" + std::string{path} + "\": " + reason + "; packets wait in memory, trying again",
               {{"path", path},
                {"errno", std::int64_t{failure.error}},
                {"attempts", failure.attempts},
                {"disk_dropped_packets", failure.dropped}});
}

void DiskAlarm::failed(std::string_view path, int error, SteadyTime now) {
    auto found = failing_.find(path);
    const bool first = found == failing_.end();
    if (first) found = failing_.emplace(path, Failure{.error = error, .since = now}).first;
    Failure& failure = found->second;
    const bool changed = failure.error != error;
    failure.error = error;
    ++failure.attempts;
    // The first failure of the first file is said at once; more files of the same disk are not worth a line each.
    const bool alone = first && failing_.size() == 1;
    if (repeats_.note(now) || alone || changed) log_failure(path, failure);
}

void DiskAlarm::dropped(std::string_view path, std::uint64_t packets, SteadyTime now) {
    dropped_total_ += packets;
    const auto found = failing_.find(path);
    const bool failing = found != failing_.end();
    const bool first = failing && found->second.dropped == 0;
    if (failing) found->second.dropped += packets;
    if (repeats_.note(now) || first) {
        log_.error("disk_dropped",
                   "memory for \"" + std::string{path} + "\" is used up: packets are lost until they can be written",
                   {{"path", path}, {"packets", packets}, {"disk_dropped_packets", dropped_total_}});
    }
}

void DiskAlarm::recovered(std::string_view path, SteadyTime now) {
    const auto found = failing_.find(path);
    if (found == failing_.end()) return;
    const double seconds = std::chrono::duration<double>(now - found->second.since).count();
    log_.warning("disk_recovered", "\"" + std::string{path} + "\" can be written again",
                 {{"path", path},
                  {"seconds", seconds},
                  {"attempts", found->second.attempts},
                  {"disk_dropped_packets", found->second.dropped}});
    failing_.erase(found);
}

void DiskAlarm::given_up(std::string_view path) {
    if (const auto found = failing_.find(path); found != failing_.end()) failing_.erase(found);
}

}  // namespace muxtap::record
