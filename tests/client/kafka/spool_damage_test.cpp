#include <catch2/catch.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <random>

#include "client/kafka/spool.h"
#include "tests/client/kafka/messages.h"
#include "tests/support/temp_folder.h"

using namespace muxtap;
using kafka::Entry;
using kafka::Spool;
using test::entries;
namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t room = 64 << 20;
constexpr std::uint64_t count = 120;

/// A spool file of `count` messages, checkpointed; with `log`, the same half in its write-ahead log.
struct Sample {
    test::ByteVector file;
    test::ByteVector log;
};

Sample make(bool with_log) {
    const test::TempFolder folder;
    const std::string path = folder / "s";
    std::vector<std::string> notes;
    {
        auto spool = Spool::open(path, room, notes);
        REQUIRE(spool);
        REQUIRE((*spool)->commit({}, entries(1, count / 2, 6000)) == count / 2);
    }
    if (!with_log) {
        auto spool = Spool::open(path, room, notes);
        REQUIRE((*spool)->commit({}, entries(count / 2 + 1, count / 2, 6000)) == count / 2);
        spool->reset();
        return {test::read_bytes(path), {}};
    }
    auto spool = Spool::open(path, room, notes);
    for (std::uint64_t at = count / 2 + 1; at <= count; ++at) REQUIRE((*spool)->commit({}, entries(at, 1, 6000)) == 1U);
    // As a SIGKILL leaves them.
    return {test::read_bytes(path), test::read_bytes(path + "-wal")};
}

struct Found {
    std::vector<std::uint64_t> ids;
    std::size_t damaged = 0;
    bool said = false;  ///< a note, or damaged rows, or an error
    bool set_aside = false;
};

Found look(const Sample& sample) {
    const test::TempFolder folder;
    const std::string path = folder.write("s", sample.file);
    if (!sample.log.empty()) (void)folder.write("s-wal", sample.log);
    std::vector<std::string> notes;
    Found found;
    auto spool = Spool::open(path, room, notes);
    found.said = !notes.empty() || !spool;
    for (const auto& entry : fs::directory_iterator(folder.path()))
        found.set_aside |= entry.path().filename().string().find("damaged") != std::string::npos;
    if (!spool) return found;
    std::uint64_t after = 0;
    for (;;) {
        const auto rows = (*spool)->read("t", after, 50, 1 << 20);
        if (!rows) {
            found.said = true;
            return found;
        }
        for (const std::uint64_t id : rows->damaged) after = std::max(after, id);
        found.damaged += rows->damaged.size();
        for (const Entry& entry : rows->entries) {
            CHECK((found.ids.empty() || entry.id > found.ids.back()));
            CHECK(entry.message == test::numbered("t", "k", entry.id, 6000));
            found.ids.push_back(entry.id);
            after = std::max(after, entry.id);
        }
        if (rows->entries.empty() && rows->damaged.empty()) break;
    }
    found.said |= found.damaged > 0;
    // Whatever was found, the spool works.
    const auto stored = (*spool)->commit({}, entries((*spool)->next_id(), 1));
    CHECK((stored == 1U || found.said));
    return found;
}

}  // namespace

TEST_CASE("an undamaged spool is whole, with and without a log") {
    for (const bool log : {false, true}) {
        const Found found = look(make(log));
        CHECK(found.ids.size() == count);
        CHECK_FALSE(found.said);
        CHECK_FALSE(found.set_aside);
    }
}

TEST_CASE("a flipped bit in the file costs nothing or is told") {
    const Sample sample = make(false);
    std::mt19937 random(4);
    std::size_t told = 0;
    for (int round = 0; round < 300; ++round) {
        Sample damaged = sample;
        // Headers of file and pages more often than chance would.
        const std::size_t at = round < 100 ? static_cast<std::size_t>(round) : random() % damaged.file.size();
        damaged.file[at] = static_cast<std::uint8_t>(damaged.file[at] ^ (1U << random() % 8));
        INFO("byte " << at);
        const Found found = look(damaged);
        CHECK((found.ids.size() == count || found.said));
        told += found.said ? 1 : 0;
    }
    CHECK(told > 100);
}

TEST_CASE("a file that was cut off is set aside or whole") {
    const Sample sample = make(false);
    std::mt19937 random(5);
    for (int round = 0; round < 100; ++round) {
        Sample damaged = sample;
        damaged.file.resize(round < 2 ? static_cast<std::size_t>(round) * 50 : random() % damaged.file.size());
        INFO("cut to " << damaged.file.size());
        const Found found = look(damaged);
        // A file without any bytes is a new one.
        CHECK((found.said || damaged.file.empty()));
        CHECK((found.set_aside || found.damaged > 0 || damaged.file.empty()));
    }
}

TEST_CASE("a flipped bit in the log leaves the oldest and is told") {
    const Sample sample = make(true);
    REQUIRE_FALSE(sample.log.empty());
    std::mt19937 random(6);
    for (int round = 0; round < 200; ++round) {
        Sample damaged = sample;
        const std::size_t at = round < 60 ? static_cast<std::size_t>(round) : random() % damaged.log.size();
        damaged.log[at] = static_cast<std::uint8_t>(damaged.log[at] ^ (1U << random() % 8));
        INFO("byte " << at);
        const Found found = look(damaged);
        for (std::size_t index = 0; index < found.ids.size(); ++index) CHECK(found.ids[index] == index + 1);
        CHECK((found.ids.size() == count || found.said));
    }
}

TEST_CASE("something else than a spool is set aside under a name that says when, and kept as it was") {
    const test::TempFolder folder;
    const test::ByteVector text(5000, 'x');
    const std::string path = folder.write("s", text);
    for (int round = 0; round < 2; ++round) {
        std::vector<std::string> notes;
        auto spool = Spool::open(path, room, notes);
        REQUIRE(spool);
        REQUIRE(notes.size() == 1);
        CHECK(notes.front().find(path + ".damaged-20") != std::string::npos);
        CHECK((*spool)->next_id() == 1);
        spool->reset();
        (void)folder.write("s", text);
    }
    std::size_t kept = 0;
    for (const auto& entry : fs::directory_iterator(folder.path()))
        if (entry.path().string().find(".damaged-") != std::string::npos) {
            CHECK(test::read_bytes(entry.path().string()) == text);
            ++kept;
        }
    CHECK(kept == 2);
}

TEST_CASE("a damaged spool is set aside with its log, both as they were") {
    Sample sample = make(true);
    sample.file.resize(sample.file.size() / 2 / 4096 * 4096);
    const test::TempFolder folder;
    const std::string path = folder.write("s", sample.file);
    (void)folder.write("s-wal", sample.log);
    std::vector<std::string> notes;
    const auto spool = Spool::open(path, room, notes);
    REQUIRE(spool);
    std::size_t kept = 0;
    for (const auto& entry : fs::directory_iterator(folder.path())) {
        const std::string name = entry.path().string();
        if (name.find(".damaged-") == std::string::npos) continue;
        const bool log = name.size() > 4 && name.substr(name.size() - 4) == "-wal";
        INFO(name << " " << fs::file_size(name) << " was " << (log ? sample.log : sample.file).size());
        CHECK((test::read_bytes(name) == (log ? sample.log : sample.file)));
        ++kept;
    }
    CHECK(kept == 2);
}
