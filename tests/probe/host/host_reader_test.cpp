#include "probe/host/host_reader.h"

#include <sys/utsname.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <set>

#include "probe/host/statgrab.h"

namespace muxtap::probe {
namespace {

TEST_CASE("processors are busy for what they were not idle") {
    struct Row {
        std::string_view claim;
        std::chrono::milliseconds interval;
        std::uint64_t idle_ticks;
        std::uint32_t cores;
        double share;
    };
    const std::vector<Row> rows = {
        {"idle", std::chrono::milliseconds{1000}, 200, 2, 0},
        {"busy", std::chrono::milliseconds{1000}, 0, 2, 1},
        {"one of four", std::chrono::milliseconds{2000}, 600, 4, 0.25},
        {"more idle than there was time, by rounding", std::chrono::milliseconds{1000}, 203, 2, 0},
        {"no time", std::chrono::milliseconds{0}, 0, 2, 0},
        {"processors not known", std::chrono::milliseconds{1000}, 0, 0, 0},
    };
    for (const Row& row : rows) {
        INFO(row.claim);
        const CpuReading before{.uptime = std::chrono::hours{5}, .idle_ticks = 12345};
        const CpuReading now{.uptime = before.uptime + row.interval, .idle_ticks = before.idle_ticks + row.idle_ticks};
        CHECK(busy_share(before, now, row.cores, 100) == Approx(row.share));
    }
    CHECK(busy_share({std::chrono::seconds{1}, 100}, {std::chrono::seconds{2}, 90}, 1, 100) == Approx(1));
}

TEST_CASE("a line of /proc/meminfo is found by its whole name") {
    constexpr std::string_view text = "MemTotal:       100 kB\nMemAvailable:    7 kB\nAvailable: 9 kB\nHuge: x kB\n";
    CHECK(meminfo_bytes(text, "MemTotal") == 102'400U);
    CHECK(meminfo_bytes(text, "MemAvailable") == 7'168U);
    CHECK(meminfo_bytes(text, "Available") == 9'216U);
    CHECK_FALSE(meminfo_bytes(text, "Mem").has_value());
    CHECK_FALSE(meminfo_bytes(text, "Huge").has_value());
    CHECK_FALSE(meminfo_bytes("", "MemTotal").has_value());
}

TEST_CASE("the figures of this host are those the system gives for it") {
    open_statgrab();
    std::set<std::string, std::less<>> missing;
    HostReader reader([&](std::string_view figure, const std::string&) { missing.emplace(figure); });
    for (int i = 0; i < 3; ++i) {
        proto::HostFigures figures;
        const UnixTime before = unix_now();
        reader.read(figures);
        CHECK(figures.time >= before);
        CHECK(figures.time <= unix_now());
        CHECK(figures.time - figures.boot_time >= figures.uptime - std::chrono::seconds{1});
        CHECK(figures.cpu_share >= 0);
        CHECK(figures.cpu_share <= 1);
        utsname names{};
        REQUIRE(::uname(&names) == 0);
        CHECK(figures.host_name == names.nodename);
        CHECK(figures.kernel_version == names.release);
        CHECK(figures.architecture == names.machine);
        CHECK(figures.core_count == static_cast<std::uint32_t>(::sysconf(_SC_NPROCESSORS_ONLN)));
        if (!missing.contains("memory")) {
            CHECK(figures.memory_total_bytes <= static_cast<std::uint64_t>(::sysconf(_SC_PHYS_PAGES)) *
                                                    static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)));
            CHECK(figures.memory_used_bytes > 0);
            CHECK(figures.memory_used_bytes < figures.memory_total_bytes);
        }
        CHECK(figures.processes.empty() == missing.contains("processes"));
        CHECK(figures.processes.size() <= proto::most_host_processes);
        CHECK(figures.disks.empty());
    }
}

}  // namespace
}  // namespace muxtap::probe
