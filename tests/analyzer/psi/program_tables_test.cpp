#include <catch2/catch.hpp>

#include "tests/analyzer/psi/section_stream.h"

namespace muxtap::psi {
namespace {

using namespace muxtap::psi::test;
using analyzer::PidUse;

TEST_CASE("programs come with the first section that names them and go when the new version is complete") {
    SectionStream stream;
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
    SectionStream stream;
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
    SectionStream stream;
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
    SectionStream stream;
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
    SectionStream stream;
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
    SectionStream stream;
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
    SectionStream stream;
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

TEST_CASE("what a NIT gave goes with it") {
    SectionStream stream;
    (void)stream.add(0, pat_section({{0, 0x10}, {7, 0x100}}));
    const ByteVector with = {0xF0, 4, 0x40, 2, 'N', 'w', 0xF0, 12, 0, 1, 0x20, 0x01, 0xF0, 6, 0x83, 4, 0, 7, 0xFC, 12};
    const ByteVector without = {0xF0, 0, 0xF0, 6, 0, 1, 0x20, 0x01, 0xF0, 0};
    (void)stream.add(0x10, long_section({.table_id = 0x40, .extension = 9, .version = 1}, with));
    CHECK(stream.information.program(7)->channel_number == "12");
    CHECK(stream.information.network().network_name == "Nw");
    (void)stream.add(0x10, long_section({.table_id = 0x40, .extension = 9, .version = 2}, without));
    CHECK(stream.information.program(7)->channel_number.empty());
    CHECK(stream.information.network().network_name.empty());
    (void)stream.add(0, pat_section({{7, 0x100}}, {.extension = 1, .version = 1}));
    CHECK_FALSE(stream.information.network().network_pid.has_value());
}

TEST_CASE("EMM PIDs are those of the newest CAT") {
    SectionStream stream;
    const auto cat = [](std::uint8_t version, std::uint8_t pid) {
        return long_section({.table_id = 1, .extension = 0xFFFF, .version = version},
                            descriptor_bytes(0x09, ByteVector{5, 0, 0xE0, pid}));
    };
    (void)stream.add(1, cat(0, 0xC0));
    CHECK(stream.information.use_of(0xC0) == PidUse::emm);
    (void)stream.add(1, cat(1, 0xC1));
    CHECK(stream.information.use_of(0xC0) == PidUse::unreferenced);
    CHECK(stream.information.use_of(0xC1) == PidUse::emm);
    CHECK(stream.information.network().ca_systems == Numbers{0x0500});
}

}  // namespace
}  // namespace muxtap::psi
