#pragma once

#include <string>
#include <vector>

#include "probe/host/missing_figure.h"
#include "proto/host_figures.h"

namespace muxtap::probe {

/// A file system as it stands in the table of mounts.
struct MountedDisk {
    std::string device;
    std::string canonical_device;  ///< what links such as /dev/mapper/root point to
    std::string type;              ///< ext4
    std::string mount_point;
    std::uint64_t total_bytes = 0;
    std::uint64_t available_bytes = 0;
};

/// Those with a size, each device once, at its shortest mount point: bind mounts and containers show one device at many
/// places. An overlay, which lies on a disk that has its own entry, counts only as the root of a container. At most
/// proto::most_host_disks, whether removable left open.
[[nodiscard]] std::vector<proto::HostDisk> choose_disks(const std::vector<MountedDisk>& mounted);

/// Whether the medium under a block device such as /dev/sdb1 can be taken out, by `sys_folder`/class/block.
[[nodiscard]] bool is_removable(const std::string& canonical_device, const std::string& sys_folder = "/sys");

/// The file systems on local disks, from libstatgrab, which must have been opened. File systems of other kinds are not
/// touched, least of all those on a network. All the same a disk that is failing can make this wait for long.
[[nodiscard]] std::vector<proto::HostDisk> read_disks(const MissingFigure& missing);

}  // namespace muxtap::probe
