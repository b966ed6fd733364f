#include "analyzer/psi/service_information.h"

#include <catch2/catch.hpp>
#include <random>

#include "tests/analyzer/psi/sections.h"

namespace muxtap::psi {
namespace {

using namespace muxtap::psi::test;
using analyzer::PidUse;

/// Hands sections over, a second apart.
class Stream {
public:
    explicit Stream(const analyzer::Caps& caps = {}) : information(caps) {}

    SectionOutcome add(ts::Pid pid, const ByteVector& section) {
        ++seconds_;
        const SectionTiming now{UnixTime{std::chrono::seconds(seconds_)}, seconds_ * 10};
        return information.add(pid, Section(section, SectionVerdict::ok, now, now));
    }
    [[nodiscard]] std::vector<SiChangeKind> changes() {
        std::vector<SiChangeKind> kinds;
        for (const SiChange& change : information.take_changes()) kinds.push_back(change.kind);
        return kinds;
    }
    [[nodiscard]] std::vector<std::uint16_t> programs() const {
        std::vector<std::uint16_t> numbers;
        for (const auto* program : information.programs()) numbers.push_back(program->program_number);
        return numbers;
    }

    ServiceInformation information;

private:
    std::uint64_t seconds_ = 0;
};

using Kinds = std::vector<SiChangeKind>;
using Numbers = std::vector<std::uint16_t>;

TEST_CASE("a program is what PAT, PMT, SDT, NIT and EIT say together, in whatever order they come") {
    ByteVector nit_body = {0xF0, 0, 0xF0, 12, 0, 1, 0x20, 0x01, 0xF0, 6, 0x83, 4, 0, 7, 0xFC, 12};
    ByteVector eit_body = {0,    1,    0x20, 0x01, 0,    0x4E, 0x12, 0x34, 0xC0,
                           0x79, 0x12, 0x45, 0x00, 0x01, 0x30, 0x00, 0x80, 9};
    append(eit_body, descriptor_bytes(0x4D, ByteVector{'e', 'n', 'g', 1, 'E', 1, 'x'}));
    struct Piece {
        ts::Pid pid;
        ByteVector section;
    };
    std::vector<Piece> pieces = {
        {0, pat_section({{0, 0x10}, {7, 0x100}})},
        {0x100, pmt_section({.extension = 7, .version = 3}, 0x1F0, {{0x1B, 0x101}, {0x0F, 0x102}})},
        {0x11, sdt_section({{7, "Seven"}, {9, "Nine"}})},
        {0x10, long_section({.table_id = 0x40, .extension = 0x20FA}, nit_body)},
        {0x12, long_section({.table_id = 0x4E, .extension = 7}, eit_body)},
    };
    std::mt19937 random(1);
    for (int round = 0; round < 40; ++round) {
        Stream stream;
        // What does not fit the first time does when it is repeated.
        for (int repetition = 0; repetition < 3; ++repetition)
            for (const Piece& piece : pieces) (void)stream.add(piece.pid, piece.section);
        REQUIRE(stream.programs() == Numbers{7, 9});
        const analyzer::ProgramInfo& program = *stream.information.program(7);
        REQUIRE(program.pmt_pid == ts::Pid{0x100});
        REQUIRE(program.pmt_seen);
        REQUIRE(program.pmt_version == 3);
        REQUIRE(program.pcr_pid == ts::Pid{0x1F0});
        REQUIRE(program.streams.size() == 2);
        REQUIRE(program.service_name == "Seven");
        REQUIRE(program.service_type == 0x19);
        REQUIRE(program.channel_number == "12");
        REQUIRE(program.present.has_value());
        REQUIRE(program.present->name == "E");
        REQUIRE_FALSE(stream.information.program(9)->pmt_pid.has_value());
        const analyzer::NetworkInfo network = stream.information.network();
        REQUIRE(network.transport_stream_id == std::uint16_t{1});
        REQUIRE(network.network_id == std::uint16_t{0x20FA});
        REQUIRE(network.original_network_id == std::uint16_t{0x2001});
        REQUIRE(network.dvb);
        REQUIRE_FALSE(network.atsc);
        std::shuffle(pieces.begin(), pieces.end(), random);
    }
}

TEST_CASE("PIDs are used as tables and their numbers say") {
    Stream stream;
    const std::uint64_t before = stream.information.generation();
    (void)stream.add(0, pat_section({{0, 0x30}, {7, 0x100}, {8, 0x110}}));
    const ByteVector ecm = descriptor_bytes(0x09, ByteVector{0x05, 0x00, 0xE1, 0x7C});
    const ByteVector stream_ecm = descriptor_bytes(0x09, ByteVector{0x18, 0x11, 0xE1, 0x7D});
    (void)stream.add(0x100, pmt_section({.extension = 7}, 0x1F0, {{0x1B, 0x101, stream_ecm}, {0x86, 0x103}}, ecm));
    (void)stream.add(0x110, pmt_section({.extension = 8}, 0x101, {{0x1B, 0x101}}));
    (void)stream.add(1, long_section({.table_id = 1, .extension = 0xFFFF},
                                     descriptor_bytes(0x09, ByteVector{0x05, 0x00, 0xE0, 0xC0})));
    const ServiceInformation& si = stream.information;
    CHECK(si.generation() != before);
    const std::vector<std::pair<ts::Pid, PidUse>> uses = {{0, PidUse::pat},
                                                          {1, PidUse::cat},
                                                          {0x10, PidUse::nit},
                                                          {0x11, PidUse::sdt_bat},
                                                          {0x12, PidUse::eit},
                                                          {0x14, PidUse::tdt_tot},
                                                          {0x30, PidUse::network_information},
                                                          {0x100, PidUse::pmt},
                                                          {0x101, PidUse::elementary_stream},
                                                          {0x103, PidUse::elementary_stream},
                                                          {0x17C, PidUse::ecm},
                                                          {0x17D, PidUse::ecm},
                                                          {0x1F0, PidUse::pcr_only},
                                                          {0xC0, PidUse::emm},
                                                          {0x200, PidUse::unreferenced},
                                                          {0x1FFB, PidUse::unreferenced},
                                                          {0x1FFF, PidUse::null}};
    for (const auto& [pid, use] : uses) {
        CAPTURE(pid);
        CHECK(analyzer::key_name(si.use_of(pid)) == std::string(analyzer::key_name(use)));
    }
    for (const ts::Pid pid :
         std::vector<ts::Pid>{0, 1, 2, 0x10, 0x11, 0x12, 0x13, 0x14, 0x1E, 0x1F, 0x1FFB, 0x30, 0x100, 0x110, 0x103})
        CHECK(si.is_psi_pid(pid));
    for (const ts::Pid pid : std::vector<ts::Pid>{3, 0x15, 0x101, 0x17C, 0xC0, 0x1F0, 0x1FFF})
        CHECK_FALSE(si.is_psi_pid(pid));
    const auto programs = si.programs_of(0x101);
    CHECK(Numbers(programs.begin(), programs.end()) == Numbers{7, 8});
    CHECK(si.stream_of(0x103)->codec == analyzer::Codec::scte35);
    CHECK(si.stream_of(0x100) == nullptr);
    CHECK(si.network().ca_systems == Numbers{0x0500, 0x1811});
    CHECK(si.network().network_pid == ts::Pid{0x30});
    CHECK(si.referenced_pids() == std::vector<ts::Pid>{0x30, 0xC0, 0x100, 0x101, 0x103, 0x110, 0x17C, 0x17D, 0x1F0});
}

TEST_CASE("a repeated section is known, and nothing changes by it") {
    Stream stream;
    const ByteVector pat = pat_section({{7, 0x100}});
    const ByteVector pmt = pmt_section({.extension = 7}, 0x101, {{0x1B, 0x101}});
    CHECK(stream.add(0, pat) == SectionOutcome::taken);
    CHECK(stream.add(0x100, pmt) == SectionOutcome::taken);
    CHECK(stream.changes() ==
          Kinds{SiChangeKind::table_changed, SiChangeKind::program_added, SiChangeKind::table_changed});
    const std::uint64_t generation = stream.information.generation();
    for (int i = 0; i < 5; ++i) {
        CHECK(stream.add(0, pat) == SectionOutcome::repeated);
        CHECK(stream.add(0x100, pmt) == SectionOutcome::repeated);
    }
    CHECK(stream.changes().empty());
    CHECK(stream.information.generation() == generation);
    const auto tables = stream.information.tables();
    REQUIRE(tables.size() == 2);
    CHECK(tables[0].sections == 6);
    CHECK(tables[0].complete);
    CHECK(tables[0].interval_min_ns == 2'000'000'000);
    CHECK(tables[0].interval_max_ns == 2'000'000'000);
}

TEST_CASE("a section announced for later does not count yet") {
    Stream stream;
    (void)stream.add(0, pat_section({{7, 0x100}}));
    CHECK(stream.add(0, pat_section({{8, 0x100}}, {.extension = 1, .version = 1, .current = false})) ==
          SectionOutcome::not_current);
    CHECK(stream.programs() == Numbers{7});
    CHECK(stream.information.tables()[0].version == std::uint8_t{0});
}

TEST_CASE("a section with a wrong CRC is not looked into") {
    Stream stream;
    const ByteVector pat = pat_section({{7, 0x100}});
    CHECK(stream.information.add(0, Section(pat, SectionVerdict::crc_wrong, {}, {})) == SectionOutcome::ignored);
    CHECK(stream.programs().empty());
    CHECK(stream.information.tables().empty());
}

TEST_CASE("programs come with the first section that names them and go when the new version is complete") {
    Stream stream;
    const auto pat = [](std::uint8_t version, std::uint8_t number, std::uint8_t last,
                        const std::vector<Entry>& entries) {
        return pat_section(entries, {.extension = 1, .version = version, .number = number, .last_number = last});
    };
    (void)stream.add(0, pat(0, 0, 1, {{1, 0x101}, {2, 0x102}}));
    CHECK(stream.programs() == Numbers{1, 2});
    CHECK_FALSE(stream.information.tables()[0].complete);
    (void)stream.add(0, pat(0, 1, 1, {{3, 0x103}}));
    CHECK(stream.programs() == Numbers{1, 2, 3});
    CHECK(stream.information.tables()[0].complete);
    (void)stream.changes();

    (void)stream.add(0, pat(1, 1, 1, {{4, 0x104}}));
    CHECK(stream.programs() == Numbers{1, 2, 3, 4});
    CHECK(stream.changes() == Kinds{SiChangeKind::table_changed, SiChangeKind::program_added});
    (void)stream.add(0, pat(1, 0, 1, {{1, 0x101}}));
    CHECK(stream.programs() == Numbers{1, 4});
    CHECK(stream.changes() == Kinds{SiChangeKind::program_removed, SiChangeKind::program_removed});
    CHECK(stream.information.use_of(0x102) == PidUse::unreferenced);
    CHECK(stream.information.tables()[0].version_changes == 1);
}

TEST_CASE("a program that leaves and comes back is read anew") {
    Stream stream;
    const ByteVector pmt = pmt_section({.extension = 2}, 0x201, {{0x1B, 0x201}});
    (void)stream.add(0, pat_section({{1, 0x101}, {2, 0x102}}, {.extension = 1, .version = 0}));
    (void)stream.add(0x102, pmt);
    (void)stream.add(0, pat_section({{1, 0x101}}, {.extension = 1, .version = 1}));
    CHECK(stream.information.program(2) == nullptr);
    CHECK(stream.information.use_of(0x201) == PidUse::unreferenced);
    (void)stream.add(0, pat_section({{1, 0x101}, {2, 0x102}}, {.extension = 1, .version = 2}));
    (void)stream.add(0x102, pmt);
    REQUIRE(stream.information.program(2) != nullptr);
    CHECK(stream.information.program(2)->streams.size() == 1);
    CHECK(stream.information.use_of(0x201) == PidUse::elementary_stream);
}

TEST_CASE("a PMT that moves to another PID takes its streams along") {
    Stream stream;
    const ByteVector pmt = pmt_section({.extension = 1}, 0x201, {{0x1B, 0x201}});
    (void)stream.add(0, pat_section({{1, 0x101}}, {.extension = 1, .version = 0}));
    (void)stream.add(0x101, pmt);
    (void)stream.add(0, pat_section({{1, 0x102}}, {.extension = 1, .version = 1}));
    CHECK(stream.information.use_of(0x101) == PidUse::unreferenced);
    CHECK_FALSE(stream.information.program(1)->pmt_seen);
    // What the old PID says does not count any more.
    (void)stream.add(0x101, pmt);
    CHECK_FALSE(stream.information.program(1)->pmt_seen);
    (void)stream.add(0x102, pmt);
    CHECK(stream.information.program(1)->pmt_seen);
}

TEST_CASE("another transport stream takes the place of the one before, and back") {
    Stream stream;
    const ByteVector one = pat_section({{1, 0x101}}, {.extension = 1});
    const ByteVector two = pat_section({{2, 0x102}}, {.extension = 2});
    for (int i = 0; i < 3; ++i) {
        (void)stream.add(0, one);
        CHECK(stream.programs() == Numbers{1});
        CHECK(stream.information.network().transport_stream_id == std::uint16_t{1});
        (void)stream.add(0, two);
        CHECK(stream.programs() == Numbers{2});
    }
}

TEST_CASE("a PMT tells when its streams are others, and not when only its version is") {
    Stream stream;
    (void)stream.add(0, pat_section({{1, 0x101}}));
    (void)stream.add(0x101, pmt_section({.extension = 1, .version = 0}, 0x201, {{0x1B, 0x201}}));
    (void)stream.changes();
    const std::uint64_t generation = stream.information.generation();
    (void)stream.add(0x101, pmt_section({.extension = 1, .version = 1}, 0x201, {{0x1B, 0x201}}));
    CHECK(stream.changes() == Kinds{SiChangeKind::table_changed});
    CHECK(stream.information.generation() == generation);
    (void)stream.add(0x101, pmt_section({.extension = 1, .version = 2}, 0x201, {{0x24, 0x201}}));
    const auto changes = stream.information.take_changes();
    REQUIRE(changes.size() == 2);
    CHECK(changes[0].kind == SiChangeKind::table_changed);
    CHECK(changes[0].old_version == std::uint8_t{1});
    CHECK(changes[0].new_version == std::uint8_t{2});
    CHECK(changes[1].kind == SiChangeKind::streams_changed);
    CHECK(changes[1].program == std::uint16_t{1});
    CHECK(changes[1].timing.packet == 40);
    CHECK(stream.information.generation() != generation);
}

TEST_CASE("other content under the same version is taken, and said") {
    Stream stream;
    (void)stream.add(0, pat_section({{1, 0x101}}));
    (void)stream.changes();
    CHECK(stream.add(0, pat_section({{2, 0x102}})) == SectionOutcome::taken);
    CHECK(stream.programs() == Numbers{2});
    const auto changes = stream.information.take_changes();
    REQUIRE(changes.size() == 3);
    CHECK(changes[0].old_version == changes[0].new_version);
    CHECK(stream.information.tables()[0].version_changes == 0);
}

TEST_CASE("a program in the SDT alone goes when a newer SDT does not have it") {
    Stream stream;
    (void)stream.add(0, pat_section({{1, 0x101}}));
    (void)stream.add(0x11, sdt_section({{1, "One"}, {2, "Two"}}, {.extension = 1, .version = 0}));
    CHECK(stream.programs() == Numbers{1, 2});
    (void)stream.add(0x11, sdt_section({{1, "Uno"}}, {.extension = 1, .version = 1}));
    CHECK(stream.programs() == Numbers{1});
    CHECK(stream.information.program(1)->service_name == "Uno");
    // That of another transport stream names nothing here.
    (void)stream.add(0x11, sdt_section({{1, "Other"}, {3, "Three"}}, {.table_id = table::sdt_other, .extension = 2}));
    CHECK(stream.programs() == Numbers{1});
    CHECK(stream.information.program(1)->service_name == "Uno");
}

TEST_CASE("tables on PIDs that are not theirs are listed and mean nothing") {
    Stream stream;
    (void)stream.add(0, pat_section({{1, 0x101}}));
    (void)stream.add(0x11, pat_section({{2, 0x102}}));
    (void)stream.add(0x12, sdt_section({{3, "Three"}}));
    (void)stream.add(0x101, pmt_section({.extension = 5}, 0x201, {{0x1B, 0x201}}));
    CHECK(stream.programs() == Numbers{1});
    CHECK(stream.information.use_of(0x201) == PidUse::unreferenced);
    CHECK(stream.information.tables().size() == 4);
}

TEST_CASE("what contradicts itself is said at each repetition, and what is sound in it is taken") {
    Stream stream;
    const ByteVector doubled = pat_section({{1, 0x101}, {1, 0x102}, {2, 0x005}});
    CHECK(stream.add(0, doubled) == SectionOutcome::malformed);
    CHECK(stream.add(0, doubled) == SectionOutcome::malformed);
    CHECK(stream.programs() == Numbers{1});
    CHECK(stream.information.program(1)->pmt_pid == ts::Pid{0x101});
    ByteVector cut = {0xE2, 0x01, 0xF0, 0, 0x1B, 0xE2, 0x01, 0xF0, 0, 0x0F, 0xE2, 0x02, 0xF0, 9};
    CHECK(stream.add(0x101, long_section({.table_id = 2, .extension = 1}, cut)) == SectionOutcome::malformed);
    CHECK(stream.information.program(1)->streams.size() == 2);
    CHECK(stream.add(0x101, pmt_section({.extension = 1, .number = 3, .last_number = 2}, 0x201, {})) ==
          SectionOutcome::malformed);
}

TEST_CASE("ATSC: channels, their names and the PIDs of guide tables") {
    Stream stream;
    (void)stream.add(0, pat_section({{3, 0x30}}));
    ByteVector body = {0, 1};
    for (const char letter : std::string_view("WNBC\0\0\0", 7)) put_u16(body, static_cast<unsigned char>(letter));
    append(body, ByteVector{0xF0, 0x10, 0x01, 4, 0, 0, 0, 0, 0, 1, 0, 3, 0x0D, 0xC2, 0, 5, 0xFC, 0});
    append(body, ByteVector{0xFC, 0});
    (void)stream.add(0x1FFB, long_section({.table_id = 0xC8, .extension = 1}, body));
    (void)stream.add(0x1FFB, long_section({.table_id = 0xC7},
                                          {0,    0,    2,    0x01, 0x00, 0xFD, 0x00, 0xE0, 0, 0,    0, 9,    0xF0, 0,
                                           0x02, 0x00, 0xFE, 0x00, 0xE0, 0,    0,    0,    9, 0xF0, 0, 0xF0, 0}));
    (void)stream.add(0x1FFB, long_section({.table_id = 0xCD}, {0, 0x4B, 0x36, 0xA3, 0x92, 18, 0, 0}));
    CHECK(stream.information.network().atsc);
    CHECK_FALSE(stream.information.network().dvb);
    CHECK(stream.information.network().utc_time == UnixTime{std::chrono::seconds(1577836800)});
    CHECK(stream.information.program(3)->service_name == "WNBC");
    CHECK(stream.information.program(3)->channel_number == "4.1");
    CHECK(stream.information.use_of(0x1FFB) == PidUse::psip);
    CHECK(stream.information.use_of(0x1D00) == PidUse::psip);
    CHECK(stream.information.use_of(0x1E00) == PidUse::psip);
    CHECK(stream.information.is_psi_pid(0x1D00));
    CHECK_FALSE(stream.information.is_psi_pid(0x1E00));
}

TEST_CASE("an EIT schedule is complete without the sections that its segments leave out") {
    Stream stream;
    const auto eit = [](std::uint8_t number, std::uint8_t segment_last) {
        return long_section({.table_id = 0x50, .extension = 7, .number = number, .last_number = 9},
                            {0, 1, 0, 2, segment_last, 0x50});
    };
    (void)stream.add(0x12, eit(0, 1));
    (void)stream.add(0x12, eit(1, 1));
    CHECK_FALSE(stream.information.tables()[0].complete);
    (void)stream.add(0x12, eit(8, 8));
    CHECK(stream.information.tables()[0].complete);
    CHECK(stream.changes().empty());
}

TEST_CASE("a splice_info_section and the time come without versions") {
    Stream stream;
    (void)stream.add(0x14, short_section(table::tdt, {0xC0, 0x79, 0x12, 0x45, 0x00}));
    (void)stream.add(0x14, short_section(table::tdt, {0xC0, 0x79, 0x12, 0x45, 0x30}));
    CHECK(stream.information.network().utc_time == UnixTime{std::chrono::seconds(750516330)});
    const auto tables = stream.information.tables();
    REQUIRE(tables.size() == 1);
    CHECK_FALSE(tables[0].version.has_value());
    CHECK_FALSE(tables[0].table_id_extension.has_value());
    CHECK(tables[0].sections == 2);
    CHECK(tables[0].interval_last_ns == 1'000'000'000);
    CHECK(stream.add(0x14, short_section(table::tdt, {0xC0, 0x79, 0x99, 0x45, 0x00})) == SectionOutcome::malformed);
    CHECK(stream.add(0x14, short_section(table::stuffing, {1, 2})) == SectionOutcome::ignored);
}

TEST_CASE("a PAT with 5,000 programs is followed as far as the cap, and the rest counted") {
    Stream stream;
    const auto play = [&](std::uint8_t version) {
        std::vector<Entry> entries;
        std::uint8_t number = 0;
        for (unsigned program = 1; program <= 5000; ++program) {
            entries.push_back({static_cast<std::uint16_t>(program), static_cast<ts::Pid>(0x20 + program)});
            if (entries.size() < 250) continue;
            (void)stream.add(
                0, pat_section(entries, {.extension = 1, .version = version, .number = number++, .last_number = 19}));
            entries.clear();
        }
    };
    for (const std::uint8_t version : {std::uint8_t{0}, std::uint8_t{0}, std::uint8_t{1}}) {
        play(version);
        CHECK(stream.programs().size() == 1024);
        const auto limits = stream.information.limits();
        REQUIRE(limits.size() == 1);
        CHECK(limits[0].what == "programs");
        CHECK(limits[0].cap == 1024);
        CHECK(limits[0].left_out == 3976);
    }
}

TEST_CASE("each cap that is hit is told") {
    Stream stream({.programs = 2, .streams_per_program = 3, .tables = 8, .pending_events = 4});
    (void)stream.add(0, pat_section({{1, 0x101}, {2, 0x102}}));
    (void)stream.add(0x11, sdt_section({{1, "One"}, {3, "Three"}}));
    CHECK(stream.programs() == Numbers{1, 2});
    (void)stream.add(
        0x101, pmt_section({.extension = 1}, 0x201, {{2, 0x201}, {3, 0x202}, {3, 0x203}, {3, 0x204}, {3, 0x205}}));
    CHECK(stream.information.program(1)->streams.size() == 3);
    // Schedules may not take the last tables.
    SectionOutcome outcome{};
    for (std::uint16_t service = 0; service < 10; ++service)
        outcome = stream.add(0x12, long_section({.table_id = 0x50, .extension = service}, {0, 1, 0, 2, 0, 0x50}));
    CHECK(outcome == SectionOutcome::left_out);
    CHECK(stream.add(0x102, pmt_section({.extension = 2}, 0x301, {})) == SectionOutcome::taken);
    std::vector<std::string> told;
    for (const analyzer::Limit& limit : stream.information.limits()) told.push_back(limit.what);
    CHECK(told == std::vector<std::string>{"programs", "streams", "tables", "changes"});
}

TEST_CASE("hostile sections in any order keep the books straight") {
    std::mt19937 random(5);
    const auto pick = [&](unsigned below) { return static_cast<unsigned>(random()) % below; };
    Stream stream({.programs = 6, .streams_per_program = 4, .tables = 30, .pending_events = 10});
    for (int round = 0; round < 60'000; ++round) {
        Header header{.extension = static_cast<std::uint16_t>(pick(4)),
                      .version = static_cast<std::uint8_t>(pick(3)),
                      .number = static_cast<std::uint8_t>(pick(3)),
                      .last_number = static_cast<std::uint8_t>(pick(3)),
                      .current = pick(10) != 0};
        std::vector<Entry> entries;
        std::vector<StreamEntry> streams;
        for (unsigned i = pick(6); i > 0; --i) {
            const auto pid = static_cast<ts::Pid>(0x0E + pick(12));
            entries.push_back({static_cast<std::uint16_t>(pick(6)), pid});
            streams.push_back(
                {static_cast<std::uint8_t>(pick(2) == 0 ? 0x86 : 0x1B), pid,
                 descriptor_bytes(0x09, ByteVector{0, 1, 0xE0, static_cast<std::uint8_t>(0x10 + pick(9))})});
        }
        switch (pick(4)) {
            case 0: (void)stream.add(0, pat_section(entries, header)); break;
            case 1: (void)stream.add(static_cast<ts::Pid>(0x10 + pick(10)), pmt_section(header, 0x11, streams)); break;
            case 2: (void)stream.add(0x11, sdt_section({{static_cast<std::uint16_t>(pick(6)), "x"}}, header)); break;
            default:
                header.table_id = static_cast<std::uint8_t>(pick(256));
                (void)stream.add(static_cast<ts::Pid>(pick(0x20)), long_section(header, ByteVector(pick(40), 0x11)));
        }
        REQUIRE(stream.programs().size() <= 6);
    }
    // With every program gone no PID is referred to any more.
    for (std::uint8_t version : {std::uint8_t{30}, std::uint8_t{31}}) {
        (void)stream.add(0, pat_section({}, {.extension = 1, .version = version}));
        (void)stream.add(1, long_section({.table_id = 1, .extension = 1, .version = version}, {}));
    }
    CHECK(stream.information.referenced_pids().empty());
    for (ts::Pid pid = 0; pid < ts::pid_count; ++pid) REQUIRE(stream.information.programs_of(pid).empty());
}

}  // namespace
}  // namespace muxtap::psi
