#include "probe/host/statgrab.h"

#include <statgrab.h>

#include <array>
#include <cstdlib>
#include <memory>

namespace muxtap::probe {

void open_statgrab() {
    // File systems on local disks. Others are no disks, or may hang with the network.
    std::array<const char*, 22> on_disks = {
        "bcachefs", "btrfs", "exfat", "ext2",    "ext3",     "ext4", "f2fs", "fuseblk", "hfsplus", "jfs",   "msdos",
        "nilfs2",   "ntfs",  "ntfs3", "overlay", "reiserfs", "ufs",  "vfat", "xfs",     "zfs",     "ubifs", nullptr};
    (void)::sg_init(1);
    (void)::sg_set_valid_filesystems(on_disks.data());
}

std::string statgrab_error() {
    if (::sg_get_error() == SG_ERROR_NONE) return "libstatgrab has found none";
    char* made = nullptr;
    const bool known = ::sg_strperror(&made, nullptr) != nullptr;
    const std::unique_ptr<char, decltype(&std::free)> text(made, &std::free);
    return known ? text.get() : "unknown error";
}

}  // namespace muxtap::probe
