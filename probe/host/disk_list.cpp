#include "probe/host/disk_list.h"

#include <statgrab.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <span>

#include "probe/host/statgrab.h"
#include "probe/host/text_file.h"

namespace muxtap::probe {
namespace {

bool is_on_disk(const MountedDisk& disk) {
    if (disk.total_bytes == 0) return false;
    if (disk.type == "overlay") return disk.mount_point == "/";
    return true;
}

}  // namespace

std::vector<proto::HostDisk> choose_disks(const std::vector<MountedDisk>& mounted) {
    std::map<std::string, const MountedDisk*> chosen;
    for (const MountedDisk& disk : mounted) {
        if (!is_on_disk(disk)) continue;
        const MountedDisk*& other = chosen[disk.canonical_device];
        if (other == nullptr || disk.mount_point.size() < other->mount_point.size()) other = &disk;
    }
    std::vector<proto::HostDisk> disks;
    for (const MountedDisk& disk : mounted) {
        const auto place = chosen.find(disk.canonical_device);
        if (place == chosen.end() || place->second != &disk || disks.size() == proto::most_host_disks) continue;
        disks.push_back({.device = disk.device,
                         .mount_point = disk.mount_point,
                         .total_bytes = disk.total_bytes,
                         .available_bytes = disk.available_bytes,
                         .removable = is_removable(disk.canonical_device)});
    }
    return disks;
}

bool is_removable(const std::string& canonical_device, const std::string& sys_folder) {
    namespace fs = std::filesystem;
    std::error_code error;
    const fs::path name = fs::path(canonical_device).filename();
    if (name.empty()) return false;
    fs::path folder = fs::canonical(fs::path(sys_folder) / "class/block" / name, error);
    if (error) return false;
    // A partition's folder lies in that of its disk.
    if (fs::exists(folder / "partition", error)) folder = folder.parent_path();
    const auto flag = read_text_file(folder / "removable", 16);
    return flag && flag->starts_with('1');
}

std::vector<proto::HostDisk> read_disks(const MissingFigure& missing) {
    std::size_t count = 0;
    const sg_fs_stats* const stats = ::sg_get_fs_stats(&count);
    if (stats == nullptr) {
        missing("disks", statgrab_error());
        return {};
    }
    std::vector<MountedDisk> mounted;
    for (const sg_fs_stats& stat : std::span(stats, count)) {
        mounted.push_back({.device = text_of(stat.device_name),
                           .canonical_device = text_of(stat.device_canonical),
                           .type = text_of(stat.fs_type),
                           .mount_point = text_of(stat.mnt_point),
                           .total_bytes = stat.size,
                           .available_bytes = stat.avail});
    }
    return choose_disks(mounted);
}

}  // namespace muxtap::probe
