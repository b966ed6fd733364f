#include "client/record/retention.h"

#include <sys/statvfs.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

#include "client/files/folders.h"
#include "client/record/sidecar.h"

namespace muxtap::record {
namespace fs = std::filesystem;

Retention::Retention(RetentionLimits limits, Scope scope, app::Log& log)
    : limits_(limits), scope_(std::move(scope)), log_(log) {}

Result<void> Retention::scan() {
    if (!limits_.any()) return {};
    struct statvfs disk {};
    if (limits_.min_free && ::statvfs(scope_.folder.c_str(), &disk) == 0 &&
        std::uint64_t{disk.f_blocks} * disk.f_frsize <= *limits_.min_free) {
        return fail("--min-free: the disk of \"" + scope_.folder + "\" is not that large; every recording would go");
    }
    // Files are no deeper below the folder than the pattern has folders.
    const auto depth = std::count(scope_.output.begin(), scope_.output.end(), '/');
    std::error_code error;
    fs::recursive_directory_iterator entry(scope_.folder, fs::directory_options::skip_permission_denied, error);
    for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
        if (entry.depth() >= depth) entry.disable_recursion_pending();
        if (entry->path().extension() != ".json") continue;
        fs::path file = entry->path();
        file.replace_extension();
        std::error_code status;
        if (!fs::is_regular_file(fs::symlink_status(file, status))) continue;
        const auto summary = read_sidecar(entry->path().string());
        if (!summary || summary->output != scope_.output || !client::is_chosen(scope_.streams, summary->stream))
            continue;
        const auto bytes = fs::file_size(file, status);
        if (!status) add({file.string(), bytes, summary->started, summary->ended});
    }
    log_.info("retention_started", "files of earlier runs were found",
              {{"files", std::uint64_t{files()}}, {"bytes", bytes()}});
    return {};
}

void Retention::add(RecordedFile file) {
    if (!limits_.any()) return;
    file.path = fs::path(file.path).lexically_normal().string();
    forget(file.path);
    bytes_ += file.bytes;
    by_age_.emplace(file.started, std::move(file));
}

void Retention::forget(const std::string& path) {
    const std::string normal = fs::path(path).lexically_normal().string();
    const auto found =
        std::find_if(by_age_.begin(), by_age_.end(), [&](const auto& entry) { return entry.second.path == normal; });
    if (found == by_age_.end()) return;
    bytes_ -= found->second.bytes;
    by_age_.erase(found);
}

bool Retention::too_little_free() const {
    struct statvfs status {};
    if (!limits_.min_free || ::statvfs(scope_.folder.c_str(), &status) != 0) return false;
    return std::uint64_t{status.f_bavail} * status.f_frsize < *limits_.min_free;
}

void Retention::enforce(UnixTime now, SteadyTime steady, std::uint64_t open_bytes) {
    if (!limits_.any()) return;
    while (limits_.max_age && !by_age_.empty() && by_age_.begin()->second.ended < now - *limits_.max_age) {
        if (!delete_oldest("max-age")) break;
    }
    while (limits_.max_bytes && bytes_ + open_bytes > *limits_.max_bytes) {
        if (!delete_oldest("max-bytes")) break;
    }
    while (too_little_free()) {
        if (!delete_oldest("min-free")) break;
    }
    const bool over = (limits_.max_bytes && bytes_ + open_bytes > *limits_.max_bytes) || too_little_free();
    if (over && by_age_.empty() && exhausted_.note(steady)) {
        log_.warning("retention_exhausted",
                     "nothing is left to delete: what remains is being written (--segment makes smaller files)",
                     {{"open_bytes", open_bytes}});
    }
}

bool Retention::make_room() {
    return limits_.any() && delete_oldest("disk_full");
}

bool Retention::delete_oldest(std::string_view limit) {
    if (by_age_.empty()) return false;
    const RecordedFile file = by_age_.begin()->second;
    by_age_.erase(by_age_.begin());
    bytes_ -= file.bytes;
    std::error_code error;
    fs::remove(file.path, error);
    if (error) {
        log_.warning("file_not_deleted", "cannot delete \"" + file.path + "\": " + error.message(),
                     {{"path", std::string_view{file.path}}});
        return true;
    }
    fs::remove(sidecar_path(file.path), error);
    client::remove_empty_folders(file.path, scope_.folder);
    log_.info("file_deleted", "deleted \"" + file.path + "\"",
              {{"path", std::string_view{file.path}}, {"limit", limit}, {"bytes", file.bytes}});
    return true;
}

}  // namespace muxtap::record
