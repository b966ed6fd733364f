#include "client/frames/outputs/files/file_alarm.h"

#include <cerrno>
#include <filesystem>
#include <system_error>

namespace muxtap::frames {
namespace {

/// The first part of a path that is in the way of a folder.
std::string obstacle_in(const std::string& path) {
    std::filesystem::path so_far;
    for (const auto& part : std::filesystem::path(path).parent_path()) {
        so_far /= part;
        std::error_code error;
        if (std::filesystem::exists(so_far, error) && !std::filesystem::is_directory(so_far, error)) break;
    }
    return so_far.string();
}

std::string advice(const FileFailure& failure) {
    switch (failure.error) {
        case ENOSPC:
        case EDQUOT: return "make room, or set --images-max-bytes or --images-min-free";
        case EACCES:
        case EPERM: return "let this user write there, or choose another --" + std::string{failure.option};
        case EROFS: return "choose another --" + std::string{failure.option};
        case ENAMETOOLONG: return "choose a shorter --" + std::string{failure.option};
        case ENOTDIR:
        case EEXIST: return "\"" + obstacle_in(failure.path) + "\" is a file, and a folder is expected there";
        case EISDIR: return "a folder has this name; choose another --" + std::string{failure.option};
        case EBUSY: return "another program writes this file; choose another --" + std::string{failure.option};
        default: return {};
    }
}

}  // namespace

std::string describe(const FileFailure& failure) {
    std::string line = "cannot write \"" + failure.path + "\": " + std::generic_category().message(failure.error);
    if (const std::string what_to_do = advice(failure); !what_to_do.empty()) line += " (" + what_to_do + ")";
    return line;
}

void FileAlarm::failed(const FileFailure& failure, SteadyTime now) {
    failing_[{std::string{failure.option}, std::string{failure.owner}}] = now;
    recovered_ = false;
    ++lost_;
    problem_ = describe(failure);
    const auto repeated = reasons_.try_emplace(failure.error, between_lines).first->second.note(now);
    if (!repeated) return;
    const bool full = failure.error == ENOSPC || failure.error == EDQUOT;
    log_.error(full ? "disk_full" : "disk_error", problem_ + "; trying again with each picture",
               {{"option", failure.option},
                {"path", std::string_view{failure.path}},
                {"errno", std::int64_t{failure.error}},
                {"failures", *repeated},
                {"pictures_lost", lost_}});
}

void FileAlarm::written(std::string_view option, std::string_view owner, SteadyTime now) {
    if (failing_.empty()) return;
    if (failing_.erase({std::string{option}, std::string{owner}}) == 0 || !failing_.empty()) return;
    recovered_ = true;
    problem_.clear();
    if (recoveries_.note(now)) tell_recovery();
}

void FileAlarm::tick(SteadyTime now) {
    if (recovered_ && recoveries_.due(now)) tell_recovery();
    if (failing_.empty()) return;
    std::erase_if(failing_, [&](const auto& entry) { return entry.second + owner_patience < now; });
    if (failing_.empty()) problem_.clear();
}

void FileAlarm::tell_recovery() {
    recovered_ = false;
    log_.warning("disk_recovered", "pictures can be written again", {{"pictures_lost", lost_}});
    lost_ = 0;
}

}  // namespace muxtap::frames
