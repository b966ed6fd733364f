#include "client/frames/streams/program_directory.h"

#include <catch2/catch.hpp>
#include <random>

#include "tests/client/frames/streams/directory_record.h"

using namespace muxtap;
using frames::ProgramDirectory;
using test::ByteVector;
using test::DirectoryRecord;
using test::PacketMaker;

namespace {

constexpr std::uint8_t h264 = 0x1B;
constexpr std::uint8_t hevc = 0x24;
constexpr std::uint8_t aac = 0x0F;
constexpr ts::Pid video = 0x101;
constexpr ts::Pid sound = 0x102;

struct Fixture {
    PacketMaker make;
    ProgramDirectory directory;
    DirectoryRecord told;

    void scan() { directory.scan(make.take(), told); }
    void one_program() {
        make.pat({{1, 0x100}});
        make.pmt({1, 0x100}, {{h264, video}, {aac, sound}});
        scan();
        told = {};
    }
};

/// The pids of a program's streams.
std::vector<ts::Pid> pids_of(const frames::ProgramMap& map) {
    std::vector<ts::Pid> pids;
    for (const analyzer::ProgramStream& stream : map.streams) pids.push_back(stream.pid);
    return pids;
}

}  // namespace

TEST_CASE("the programs of a whole multiplex are found, and each of its PES packets") {
    const test::MultiplexPlan plan{.seconds = 1, .programs = 3};
    test::Multiplex multiplex(plan);
    ProgramDirectory directory;
    DirectoryRecord told;
    directory.scan(multiplex.bytes(), told);
    REQUIRE(told.programs.size() == 3);
    std::size_t starts = 0;
    for (unsigned n = 1; n <= 3; ++n) {
        const frames::ProgramMap& map = told.programs[n - 1];
        CHECK(map.program_number == n);
        CHECK(map.pmt_pid == n * plan.pid_step);
        const auto first = static_cast<ts::Pid>(n * plan.pid_step);
        CHECK(pids_of(map) == std::vector<ts::Pid>{static_cast<ts::Pid>(first + 1), static_cast<ts::Pid>(first + 2)});
        CHECK(map.streams[0].codec == analyzer::Codec::mpeg2_video);
        CHECK(map.streams[1].language == "eng");
        for (const ts::Pid pid : pids_of(map)) {
            starts += multiplex
                          .find([&](const ts::PacketView& packet) {
                              return packet.pid() == pid && packet.payload_unit_start_indicator();
                          })
                          .size();
        }
    }
    // Some come before the program maps.
    CHECK(told.starts.size() + 6 >= starts);
    CHECK(told.starts.size() <= starts);
    for (const auto& start : told.starts) CHECK(start.pts.has_value());
    CHECK(directory.continuity_errors() == 0);
    CHECK(directory.transport_errors() == 0);
}

TEST_CASE("however a stream is cut into blocks, the same is told") {
    const test::Multiplex multiplex({.seconds = 0.5, .programs = 2});
    const ByteView bytes = multiplex.bytes();
    const auto scanned = [&](std::size_t block) {
        ProgramDirectory directory;
        DirectoryRecord told;
        std::vector<DirectoryRecord::PesStart> starts;
        for (std::size_t at = 0; at < multiplex.packets(); at += block) {
            const std::size_t count = std::min(block, multiplex.packets() - at);
            told.starts.clear();
            directory.scan(bytes.subspan(at * ts::packet_size, count * ts::packet_size), told);
            for (auto start : told.starts) {
                start.packet += at;
                starts.push_back(start);
            }
        }
        return std::pair{told.programs, starts};
    };
    const auto whole = scanned(multiplex.packets());
    CHECK_FALSE(whole.second.empty());
    for (const std::size_t block : {std::size_t{1}, std::size_t{7}, std::size_t{350}}) {
        CAPTURE(block);
        CHECK((scanned(block) == whole));
    }
}

TEST_CASE("a program map is told once, and again when its streams change") {
    Fixture f;
    f.make.pat({{1, 0x100}});
    for (int i = 0; i < 5; ++i) f.make.pmt({1, 0x100}, {{h264, video}});
    f.scan();
    REQUIRE(f.told.programs.size() == 1);
    // Another version with the same streams is no change.
    f.make.pmt({1, 0x100}, {{h264, video}}, 1);
    f.scan();
    CHECK(f.told.programs.size() == 1);
    f.make.pmt({1, 0x100}, {{hevc, video}, {aac, sound}}, 2);
    f.scan();
    REQUIRE(f.told.programs.size() == 2);
    CHECK(f.told.programs[1].streams[0].codec == analyzer::Codec::hevc);
    CHECK(pids_of(f.told.programs[1]) == std::vector<ts::Pid>{video, sound});
}

TEST_CASE("a program that is listed no more is gone, and can come back") {
    Fixture f;
    f.make.pat({{1, 0x100}, {2, 0x200}});
    f.make.pmt({1, 0x100}, {{h264, video}});
    f.make.pmt({2, 0x200}, {{h264, 0x201}});
    f.scan();
    CHECK(f.told.programs.size() == 2);
    f.make.pat({{1, 0x100}}, {.version = 1});
    f.make.pmt({2, 0x200}, {{h264, 0x201}});
    f.scan();
    CHECK(f.told.gone == std::vector<std::uint16_t>{2});
    CHECK(f.told.programs.size() == 2);
    CHECK(f.directory.tables(2).empty());
    f.make.pat({{1, 0x100}, {2, 0x200}}, {.version = 2});
    f.make.pmt({2, 0x200}, {{h264, 0x201}});
    f.scan();
    CHECK(f.told.programs.size() == 3);
}

TEST_CASE("a program association table of several sections lists the programs of all of them") {
    Fixture f;
    f.make.pat({{1, 0x100}}, {.version = 0, .number = 0, .last_number = 1});
    f.make.pat({{2, 0x200}}, {.version = 0, .number = 1, .last_number = 1});
    f.make.pmt({1, 0x100}, {{h264, video}});
    f.make.pmt({2, 0x200}, {{h264, 0x201}});
    f.scan();
    CHECK(f.told.programs.size() == 2);
    CHECK(f.told.gone.empty());
    SECTION("the second section loses its program") {
        f.make.pat({{3, 0x300}}, {.version = 1, .number = 1, .last_number = 1});
        f.scan();
        CHECK(f.told.gone == std::vector<std::uint16_t>{2});
    }
    SECTION("the second section goes") {
        f.make.pat({{1, 0x100}}, {.version = 1});
        f.scan();
        CHECK(f.told.gone == std::vector<std::uint16_t>{2});
    }
    SECTION("a program moves into the first section") {
        f.make.pat({{1, 0x100}, {2, 0x200}}, {.version = 1});
        f.scan();
        CHECK(f.told.gone.empty());
    }
}

TEST_CASE("program maps of several programs may share a PID") {
    Fixture f;
    f.make.pat({{1, 0x100}, {2, 0x100}});
    f.make.pmt({1, 0x100}, {{h264, video}});
    f.make.pmt({2, 0x100}, {{aac, sound}});
    f.scan();
    REQUIRE(f.told.programs.size() == 2);
    CHECK(f.told.programs[1].program_number == 2);
    CHECK(pids_of(f.told.programs[1]) == std::vector<ts::Pid>{sound});
    f.make.pat({{2, 0x100}}, {.version = 1});
    f.make.pmt({2, 0x100}, {{aac, sound}, {h264, 0x333}}, 1);
    f.scan();
    CHECK(f.told.gone == std::vector<std::uint16_t>{1});
    CHECK(f.told.programs.size() == 3);
}

TEST_CASE("a program map on another PID than the listed one is not believed") {
    Fixture f;
    f.make.pat({{1, 0x100}, {2, 0x200}});
    f.make.pmt({1, 0x200}, {{h264, video}});
    f.scan();
    CHECK(f.told.programs.empty());
    // When it moves there it is.
    f.make.pat({{1, 0x200}, {2, 0x200}}, {.version = 1});
    f.make.pmt({1, 0x200}, {{h264, video}});
    f.scan();
    CHECK(f.told.programs.size() == 1);
}

TEST_CASE("sections with a wrong CRC, and those that are not valid yet, say nothing") {
    Fixture f;
    f.make.pat({{1, 0x100}});
    f.make.pmt({1, 0x100}, {{h264, video}});
    f.make.packets[ts::packet_size + 20] ^= 1;
    f.scan();
    CHECK(f.told.programs.empty());
    f.make.section(0x100, {.table_id = 2, .extension = 1, .current = false},
                   {0xE1, 0x01, 0xF0, 0x00, h264, 0xE1, 0x01, 0xF0, 0x00});
    f.scan();
    CHECK(f.told.programs.empty());
    f.make.section(0x100, {.table_id = 2, .extension = 1}, {0xE1, 0x01, 0xF0, 0x00, h264, 0xE1, 0x01, 0xF0, 0x00});
    f.scan();
    CHECK(f.told.programs.size() == 1);
}

TEST_CASE("512 programs are kept over a change of the table, and more are not believed") {
    Fixture f;
    const auto list = [&](std::uint8_t version, unsigned count) {
        constexpr unsigned in_section = 200;
        const auto last = static_cast<std::uint8_t>((count - 1) / in_section);
        for (unsigned n = 0; n < count; n += in_section) {
            std::vector<PacketMaker::Program> programs;
            for (unsigned i = n; i < std::min(count, n + in_section); ++i) {
                programs.push_back({static_cast<std::uint16_t>(i + 1), static_cast<ts::Pid>(0x100 + i)});
            }
            f.make.pat(programs, {version, static_cast<std::uint8_t>(n / in_section), last});
        }
    };
    list(0, 512);
    f.scan();
    list(1, 512);
    f.make.pmt({512, 0x100 + 511}, {{h264, 0x1000}});
    f.scan();
    CHECK(f.told.gone.empty());
    CHECK(f.told.programs.size() == 1);
    list(2, 600);
    f.make.pmt({600, 0x100 + 599}, {{h264, 0x1001}});
    f.scan();
    CHECK(f.told.gone.empty());
    CHECK(f.told.programs.size() == 1);
}

TEST_CASE("a PES packet is told with its PTS and the packet in which it begins") {
    Fixture f;
    f.one_program();
    f.make.pes(0x500, 1);
    f.make.pes(video, 1000);
    f.make.payload(video, false, ByteVector(184, 0xBB));
    f.make.pes(sound, 2000);
    f.scan();
    const auto pts = [](std::uint64_t ticks) { return ts::Timestamp::from_ticks(ticks); };
    CHECK((f.told.starts == std::vector<DirectoryRecord::PesStart>{{video, pts(1000), 1}, {sound, pts(2000), 3}}));
}

TEST_CASE("a PES header split over packets is put together, and begins in the first of them") {
    const ByteVector header = PacketMaker::pes_header(777);
    for (std::size_t split = 1; split < header.size(); ++split) {
        CAPTURE(split);
        const auto cut = header.begin() + static_cast<std::ptrdiff_t>(split);
        for (const bool same_block : {true, false}) {
            CAPTURE(same_block);
            Fixture f;
            f.one_program();
            f.make.pes(sound, 1);
            f.make.payload(video, true, ByteVector(header.begin(), cut));
            if (!same_block) f.scan();
            f.make.pes(sound, 2);
            ByteVector rest(cut, header.end());
            rest.push_back(0x11);
            f.make.payload(video, false, rest);
            f.make.payload(video, false, ByteVector(184, 0xBB));
            f.scan();
            REQUIRE(f.told.starts.size() == 3);
            const auto& start = f.told.starts[2];
            CHECK(start.pid == video);
            CHECK(start.pts == ts::Timestamp::from_ticks(777));
            CHECK(start.packet == (same_block ? 1 : 0));
        }
    }
}

TEST_CASE("half a PES header is forgotten at a loss, at an interruption, and when the next one begins") {
    const ByteVector header = PacketMaker::pes_header(777);
    const ByteVector half(header.begin(), header.begin() + 7);
    const ByteVector rest(header.begin() + 7, header.end());
    Fixture f;
    f.one_program();
    f.make.payload(video, true, half);
    SECTION("loss") {
        f.make.skip(video);
    }
    SECTION("interruption") {
        f.scan();
        f.directory.interrupt();
    }
    SECTION("the next one") {
        f.make.payload(video, true, half);
        f.make.skip(video);
    }
    f.make.payload(video, false, rest);
    f.make.pes(video, 5);
    f.scan();
    REQUIRE(f.told.starts.size() == 1);
    CHECK(f.told.starts[0].pts == ts::Timestamp::from_ticks(5));
}

TEST_CASE("scrambled streams are known as such and their PES packets not looked for") {
    Fixture f;
    f.one_program();
    CHECK_FALSE(f.directory.scrambled_in_a_row(video).has_value());
    f.make.pes(video, 1, true);
    f.make.pes(video, 2, true);
    f.make.pes(sound, 1);
    f.scan();
    CHECK(f.directory.scrambled_in_a_row(video) == 2U);
    CHECK(f.directory.scrambled_in_a_row(sound) == 0U);
    CHECK(f.told.starts.size() == 1);
    f.make.pes(video, 3);
    f.scan();
    CHECK(f.directory.scrambled_in_a_row(video) == 0U);
    CHECK(f.told.starts.size() == 2);
}

TEST_CASE("lost packets and those damaged on the way are counted, an interruption is not") {
    Fixture f;
    f.one_program();
    f.make.pes(video, 1);
    f.make.pes(video, 2);
    f.scan();
    CHECK(f.directory.continuity_errors() == 0);
    f.make.skip(video);
    f.make.pes(video, 3);
    f.scan();
    CHECK(f.directory.continuity_errors() == 1);
    f.make.skip(video);
    f.directory.interrupt();
    f.make.pes(video, 4);
    f.scan();
    CHECK(f.directory.continuity_errors() == 1);
    f.make.pes(0x700, 5);
    f.make.packets[1] |= 0x80;
    f.scan();
    CHECK(f.directory.transport_errors() == 1);
    CHECK(f.directory.continuity_errors() == 1);
}

TEST_CASE("a packet sent twice is taken once") {
    Fixture f;
    f.one_program();
    f.make.pes(video, 1);
    f.make.pes(video, 2);
    const ByteVector packets = f.make.packets;
    f.make.packets.insert(f.make.packets.end(), packets.end() - ts::packet_size, packets.end());
    f.scan();
    CHECK(f.told.starts.size() == 2);
    CHECK(f.directory.continuity_errors() == 0);
}

TEST_CASE("the tables of a program teach another directory the same") {
    Fixture f;
    CHECK(f.directory.tables(1).empty());
    std::vector<PacketMaker::Stream> many;
    for (int i = 0; i < 60; ++i) many.push_back({h264, static_cast<ts::Pid>(0x400 + i)});
    f.make.pat({{1, 0x100}}, {.version = 0, .number = 0, .last_number = 1});
    f.make.pat({{2, 0x200}}, {.version = 0, .number = 1, .last_number = 1});
    f.make.pmt({1, 0x100}, many);
    f.scan();
    CHECK(f.directory.tables(2).empty());
    CHECK(f.directory.tables(9).empty());
    f.make.pmt({2, 0x200}, {{aac, sound}});
    f.scan();
    for (const std::uint16_t number : {std::uint16_t{1}, std::uint16_t{2}}) {
        CAPTURE(number);
        const std::vector<std::uint8_t> tables = f.directory.tables(number);
        REQUIRE(tables.size() % ts::packet_size == 0);
        ProgramDirectory other;
        DirectoryRecord learnt;
        other.scan(tables, learnt);
        REQUIRE(learnt.programs.size() == 1);
        CHECK((learnt.programs[0] == f.told.programs[number - 1U]));
        CHECK(other.continuity_errors() == 0);
    }
}

TEST_CASE("any bytes are taken") {
    std::mt19937 random(7);
    const test::Multiplex multiplex({.seconds = 0.2, .programs = 2});
    for (int round = 0; round < 40; ++round) {
        ByteVector bytes = multiplex.bytes();
        for (int i = 0; i < 2000; ++i) bytes[random() % bytes.size()] = static_cast<std::uint8_t>(random());
        if (round % 4 == 0) {
            for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random());
            for (std::size_t at = 0; at < bytes.size(); at += ts::packet_size) bytes[at] = ts::sync_byte;
        }
        ProgramDirectory directory;
        DirectoryRecord told;
        for (std::size_t at = 0; at < bytes.size();) {
            const std::size_t size = std::min(bytes.size() - at, (1 + random() % 100) * ts::packet_size);
            told.starts.clear();
            directory.scan(ByteView{bytes}.subspan(at, size), told);
            for (const auto& start : told.starts) CHECK(start.packet < size / ts::packet_size);
            if (random() % 10 == 0) directory.interrupt();
            (void)directory.tables(1);
            at += size;
        }
        CHECK(told.programs.size() <= 10'000);
    }
    ProgramDirectory directory;
    DirectoryRecord told;
    directory.scan({}, told);
    CHECK(told.programs.empty());
}
