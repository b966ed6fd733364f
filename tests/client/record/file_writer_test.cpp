#include "client/record/file_writer.h"

#include <catch2/catch.hpp>

#include "tests/client/record/record_rig.h"

namespace muxtap::record {
namespace {

constexpr SteadyTime now{};

PacketSlice slice_of(unsigned first, unsigned count) {
    auto bytes = std::make_shared<std::vector<std::uint8_t>>();
    for (unsigned i = 0; i < count; ++i) {
        const Packet packet = plain_packet(first + i);
        bytes->insert(bytes->end(), packet.begin(), packet.end());
    }
    return {bytes, *bytes};
}

std::string text_of(unsigned first, unsigned count) {
    const PacketSlice slice = slice_of(first, count);
    return std::string{as_text(slice.packets)};
}

constexpr std::uint64_t plenty = std::uint64_t{1} << 30;

}  // namespace

TEST_CASE("Packets are written in order, in one call for many slices") {
    MemoryBudget budget(plenty);
    FailingOpener disk;
    FileWriter writer(budget);
    writer.attach(disk.open("a.ts", OpenMode::create).value());
    for (unsigned i = 0; i < 600; ++i) REQUIRE(writer.add(slice_of(i * 3, 3), now));
    CHECK(writer.waiting_packets() == 1800);
    CHECK(writer.write_waiting() == 0);
    CHECK(disk.files["a.ts"] == text_of(0, 1800));
    CHECK(writer.written_packets() == 1800);
    CHECK(budget.used() == 0);
    CHECK_FALSE(writer.oldest());
}

TEST_CASE("A disk that fills up inside a packet is left at a packet boundary, and nothing is written twice") {
    const std::size_t room = GENERATE(0, 1, 187, 188, 189, 3 * 188 + 5, 6 * 188, 9 * 188 + 100);
    CAPTURE(room);
    MemoryBudget budget(plenty);
    FailingOpener disk;
    disk.room = room;
    FileWriter writer(budget);
    writer.attach(disk.open("a.ts", OpenMode::create).value());
    for (unsigned i = 0; i < 4; ++i) REQUIRE(writer.add(slice_of(i * 3, 3), now));

    CHECK(writer.write_waiting() == ENOSPC);
    CHECK(disk.files["a.ts"] == text_of(0, static_cast<unsigned>(room / 188)));
    CHECK(writer.written_packets() == room / 188);
    CHECK(writer.waiting_packets() == 12 - room / 188);
    CHECK(writer.write_waiting() == ENOSPC);
    CHECK(disk.files["a.ts"].size() % 188 == 0);

    disk.room = std::string::npos;
    REQUIRE(writer.add(slice_of(12, 2), now));
    CHECK(writer.write_waiting() == 0);
    CHECK(disk.files["a.ts"] == text_of(0, 14));
    CHECK(budget.used() == 0);
}

TEST_CASE("What waits stays within the budget and comes back to it") {
    MemoryBudget budget(10'000);
    FileWriter writer(budget);
    CHECK(writer.add(slice_of(0, 10), now));
    CHECK_FALSE(writer.add(slice_of(10, 30), now));
    CHECK(writer.waiting_packets() == 10);
    CHECK(writer.add(slice_of(10, 30), now, true));
    CHECK_FALSE(writer.add(slice_of(40, 1), now));
    CHECK(writer.drop_waiting() == 40);
    CHECK(budget.used() == 0);
    CHECK(writer.add(slice_of(0, 1), now));
}

TEST_CASE("A file that is destroyed gives its memory back") {
    MemoryBudget budget(plenty);
    {
        FileWriter writer(budget);
        REQUIRE(writer.add(slice_of(0, 10), now));
        CHECK(budget.used() > 1880);
    }
    CHECK(budget.used() == 0);
}

TEST_CASE("A slice keeps its message alive until it is written") {
    MemoryBudget budget(plenty);
    FailingOpener disk;
    FileWriter writer(budget);
    writer.attach(disk.open("a.ts", OpenMode::create).value());
    PacketSlice slice = slice_of(0, 5);
    const std::weak_ptr<const void> message = slice.owner;
    REQUIRE(writer.add(std::move(slice), now));
    CHECK_FALSE(message.expired());
    CHECK(writer.write_waiting() == 0);
    CHECK(message.expired());
}

TEST_CASE("Files of the file system: append cuts off a torn packet, overwrite begins anew, create refuses") {
    TestFolder folder;
    const std::string path = folder / "sub/a.ts";
    write_file(path, text_of(0, 3) + "torn");
    FileOpener opener;
    CHECK(opener.open(path, OpenMode::create).error().number == EEXIST);
    {
        const auto file = opener.open(path, OpenMode::append).value();
        CHECK(file->start_bytes() == 3 * 188);
        CHECK(file->torn_bytes() == 4);
        CHECK(file->is_regular());
        CHECK(opener.open(path, OpenMode::append).error().number == EBUSY);
    }
    CHECK(read_file(path) == text_of(0, 3));
    CHECK(opener.open(path, OpenMode::overwrite).value()->start_bytes() == 0);
    CHECK(read_file(path).empty());
    CHECK(opener.open(folder / "x/y/z.ts", OpenMode::create));
    CHECK(opener.open(path + "/z.ts", OpenMode::create).error().message.find("a.ts") != std::string::npos);
}

}  // namespace muxtap::record
