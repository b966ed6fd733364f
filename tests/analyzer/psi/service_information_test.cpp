#include <catch2/catch.hpp>
#include <random>

#include "tests/analyzer/psi/section_stream.h"

namespace muxtap::psi {
namespace {

using namespace muxtap::psi::test;
using analyzer::PidUse;

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
        SectionStream stream;
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
    SectionStream stream;
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

TEST_CASE("pictures on a PID where DVB has tables are no sections") {
    SectionStream stream;
    CHECK(stream.information.is_psi_pid(0x11));
    (void)stream.add(0, pat_section({{1, 0x10}}));
    (void)stream.add(0x10, pmt_section({.extension = 1}, 0x11, {{0x1B, 0x11}, {0x0F, 0x1FFB}}));
    CHECK(stream.information.is_psi_pid(0x10));
    CHECK(stream.information.use_of(0x10) == PidUse::pmt);
    CHECK_FALSE(stream.information.is_psi_pid(0x11));
    CHECK(stream.information.use_of(0x11) == PidUse::elementary_stream);
    CHECK_FALSE(stream.information.is_psi_pid(0x1FFB));
}

TEST_CASE("a repeated section is known, and nothing changes by it") {
    SectionStream stream;
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
    SectionStream stream;
    (void)stream.add(0, pat_section({{7, 0x100}}));
    CHECK(stream.add(0, pat_section({{8, 0x100}}, {.extension = 1, .version = 1, .current = false})) ==
          SectionOutcome::not_current);
    CHECK(stream.programs() == Numbers{7});
    CHECK(stream.information.tables()[0].version == std::uint8_t{0});
}

TEST_CASE("a section with a wrong CRC is not looked into") {
    SectionStream stream;
    const ByteVector pat = pat_section({{7, 0x100}});
    CHECK(stream.information.add(0, Section(pat, SectionVerdict::crc_wrong, {}, {})) == SectionOutcome::ignored);
    CHECK(stream.programs().empty());
    CHECK(stream.information.tables().empty());
}

TEST_CASE("tables on PIDs that are not theirs are listed and mean nothing") {
    SectionStream stream;
    (void)stream.add(0, pat_section({{1, 0x101}}));
    (void)stream.add(0x11, pat_section({{2, 0x102}}));
    (void)stream.add(0x12, sdt_section({{3, "Three"}}));
    (void)stream.add(0x101, pmt_section({.extension = 5}, 0x201, {{0x1B, 0x201}}));
    CHECK(stream.programs() == Numbers{1});
    CHECK(stream.information.use_of(0x201) == PidUse::unreferenced);
    CHECK(stream.information.tables().size() == 4);
}

TEST_CASE("what contradicts itself is said at each repetition, and what is sound in it is taken") {
    SectionStream stream;
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
    SectionStream stream;
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
    SectionStream stream;
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
    SectionStream stream;
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

}  // namespace
}  // namespace muxtap::psi
