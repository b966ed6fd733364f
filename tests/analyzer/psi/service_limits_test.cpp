#include <catch2/catch.hpp>
#include <random>

#include "tests/analyzer/psi/section_stream.h"

namespace muxtap::psi {
namespace {

using namespace muxtap::psi::test;

TEST_CASE("a PAT with 5,000 programs is followed as far as the cap, and the rest counted") {
    SectionStream stream;
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
    SectionStream stream({.programs = 2, .streams_per_program = 3, .tables = 8, .pending_events = 4});
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

TEST_CASE("a CAT with more EMMs than are followed says so") {
    SectionStream stream;
    std::uint8_t number = 0;
    for (unsigned pid = 0x100; pid < 0x100 + 300; ++number) {
        ByteVector body;
        for (unsigned end = pid + 150; pid < end; ++pid) {
            const ByteVector where = {5, 0, static_cast<std::uint8_t>(0xE0U | pid >> 8),
                                      static_cast<std::uint8_t>(pid)};
            append(body, descriptor_bytes(0x09, where));
        }
        (void)stream.add(1, long_section({.table_id = 1, .number = number, .last_number = 1}, body));
    }
    REQUIRE(stream.information.limits().size() == 1);
    CHECK(stream.information.limits()[0].what == "emms");
    CHECK(stream.information.limits()[0].left_out == 300 - 256);
}

TEST_CASE("hostile sections in any order keep the books straight") {
    std::mt19937 random(5);
    const auto pick = [&](unsigned below) { return static_cast<unsigned>(random()) % below; };
    SectionStream stream({.programs = 6, .streams_per_program = 4, .tables = 30, .pending_events = 10});
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
