#include "probe/host/process_list.h"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>

#include "tests/support/temp_folder.h"

namespace muxtap::probe {
namespace {

using test::TempFolder;

const std::uint64_t ticks_a_second = static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
const std::uint64_t page_bytes = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));

struct Process {
    std::uint32_t pid = 1;
    std::string name = "muxtap-probe";
    std::uint64_t user_ticks = 0;
    std::uint64_t system_ticks = 0;
    std::uint64_t start_ticks = 0;
    std::int64_t pages = 0;
};

/// A line as the kernel writes it (proc(5)).
std::string stat_line(const Process& process) {
    return std::to_string(process.pid) + " (" + process.name + ") S 1 2 3 0 -1 4194560 100 200 300 400 " +
           std::to_string(process.user_ticks) + " " + std::to_string(process.system_ticks) + " 77 88 20 0 5 0 " +
           std::to_string(process.start_ticks) + " 123456789 " + std::to_string(process.pages) +
           " 18446744073709551615 1 1 0 0 0 0 0 4096 0 0 0 0 17 1 0 0 0 0 0 0 0 0 0 0 0 0 0\n";
}

/// A /proc with these processes and nothing else that counts.
void write_processes(const TempFolder& proc, const std::vector<Process>& processes) {
    for (const auto& entry : std::filesystem::directory_iterator(proc.path())) std::filesystem::remove_all(entry);
    for (const Process& process : processes) {
        const std::string folder = proc / std::to_string(process.pid);
        std::filesystem::create_directory(folder);
        (void)proc.write(std::to_string(process.pid) + "/stat", as_bytes(stat_line(process)));
    }
    std::filesystem::create_directory(proc / "sys");
    std::filesystem::create_directory(proc / "99999");  // one that has just ended
    (void)proc.write("uptime", as_bytes("1.00 1.00\n"));
}

ProcessList::Processes read(ProcessList& list, std::chrono::milliseconds uptime) {
    auto processes = list.read(uptime);
    REQUIRE(processes.has_value());
    return *processes;
}

TEST_CASE("a process is read whatever is in its name") {
    for (const std::string name : {"sshd", "tmux: server", "odd) S 9 (name", "(sd-pam)", "", "kworker/0:1-events"}) {
        const std::string line =
            stat_line({.pid = 7, .name = name, .user_ticks = 11, .system_ticks = 22, .start_ticks = 33, .pages = 44});
        const auto stat = parse_process_stat(line);
        INFO(line);
        REQUIRE(stat.has_value());
        CHECK(*stat == ProcessStat{.name = name, .cpu_ticks = 33, .start_ticks = 33, .resident_pages = 44});
    }
}

TEST_CASE("a line cut off before the memory is no process") {
    const std::string line = stat_line({.pid = 7, .user_ticks = 11, .pages = 44});
    const std::size_t memory = line.find(" 44 ") + 1;
    for (std::size_t size = 0; size < memory; ++size) CHECK_FALSE(parse_process_stat(line.substr(0, size)));
    CHECK(parse_process_stat(line.substr(0, memory + 2)).has_value());
    CHECK_FALSE(parse_process_stat("7 )sshd( S 1 2 3"));
}

TEST_CASE("shares are those since the last look") {
    const TempFolder proc;
    ProcessList list(proc.path());
    write_processes(proc, {{.pid = 1, .user_ticks = 1000 * ticks_a_second, .pages = 5}, {.pid = 2, .user_ticks = 7}});
    const auto first = read(list, std::chrono::milliseconds{100'000});
    CHECK(first.count == 2);
    CHECK(first.busiest.size() == 2);
    CHECK(first.busiest[0].cpu_share == 0);
    CHECK(first.busiest[0].resident_bytes == 5 * page_bytes);

    write_processes(proc, {{.pid = 1, .user_ticks = 1000 * ticks_a_second + ticks_a_second, .system_ticks = 0},
                           {.pid = 2, .user_ticks = 7 + 2 * ticks_a_second, .system_ticks = 3 * ticks_a_second}});
    const auto second = read(list, std::chrono::milliseconds{102'000});
    REQUIRE(second.busiest.size() == 2);
    CHECK(second.busiest[0].pid == 2);
    CHECK(second.busiest[0].cpu_share == Approx(2.5));
    CHECK(second.busiest[1].cpu_share == Approx(0.5));
}

TEST_CASE("a new process counts with all its time, one with a used PID too, one that was hidden with none") {
    const TempFolder proc;
    ProcessList list(proc.path());
    write_processes(proc, {{.pid = 1, .user_ticks = 50 * ticks_a_second, .start_ticks = 10}});
    (void)read(list, std::chrono::milliseconds{100'000});
    write_processes(proc, {{.pid = 1, .user_ticks = ticks_a_second, .start_ticks = 101 * ticks_a_second},
                           {.pid = 2, .user_ticks = 3 * ticks_a_second, .start_ticks = 101 * ticks_a_second},
                           {.pid = 3, .user_ticks = 9 * ticks_a_second, .start_ticks = 20}});
    const auto processes = read(list, std::chrono::milliseconds{104'000});
    REQUIRE(processes.busiest.size() == 3);
    CHECK(processes.busiest[0].pid == 2);
    CHECK(processes.busiest[0].cpu_share == Approx(0.75));
    CHECK(processes.busiest[1].pid == 1);
    CHECK(processes.busiest[1].cpu_share == Approx(0.25));
    CHECK(processes.busiest[2].cpu_share == 0);
}

TEST_CASE("of many processes all are counted and the ten busiest told, large ones before small ones") {
    const TempFolder proc;
    ProcessList list(proc.path());
    std::vector<Process> processes;
    for (std::uint32_t pid = 1; pid <= 50; ++pid) processes.push_back({.pid = pid, .pages = pid % 25});
    write_processes(proc, processes);
    (void)read(list, std::chrono::milliseconds{1000});
    processes[30].user_ticks = 5;
    write_processes(proc, processes);
    const auto seen = read(list, std::chrono::milliseconds{2000});
    CHECK(seen.count == 50);
    REQUIRE(seen.busiest.size() == proto::most_host_processes);
    CHECK(seen.busiest[0].pid == 31);
    CHECK(seen.busiest[1].resident_bytes == 24 * page_bytes);
    CHECK(seen.busiest[1].pid == 24);
    CHECK(seen.busiest[2].pid == 49);
}

TEST_CASE("a /proc that is missing or empty is an error that names it") {
    const TempFolder folder;
    ProcessList missing(folder / "nowhere");
    CHECK(missing.read(std::chrono::seconds{1}).error().message.find("nowhere") != std::string::npos);
    ProcessList empty(folder.path());
    CHECK(empty.read(std::chrono::seconds{1}).error().message.find(folder.path()) != std::string::npos);
}

TEST_CASE("the real /proc holds this process") {
    ProcessList list;
    const auto processes = list.read(std::chrono::seconds{1});
    REQUIRE(processes.has_value());
    CHECK(processes->count >= 1);
    const auto text = test::read_bytes("/proc/self/stat");
    const auto stat = parse_process_stat(as_text(text));
    REQUIRE(stat.has_value());
    CHECK(std::string_view{"muxtap_host_test"}.starts_with(stat->name));
    CHECK(stat->resident_pages > 0);
}

}  // namespace
}  // namespace muxtap::probe
