#include "probe/host/disk_list.h"

#include <catch2/catch.hpp>
#include <filesystem>

#include "probe/host/statgrab.h"
#include "tests/support/temp_folder.h"

namespace muxtap::probe {
namespace {

MountedDisk disk(std::string device, std::string mount_point, std::string type = "ext4") {
    return {.device = device,
            .canonical_device = device,
            .type = std::move(type),
            .mount_point = std::move(mount_point),
            .total_bytes = 1000,
            .available_bytes = 10};
}

std::vector<std::string> mount_points(const std::vector<MountedDisk>& mounted) {
    std::vector<std::string> points;
    for (const proto::HostDisk& chosen : choose_disks(mounted)) points.push_back(chosen.mount_point);
    return points;
}

TEST_CASE("each device is told once, where it is mounted nearest to the root") {
    CHECK(mount_points({disk("/dev/a", "/"), disk("/dev/b", "/data")}) == std::vector<std::string>{"/", "/data"});
    CHECK(mount_points({disk("/dev/a", "/run/netns"), disk("/dev/b", "/data"), disk("/dev/a", "/")}) ==
          std::vector<std::string>{"/data", "/"});

    MountedDisk link = disk("/dev/mapper/root", "/srv/bind");
    link.canonical_device = "/dev/a";
    CHECK(mount_points({disk("/dev/a", "/"), link}) == std::vector<std::string>{"/"});
}

TEST_CASE("file systems without a size are no disks, overlays only as a container's root") {
    MountedDisk empty = disk("/dev/a", "/");
    empty.total_bytes = 0;
    CHECK(mount_points({empty}).empty());
    CHECK(mount_points({disk("overlay", "/var/lib/containers/1/merged", "overlay"),
                        disk("overlay", "/var/lib/containers/2/merged", "overlay")})
              .empty());
    CHECK(mount_points({disk("overlay", "/", "overlay")}) == std::vector<std::string>{"/"});
}

TEST_CASE("no more disks are told than a status may hold") {
    std::vector<MountedDisk> many;
    for (int i = 0; i < 100; ++i) many.push_back(disk("/dev/a" + std::to_string(i), "/mnt/" + std::to_string(i)));
    CHECK(choose_disks(many).size() == proto::most_host_disks);
}

TEST_CASE("a medium can be taken out when its disk says so, also for a partition of it") {
    namespace fs = std::filesystem;
    const test::TempFolder sys;
    for (const auto& [name, flag] : {std::pair{"sda", "0\n"}, std::pair{"sdb", "1\n"}}) {
        const std::string at = std::string{"devices/"} + name;
        const std::string part = std::string{name} + "1";
        fs::create_directories(sys / (at + "/" + part));
        fs::create_directories(sys / "class/block");
        (void)sys.write(at + "/removable", as_bytes(std::string_view{flag}));
        (void)sys.write(at + "/" + part + "/partition", as_bytes("1\n"));
        fs::create_directory_symlink("../../" + at, sys / (std::string{"class/block/"} + name));
        fs::create_directory_symlink("../../" + at + "/" + part, sys / ("class/block/" + part));
    }
    CHECK(is_removable("/dev/sdb", sys.path()));
    CHECK(is_removable("/dev/sdb1", sys.path()));
    CHECK_FALSE(is_removable("/dev/sda", sys.path()));
    CHECK_FALSE(is_removable("/dev/sda1", sys.path()));
    CHECK_FALSE(is_removable("/dev/sdc", sys.path()));
    CHECK_FALSE(is_removable("overlay", sys.path()));
    CHECK_FALSE(is_removable("", sys.path()));
}

TEST_CASE("the real disks are as large as the file system says") {
    open_statgrab();
    for (const proto::HostDisk& found : read_disks([](std::string_view, const std::string&) {})) {
        INFO(found.device << " on " << found.mount_point);
        std::error_code error;
        const auto space = std::filesystem::space(found.mount_point, error);
        REQUIRE_FALSE(error);
        CHECK(found.total_bytes == space.capacity);
        CHECK(found.available_bytes <= found.total_bytes);
    }
}

}  // namespace
}  // namespace muxtap::probe
