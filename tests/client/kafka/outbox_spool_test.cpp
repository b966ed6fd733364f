#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "tests/client/kafka/outbox_bench.h"
#include "tests/support/skipping.h"

using namespace muxtap;
using kafka::Outbox;
using kafka::OutboxStatus;
using std::chrono::milliseconds;
using test::first_arrivals;
using test::MockCluster;
using test::numbered;
using test::OutboxBench;
using test::TopicReader;
using test::up_to;
namespace fs = std::filesystem;

namespace {

kafka::Message noisy(std::uint64_t number, std::size_t bytes) {
    kafka::Message message = numbered("t", "k", number, 1);
    message.payload += test::noise(bytes, static_cast<std::uint32_t>(number));
    return message;
}

}  // namespace

TEST_CASE("a full spool keeps the oldest and counts what is lost; memory is used first") {
    OutboxBench bench("127.0.0.1:1");
    bench.settings.spool_bytes = 1 << 20;
    bench.settings.memory_bytes = 200'000;
    Outbox& outbox = bench.open();
    std::uint64_t taken = 0;
    for (std::uint64_t number = 1; number <= 300; ++number) {
        // Once one is lost, none of those behind is taken while nothing is delivered.
        if (outbox.offer(noisy(number, 10'000))) taken = number;
        outbox.do_work(milliseconds(0));
        CHECK(outbox.status().memory_bytes <= bench.settings.memory_bytes);
        CHECK(outbox.status().spool_bytes <= bench.settings.spool_bytes);
    }
    const OutboxStatus status = outbox.status();
    CHECK(status.spool_failing);
    CHECK(status.problem.find("--spool-bytes") != std::string::npos);
    CHECK(status.dropped_full == 300 - taken);
    CHECK(status.waiting == taken);
    CHECK(taken > 60);
    outbox.finish(milliseconds(0));
    CHECK(outbox.status().waiting + outbox.status().dropped_full == 300);
    const std::uint64_t kept = outbox.status().waiting;
    bench.outbox.reset();

    MockCluster cluster;
    cluster.create("t");
    bench.settings.brokers = cluster.brokers();
    bench.open();
    REQUIRE(bench.work_until_empty());
    CHECK(first_arrivals(TopicReader(cluster.brokers(), "t").read())["k"] == up_to(kept));
    CHECK(bench.outbox->status().replayed == kept);
}

TEST_CASE("a spool full by its bound empties to a broker that comes back, and all that was taken arrives in order") {
    MockCluster cluster;
    cluster.create("t");
    cluster.down();
    OutboxBench bench(cluster.brokers());
    bench.settings.spool_bytes = 1 << 20;
    Outbox& outbox = bench.open();
    std::uint64_t number = 0;
    while (!outbox.status().spool_failing) {
        REQUIRE(outbox.offer(noisy(++number, 10'000)));
        outbox.do_work(milliseconds(0));
        REQUIRE(number < 200);
    }
    for (int more = 0; more < 50; ++more) REQUIRE(outbox.offer(noisy(++number, 10'000)));
    cluster.up();
    REQUIRE(bench.work_until_empty());
    CHECK(first_arrivals(TopicReader(cluster.brokers(), "t").read())["k"] == up_to(number));
    CHECK(outbox.status().dropped_full == 0);
    CHECK(bench.work_until([](const OutboxStatus& status) { return status.memory_bytes == 0; }));
}

TEST_CASE("a spool damaged at the start is set aside and what comes is delivered") {
    MockCluster cluster;
    cluster.create("t");
    OutboxBench bench(cluster.brokers());
    std::ofstream(bench.settings.spool_path) << std::string(10'000, 'x');
    Outbox& outbox = bench.open();
    REQUIRE(outbox.offer(numbered("t", "k", 1)));
    REQUIRE(bench.work_until_empty());
    CHECK(outbox.status().delivered == 1);
}

TEST_CASE("a spool damaged while in use is set aside, what is in memory goes on, and what is lost is counted") {
    MockCluster cluster;
    cluster.create("t");
    cluster.down();
    OutboxBench bench(cluster.brokers());
    Outbox& outbox = bench.open();
    constexpr std::uint64_t count = 1000;
    for (std::uint64_t number = 1; number <= count; ++number) {
        REQUIRE(outbox.offer(noisy(number, 16'000)));
        if (number % 50 == 0) outbox.do_work(milliseconds(0));
    }
    REQUIRE(bench.work_until([](const OutboxStatus& status) { return status.memory_bytes == 0; }));
    {
        // From behind SQLite's back: the whole file but its first pages.
        const auto size = static_cast<std::size_t>(fs::file_size(bench.settings.spool_path));
        std::fstream file(bench.settings.spool_path, std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(4096);
        file << std::string(size - 4096, '\xee');
    }
    cluster.up();
    for (std::uint64_t number = count + 1; number <= count + 20; ++number) REQUIRE(outbox.offer(noisy(number, 100)));
    REQUIRE(bench.work_until_empty());
    const OutboxStatus status = outbox.status();
    CHECK(status.delivered + status.dropped_damaged == count + 20);
    CHECK(status.dropped_damaged > 0);
    CHECK(status.delivered > 20);
}

TEST_CASE("with a disk that is full and a broker that answers nothing is lost") {
    // A small disk of its own, in a mount namespace of its own.
    const pid_t child = ::fork();
    if (child == 0) {
        const test::TempFolder folder;
        if (::unshare(CLONE_NEWNS) != 0 || ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
            ::mount("none", folder.path().c_str(), "tmpfs", 0, "size=3m") != 0)
            ::_exit(77);
        bool good = true;
        {
            MockCluster cluster;
            cluster.create("t");
            OutboxBench bench(cluster.brokers());
            bench.settings.spool_path = folder / "spool";
            Outbox& outbox = bench.open();
            const std::string filler = folder / "filler";
            std::ofstream(filler) << std::string(4 << 20, 'x') << std::flush;
            for (std::uint64_t number = 1; number <= 300; ++number) {
                good &= outbox.offer(noisy(number, 10'000));
                outbox.do_work(milliseconds(1));
            }
            good &= bench.work_until([](const OutboxStatus& status) { return status.waiting == 0; });
            good &= outbox.status().spool_failing && outbox.status().dropped_full == 0;
            fs::remove(filler);
            good &= bench.work_until([&](const OutboxStatus& status) {
                return !status.spool_failing || (outbox.offer(noisy(301, 10)), false);
            });
            good &= bench.work_until_empty();
            std::vector<std::uint64_t> arrived = first_arrivals(TopicReader(cluster.brokers(), "t").read())["k"];
            arrived.resize(std::min<std::size_t>(arrived.size(), 300));
            good &= arrived == up_to(300);
        }
        ::umount2(folder.path().c_str(), MNT_DETACH);
        fs::remove_all(folder.path());
        ::_exit(good ? 0 : 1);
    }
    int state = 0;
    REQUIRE(::waitpid(child, &state, 0) == child);
    REQUIRE(WIFEXITED(state));
    if (WEXITSTATUS(state) == 77) {
        test::say_skipped("a spool on a full disk", "no mount namespace");
        return;
    }
    CHECK(WEXITSTATUS(state) == 0);
}
