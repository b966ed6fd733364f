#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <chrono>
#include <csignal>
#include <random>
#include <thread>

#include "client/kafka/spool.h"
#include "common/base/file_descriptor.h"
#include "tests/client/kafka/messages.h"
#include "tests/support/temp_folder.h"

using namespace muxtap;
using kafka::Spool;

namespace {

constexpr std::uint64_t room = 64 << 20;

/// Stores and forgets until it is killed; says what is certain: identities stored and forgotten up to.
[[noreturn]] void work(const std::string& path, int out) {
    std::vector<std::string> notes;
    auto spool = Spool::open(path, room, notes);
    if (!spool || !notes.empty()) ::_exit(1);
    std::uint64_t done = 0;
    for (std::uint64_t round = 1;; ++round) {
        const std::uint64_t first = (*spool)->next_id();
        std::vector<std::uint64_t> forget;
        for (std::uint64_t id = done + 1; round % 3 == 0 && id + 40 < first; ++id) forget.push_back(id);
        if (!forget.empty()) done = forget.back();
        const auto stored = (*spool)->commit(forget, test::entries(first, 1 + round % 9, 200 * (1 + round % 30)));
        if (!stored) ::_exit(2);
        const std::array<std::uint64_t, 2> certain{first + *stored - 1, done};
        if (::write(out, certain.data(), sizeof certain) != static_cast<ssize_t>(sizeof certain)) ::_exit(3);
    }
}

}  // namespace

TEST_CASE("whenever a worker is killed, nothing it was told to be stored is missing") {
    const test::TempFolder folder;
    const std::string path = folder / "s";
    std::mt19937 random(7);
    for (int round = 0; round < 15; ++round) {
        std::array<int, 2> ends{};
        REQUIRE(::pipe(ends.data()) == 0);
        const FileDescriptor read_end(ends[0]);
        FileDescriptor write_end(ends[1]);
        const pid_t child = ::fork();
        if (child == 0) work(path, ends[1]);
        write_end.reset();
        std::array<std::uint64_t, 2> certain{};
        std::array<std::uint64_t, 2> next{};
        // A random number of commits later, at whatever moment that is.
        for (auto commits = random() % 60 + 1; commits > 0; --commits) {
            if (::read(read_end.get(), next.data(), sizeof next) != static_cast<ssize_t>(sizeof next)) break;
            certain = next;
        }
        ::kill(child, SIGKILL);
        int state = 0;
        REQUIRE(::waitpid(child, &state, 0) == child);
        REQUIRE(WIFSIGNALED(state));
        while (::read(read_end.get(), next.data(), sizeof next) == static_cast<ssize_t>(sizeof next)) certain = next;

        std::vector<std::string> notes;
        auto spool = Spool::open(path, room, notes);
        REQUIRE(spool);
        std::uint64_t after = 0;
        std::uint64_t last = 0;
        for (;;) {
            const auto rows = (*spool)->read("t", after, 100, 1 << 20);
            REQUIRE(rows);
            REQUIRE(rows->damaged.empty());
            if (rows->entries.empty()) break;
            for (const auto& entry : rows->entries) {
                if (last != 0) REQUIRE(entry.id == last + 1);
                last = entry.id;
            }
            after = last;
        }
        INFO("round " << round);
        CHECK(last >= certain[0]);
        CHECK((*spool)->next_id() == last + 1);
    }
}
