#include <catch2/catch.hpp>
#include <random>

#include "tests/analyzer/hostile/hostile.h"

// Tables as no multiplexer makes them.

namespace muxtap::analyzer {
namespace {

using namespace test;

TEST_CASE("of a PAT with 5,000 programs as many are followed as the cap says, and the report says how many are not") {
    Victim victim;
    std::vector<PatProgram> programs;
    for (unsigned n = 1; n <= 5000; ++n)
        programs.push_back({static_cast<std::uint16_t>(n), static_cast<ts::Pid>(0x20 + n)});
    for (unsigned round = 0; round < 5; ++round) victim.feed_pat(programs);
    const Report report = victim.analyzer().report();
    CHECK(report.programs.size() == 1024);
    REQUIRE(limit_of(report, "programs") != nullptr);
    CHECK(limit_of(report, "programs")->cap == 1024);
    CHECK(limit_of(report, "programs")->left_out == 5000 - 1024);
    CHECK(victim.kept_bytes() <= most_bytes);
    const std::vector<Event> events = victim.analyzer().events();
    CHECK(events_of(events, EventKind::program_added) == 1024);
    CHECK(events_of(events, EventKind::limit_reached) == 1);
}

TEST_CASE("a PMT longer than it may be is damage of its PID, and no program has streams by it") {
    Victim victim;
    victim.feed_pat({{1, 0x100}});
    std::vector<MapStream> streams;
    for (unsigned n = 0; n < 400; ++n) streams.push_back({2, static_cast<ts::Pid>(0x200 + n)});
    const ByteVector section = map_section(1, 0x200, streams);
    REQUIRE(section.size() > 1024);
    for (unsigned round = 0; round < 5; ++round) victim.feed_section(0x100, section);
    const Report report = victim.analyzer().report();
    CHECK(pid_of(report, 0x100)->sections->too_long == 5);
    CHECK_FALSE(report.programs[0].info.pmt_seen);
    CHECK(report.programs[0].info.streams.empty());
}

TEST_CASE("the longest PMT there may be is cut at the cap of streams") {
    Victim victim;
    victim.feed_pat({{1, 0x100}});
    std::vector<MapStream> streams;
    for (unsigned n = 0; n < 201; ++n) streams.push_back({2, static_cast<ts::Pid>(0x200 + n)});
    victim.feed_section(0x100, map_section(1, 0x200, streams));
    const Report report = victim.analyzer().report();
    CHECK(report.programs[0].info.streams.size() == 128);
    REQUIRE(limit_of(report, "streams") != nullptr);
    CHECK(limit_of(report, "streams")->left_out == 201 - 128);
}

TEST_CASE("sections of every table_id with whatever in them break nothing and stay bounded") {
    std::minstd_rand random(7);
    Victim victim;
    victim.feed_pat({{1, 0x100}, {2, 0x101}, {0, 0x102}});
    constexpr std::array<ts::Pid, 11> pids = {0, 1, 2, 0x10, 0x11, 0x12, 0x13, 0x14, 0x100, 0x102, 0x1FFB};
    std::uint64_t crc_errors = 0;
    for (unsigned i = 0; i < 40'000; ++i) {
        ByteVector body(random() % (i % 16 == 0 ? 1000 : 60));
        for (std::uint8_t& byte : body) byte = static_cast<std::uint8_t>(random());
        ByteVector section = make_section({.table_id = static_cast<std::uint8_t>(i % 255),
                                           .extension = static_cast<std::uint16_t>(random() % 4),
                                           .version = static_cast<std::uint8_t>(random() % 3)},
                                          body);
        const bool damaged = random() % 8 == 0;
        if (damaged) section.back() ^= 1U;
        crc_errors += damaged ? 1 : 0;
        victim.feed_section(pids[i / 255 % pids.size()], section);
    }
    const Report report = victim.analyzer().report();
    std::uint64_t damage = 0;
    for (const PidReport& pid : report.pids)
        if (pid.sections) damage += pid.sections->crc;
    // Programs that a made-up PAT takes away take the damage on their PIDs with them only from then on.
    CHECK(damage > crc_errors / 2);
    CHECK(damage <= crc_errors);
    CHECK(count_of(report, IndicatorId::crc_error) > 0);
    CHECK(victim.kept_bytes() <= most_bytes);
}

TEST_CASE("every CRC wrong: each is counted, and no table is believed") {
    Victim victim;
    ByteVector section = pat_sections({{1, 0x100}})[0];
    section[9] ^= 0x10U;
    for (unsigned i = 0; i < 1000; ++i) victim.feed_section(0, section);
    const Report report = victim.analyzer().report();
    CHECK(pid_of(report, 0)->sections->crc == 1000);
    CHECK(count_of(report, IndicatorId::crc_error) == 1000);
    CHECK(report.programs.empty());
    CHECK(report.tables.empty());
}

TEST_CASE("tables without end are followed up to the cap") {
    Victim victim;
    for (unsigned n = 0; n < 20'000; ++n) {
        const std::uint8_t table_id = n % 2 == 0 ? 0x41 : 0x4A;
        victim.feed_section(n % 2 == 0 ? 0x10 : 0x11, make_section({.table_id = table_id,
                                                                    .extension = static_cast<std::uint16_t>(n),
                                                                    .last_number = 255,
                                                                    .private_indicator = true},
                                                                   {0xF0, 0, 0xF0, 0}));
        if (n % 1000 == 0) (void)victim.analyzer().events();
    }
    const Report report = victim.analyzer().report();
    CHECK(report.tables.size() <= 4096);
    REQUIRE(limit_of(report, "tables") != nullptr);
    CHECK(limit_of(report, "tables")->cap == 4096);
    CHECK(limit_of(report, "watched tables and PIDs") != nullptr);
    CHECK(victim.kept_bytes() <= most_bytes);
    CHECK(events_of(victim.analyzer().events(), EventKind::limit_reached) <= 2);
}

TEST_CASE("tables that change with each packet cost no more than packets do") {
    // All PIDs in use, hundreds of programs, and each section another version: looking at every PID each time would
    // take minutes.
    Victim victim;
    for (unsigned pid = 0x20; pid < ts::null_pid; ++pid) victim.feed(raw_packet({.pid = static_cast<ts::Pid>(pid)}));
    std::vector<PatProgram> programs;
    for (unsigned n = 1; n <= 500; ++n)
        programs.push_back({static_cast<std::uint16_t>(n), static_cast<ts::Pid>(0x20 + n)});
    victim.feed_pat(programs);
    unsigned last = 0;
    for (unsigned n = 0; n < 2500; ++n) {
        const auto number = static_cast<std::uint16_t>(1 + n % 500);
        last = n / 500 % 32;
        std::vector<MapStream> streams;
        for (unsigned i = 0; i < 20; ++i) streams.push_back({2, static_cast<ts::Pid>(0x400 + (n * 20 + i) % 0x1800)});
        victim.feed_section(static_cast<ts::Pid>(0x20 + number),
                            map_section(number, 0x400, streams, static_cast<std::uint8_t>(last)));
        if (n % 1000 == 0) (void)victim.analyzer().events();
    }
    const Report report = victim.analyzer().report();
    CHECK(report.programs[0].info.pmt_version == last);
    CHECK(report.programs[0].info.streams.size() == 20);
    CHECK(victim.kept_bytes() <= most_bytes);
}

TEST_CASE("programs that come and go without end leave nothing behind") {
    Victim victim;
    for (unsigned n = 0; n < 9000; ++n) {
        const auto number = static_cast<std::uint16_t>(1 + n);
        victim.feed_pat({{number, static_cast<ts::Pid>(0x20 + n % 0x1F00)}}, static_cast<std::uint8_t>(n % 32));
        if (n % 1000 == 0) (void)victim.analyzer().events();
    }
    const Report report = victim.analyzer().report();
    CHECK(report.programs.size() == 1);
    CHECK(victim.kept_bytes() <= most_bytes);
}

TEST_CASE("tables with every stream, caption and language there is room for stay bounded") {
    Victim victim;
    std::vector<PatProgram> programs;
    for (unsigned n = 1; n <= 1024; ++n)
        programs.push_back({static_cast<std::uint16_t>(n), static_cast<ts::Pid>(0x20 + n)});
    victim.feed_pat(programs);
    for (unsigned n = 1; n <= 1024; ++n) {
        ByteVector body = joined({u16(0xFFFF), u16(0xF000)});
        // Streams of teletext, each with as many pages as fit.
        for (unsigned i = 0; i < 4; ++i) {
            append(body, joined({{6}, u16(0xE000U | (0x800 + (n * 4 + i) % 0x1700)), u16(0xF000U | 242), {0x56, 240}}));
            for (unsigned page = 0; page < 48; ++page)
                append(body, ByteVector{'e', 'n', 'g', 0x10, static_cast<std::uint8_t>(page)});
        }
        victim.feed_section(static_cast<ts::Pid>(0x20 + n),
                            make_section({.table_id = 2, .extension = static_cast<std::uint16_t>(n)}, body));
        if (n % 100 == 0) (void)victim.analyzer().events();
    }
    CHECK(victim.analyzer().report().programs[1023].info.streams.size() == 4);
    CHECK(victim.kept_bytes() <= most_bytes);
}

TEST_CASE("a PMT that names PIDs it must not name is listed as sent, and tables go on being read") {
    struct Row {
        const char* claim;
        ts::Pid pcr_pid;
        std::vector<MapStream> streams;
    };
    const Row row = GENERATE(values<Row>({
        {"the PAT's PID", 0x200, {{2, 0x0000}, {2, 0x200}}},
        {"the null PID", 0x1FFF, {{2, 0x1FFF}, {4, 0x200}}},
        {"its own PID", 0x100, {{2, 0x100}, {2, 0x200}}},
        {"one PID twice, as different things", 0x200, {{2, 0x200}, {0x86, 0x200}}},
        {"PIDs of SI tables", 0x11, {{2, 0x10}, {2, 0x11}, {2, 0x12}}},
        {"the PID of another program's map", 0x101, {{0x1B, 0x101}}},
    }));
    INFO(row.claim);
    Victim victim;
    for (unsigned round = 0; round < 3; ++round) {
        victim.feed_pat({{1, 0x100}, {2, 0x101}});
        victim.feed_section(0x100, map_section(1, row.pcr_pid, row.streams));
        victim.feed_section(0x101, map_section(2, 0x300, {{2, 0x300}}));
        for (const ts::Pid pid : std::initializer_list<ts::Pid>{0x200, 0x300, 0x1FFF})
            victim.feed(
                joined({pes_start(pid, round, 90'000 * (round + 1)), pcr_packet(pid, 27'000'000 * round, round)}));
    }
    const Report report = victim.analyzer().report();
    REQUIRE(report.programs.size() == 2);
    CHECK(report.programs[0].info.streams.size() == row.streams.size());
    CHECK(report.programs[1].info.pmt_seen);
    CHECK(pid_of(report, 0)->use == PidUse::pat);
    CHECK(pid_of(report, 0x100)->use == PidUse::pmt);
    CHECK(pid_of(report, 0x101)->use == PidUse::pmt);
    const auto pmt_sections = [&](std::uint16_t program) {
        for (const TableInfo& table : report.tables)
            if (table.table_id == 2 && table.table_id_extension == program) return table.sections;
        return std::uint64_t{0};
    };
    CHECK(pmt_sections(1) == 3);
    CHECK(pmt_sections(2) == 3);
    CHECK(report.totals.continuity_errors == 0);
}

TEST_CASE("programs that share their map's PID and their streams are all listed, and each packet is counted once") {
    Victim victim;
    std::vector<PatProgram> programs;
    for (unsigned n = 1; n <= 200; ++n) programs.push_back({static_cast<std::uint16_t>(n), 0x100});
    for (unsigned round = 0; round < 5; ++round) {
        victim.feed_pat(programs);
        for (const PatProgram& program : programs)
            victim.feed_section(0x100, map_section(program.number, 0x200, {{2, 0x200}, {3, 0x201}}));
        victim.feed(joined({pes_start(0x200, round, 90'000), pes_start(0x201, round, 90'000)}));
    }
    const Report report = victim.analyzer().report();
    CHECK(report.programs.size() == 200);
    CHECK(pid_of(report, 0x200)->programs.size() == 200);
    CHECK(pid_of(report, 0x200)->counters.packets == 5);
    CHECK(count_of(report, IndicatorId::pmt_error) == 0);
}

TEST_CASE("splice information on more PIDs than may have any is told, and what of it waits is bounded") {
    // The longest section with the most descriptors: a cancelled segmentation takes 11 bytes.
    ByteVector body = {0, 0, 0, 0, 0, 0, 0, 0xFF, 0xF0, 0x05, 0x06, 0x80, 0, 0, 0, 0};
    ByteVector descriptors;
    for (unsigned i = 0; i < 365; ++i)
        append(descriptors,
               joined({{0x02, 9}, {'C', 'U', 'E', 'I'}, u16(i), u16(i), {static_cast<std::uint8_t>(0xFF)}}));
    append(body, u16(static_cast<unsigned>(descriptors.size())));
    append(body, descriptors);
    Victim victim;
    std::vector<PatProgram> programs;
    for (unsigned n = 1; n <= 10; ++n)
        programs.push_back({static_cast<std::uint16_t>(n), static_cast<ts::Pid>(0x20 + n)});
    victim.feed_pat(programs);
    for (unsigned n = 1; n <= 10; ++n) {
        std::vector<MapStream> streams;
        for (unsigned i = 0; i < 100; ++i) streams.push_back({0x86, static_cast<ts::Pid>(0x100 + 100 * n + i)});
        victim.feed_section(static_cast<ts::Pid>(0x20 + n),
                            map_section(static_cast<std::uint16_t>(n), 0x1FFF, streams));
    }
    for (unsigned i = 0; i < 2000; ++i) {
        body[6] = static_cast<std::uint8_t>(i);
        body[5] = static_cast<std::uint8_t>(i >> 8);
        ByteVector section = joined({{0xFC}, u16(0x3000U | static_cast<unsigned>(body.size() + 4)), body});
        const std::uint32_t crc = slow_crc32(section);
        append(section, joined({u16(crc >> 16), u16(crc & 0xFFFFU)}));
        victim.feed_section(static_cast<ts::Pid>(0x164 + i % 1000), section);
    }
    const Report report = victim.analyzer().report();
    CHECK(victim.kept_bytes() <= most_bytes);
    REQUIRE(limit_of(report, "PIDs with splice information") != nullptr);
    CHECK(limit_of(report, "PIDs with splice information")->cap == 128);
    CHECK(limit_of(report, "PIDs with splice information")->left_out == 1000 - 128);
    CHECK(report.events_dropped > 0);
    REQUIRE(report.programs[0].last_splice.has_value());
    CHECK(report.programs[0].last_splice->segmentations.size() == 365);
}

}  // namespace
}  // namespace muxtap::analyzer
