#include <catch2/catch.hpp>

#include "analyzer/psi/service_information.h"
#include "tests/analyzer/psi/sections.h"
#include "tests/support/allocation_counter.h"

namespace muxtap::psi {
namespace {

using namespace muxtap::psi::test;
using muxtap::test::allocations_during;

TEST_CASE("sections that repeat allocate nothing, however they lie in the packets") {
    ByteVector event = {0, 1, 0, 2, 0, 0x4E, 0x12, 0x34, 0xC0, 0x79, 0x12, 0x45, 0x00, 0x01, 0x30, 0x00, 0x80, 9};
    append(event, descriptor_bytes(0x4D, ByteVector{'e', 'n', 'g', 1, 'E', 1, 'x'}));
    struct Line {
        ts::Pid pid;
        std::vector<Payload> payloads;
        SectionAssembler assembler;
    };
    std::vector<Line> lines;
    lines.push_back({0, payloads_of({pat_section({{0, 0x10}, {7, 0x100}})}), {}});
    lines.push_back({0x100, payloads_of({pmt_section({.extension = 7}, 0x101, {{0x1B, 0x101}, {0x0F, 0x102}})}), {}});
    lines.push_back({0x11,
                     payloads_of({sdt_section({{7, std::string(200, 'n')}}),
                                  sdt_section({{8, "n"}}, {.table_id = table::sdt_other, .extension = 4})}),
                     {}});
    lines.push_back({0x12, payloads_of({long_section({.table_id = 0x4E, .extension = 7}, event)}), {}});
    lines.push_back(
        {0x12, payloads_of({long_section({.table_id = 0x50, .extension = 7}, ByteVector(3000, 1))}, 70), {}});
    lines.push_back({0x14, payloads_of({short_section(table::tdt, {0xC0, 0x79, 0x12, 0x45, 0x00})}), {}});
    ServiceInformation information{analyzer::Caps{}};
    std::uint64_t packet = 0;
    std::uint64_t sections = 0;
    const auto play = [&] {
        for (Line& line : lines)
            for (const Payload& payload : line.payloads) {
                const SectionTiming now{UnixTime{std::chrono::microseconds(++packet)}, packet};
                line.assembler.add(payload.bytes, payload.unit_start, now, [&](const Section& section) {
                    ++sections;
                    (void)information.add(line.pid, section);
                });
            }
    };
    // Twice: what depends on a table that came later is taken the second time.
    play();
    play();
    play();
    const std::uint64_t before = sections;
    CHECK(allocations_during([&] {
              for (int i = 0; i < 50; ++i) play();
          }) == 0);
    CHECK(sections - before == 50 * 7);
    CHECK(information.program(7)->present.has_value());
}

}  // namespace
}  // namespace muxtap::psi
