#include "client/kafka/spool.h"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>

#include "tests/client/kafka/messages.h"
#include "tests/support/temp_folder.h"

using namespace muxtap;
using kafka::Entry;
using kafka::Spool;
using test::entries;

namespace {

constexpr std::uint64_t room = 64 << 20;

std::unique_ptr<Spool> open(const std::string& path, std::uint64_t bytes = room) {
    std::vector<std::string> notes;
    auto spool = Spool::open(path, bytes, notes);
    if (!spool) FAIL(spool.error().message);
    CHECK(notes.empty());
    return std::move(*spool);
}

std::vector<Entry> all(Spool& spool, const std::string& topic = "t") {
    std::vector<Entry> found;
    for (;;) {
        auto rows = spool.read(topic, found.empty() ? 0 : found.back().id, 10, 1 << 20);
        REQUIRE(rows);
        CHECK(rows->damaged.empty());
        if (rows->entries.empty()) return found;
        std::move(rows->entries.begin(), rows->entries.end(), std::back_inserter(found));
    }
}

std::string why_not(const std::string& path) {
    std::vector<std::string> notes;
    const auto spool = Spool::open(path, room, notes);
    REQUIRE_FALSE(spool);
    return spool.error().message;
}

}  // namespace

TEST_CASE("a spool gives back what was stored, in order, per topic, over a restart") {
    const test::TempFolder folder;
    const std::string path = folder / "s";
    std::deque<Entry> both = entries(1, 50);
    for (Entry& entry : entries(51, 30, 30'000, "u")) both.push_back(std::move(entry));
    {
        const auto spool = open(path);
        CHECK(spool->next_id() == 1);
        CHECK(spool->commit({}, both) == both.size());
        CHECK(all(*spool).size() == 50);
    }
    const auto spool = open(path);
    CHECK(spool->next_id() == 81);
    CHECK(spool->found().at("t").messages == 50);
    CHECK(spool->found().at("u").last_id == 80);
    std::vector<Entry> found = all(*spool);
    for (Entry& entry : all(*spool, "u")) found.push_back(std::move(entry));
    REQUIRE(found.size() == both.size());
    for (std::size_t at = 0; at < both.size(); ++at) {
        CHECK(found[at].id == both[at].id);
        CHECK(found[at].message == both[at].message);
        CHECK(found[at].spooled);
    }
}

TEST_CASE("what is done is gone, and its identity is not used again") {
    const test::TempFolder folder;
    {
        const auto spool = open(folder / "s");
        REQUIRE(spool->commit({}, entries(1, 5)) == 5U);
        const std::vector<std::uint64_t> done{1, 2, 4, 5};
        REQUIRE(spool->commit(done, {}) == 0U);
        REQUIRE(all(*spool).size() == 1);
        CHECK(all(*spool).front().id == 3);
        REQUIRE(spool->commit(std::vector<std::uint64_t>{3}, {}) == 0U);
    }
    CHECK(open(folder / "s")->next_id() == 6);
}

TEST_CASE("a full spool keeps the oldest, stays under its bound and takes more when some are done") {
    const test::TempFolder folder;
    const std::uint64_t bound = Spool::smallest_bytes;
    const auto spool = open(folder / "s", bound);
    std::uint64_t next = 1;
    while (!spool->full()) {
        std::deque<Entry> fresh;
        for (int at = 0; at < 7; ++at) {
            fresh.push_back({.id = next + static_cast<std::uint64_t>(at),
                             .message = {.topic = "t", .payload = test::noise(9000, 1)}});
        }
        const auto stored = spool->commit({}, fresh);
        REQUIRE(stored);
        REQUIRE((*stored == 7 || spool->full() || *stored > 0));
        next += *stored;
        CHECK(spool->bytes() <= bound);
        REQUIRE(next < 1000);
    }
    const std::uint64_t held = next - 1;
    CHECK(held > 50);
    CHECK(all(*spool).front().id == 1);
    CHECK(all(*spool).size() == held);
    // Many times around: the file does not grow.
    for (int round = 0; round < 20; ++round) {
        std::vector<std::uint64_t> done;
        for (std::size_t at = 0; at < 20; ++at) done.push_back(all(*spool)[at].id);
        std::deque<Entry> fresh;
        for (std::uint64_t at = 0; at < 20; ++at)
            fresh.push_back({.id = next + at, .message = {.topic = "t", .payload = test::noise(9000, 1)}});
        std::size_t taken = 0;
        while (taken < 20) {
            const auto stored = spool->commit(done, fresh);
            REQUIRE(stored);
            REQUIRE(*stored > 0);
            done.clear();
            taken += *stored;
            fresh.erase(fresh.begin(), fresh.begin() + static_cast<std::ptrdiff_t>(*stored));
        }
        next += 20;
        CHECK(spool->bytes() <= bound);
        CHECK(all(*spool).size() == held);
    }
}

TEST_CASE("a spool that was large gives the disk its room back") {
    const test::TempFolder folder;
    const auto spool = open(folder / "s", 256 << 20);
    std::vector<std::uint64_t> done;
    for (std::uint64_t round = 0; round < 20; ++round) {
        std::deque<Entry> fresh;
        for (std::uint64_t at = 1; at <= 20; ++at)
            fresh.push_back({.id = round * 20 + at, .message = {.topic = "t", .payload = test::noise(100'000, 1)}});
        while (!fresh.empty()) {
            const auto stored = spool->commit({}, fresh);
            REQUIRE(stored);
            REQUIRE(*stored > 0);
            for (std::size_t at = 0; at < *stored; ++at) done.push_back(fresh[at].id);
            fresh.erase(fresh.begin(), fresh.begin() + static_cast<std::ptrdiff_t>(*stored));
        }
    }
    CHECK(spool->bytes() > 35 << 20);
    REQUIRE(spool->commit(done, {}));
    for (int round = 0; round < 100; ++round) spool->shrink();
    CHECK(spool->bytes() < 20 << 20);
}

TEST_CASE("a second worker with the same spool is told so and changes nothing") {
    const test::TempFolder folder;
    const auto spool = open(folder / "s");
    REQUIRE(spool->commit({}, entries(1, 3)) == 3U);
    CHECK(why_not(folder / "s") ==
          "spool \"" + (folder / "s") + "\" is in use by another worker: give each its own --spool");
    CHECK(all(*spool).size() == 3);
    REQUIRE(spool->commit({}, entries(4, 3)) == 3U);
}

TEST_CASE("a spool that cannot be there says why") {
    const test::TempFolder folder;
    CHECK(why_not(folder / "no/such/s").find("No such file or directory") != std::string::npos);
    if (::geteuid() != 0) {
        std::filesystem::permissions(folder.path(),
                                     std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);
        CHECK(why_not(folder / "s").find("Permission denied") != std::string::npos);
        std::filesystem::permissions(folder.path(), std::filesystem::perms::owner_all);
    }
    CHECK_FALSE(why_not(folder.path()).empty());
}
