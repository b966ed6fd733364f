#include "analyzer/psi/section_assembler.h"

#include <catch2/catch.hpp>

#include "tests/analyzer/psi/sections.h"

namespace muxtap::psi {
namespace {

using namespace muxtap::psi::test;
using analyzer::SectionDamage;

ByteVector sized_section(std::uint8_t table_id, std::size_t size, std::uint8_t version = 0) {
    ByteVector body(size - 12);
    for (std::size_t i = 0; i < body.size(); ++i) body[i] = static_cast<std::uint8_t>(i * 7 + size);
    return long_section({.table_id = table_id, .extension = 5, .version = version}, body);
}

TEST_CASE("the fields of a section are where the standard puts them") {
    const ByteVector bytes = long_section(
        {.table_id = 0x42, .extension = 0xABCD, .version = 21, .number = 3, .last_number = 7, .current = false},
        {9, 8});
    const Section section = view_of(bytes);
    CHECK(section.table_id() == 0x42);
    CHECK(section.section_syntax_indicator());
    CHECK_FALSE(section.private_indicator());
    CHECK(section.section_length() == 11);
    CHECK(section.table_id_extension() == 0xABCD);
    CHECK(section.version_number() == 21);
    CHECK_FALSE(section.current_next_indicator());
    CHECK(section.section_number() == 3);
    CHECK(section.last_section_number() == 7);
    CHECK(ByteVector(section.body().begin(), section.body().end()) == ByteVector{9, 8});
}

TEST_CASE("the same sections come out wherever the packets are cut") {
    const std::vector<ByteVector> sections = {pat_section({{1, 0x100}}),
                                              sized_section(0x02, 183),
                                              sized_section(0x02, 184),
                                              sized_section(0x42, 1024),
                                              short_section(0x70, {1, 2, 3, 4, 5}),
                                              sized_section(0x4E, 4096),
                                              sized_section(0x02, 12)};
    for (std::size_t size = 2; size <= 184; ++size) {
        SectionAssembler assembler;
        Assembled assembled;
        feed(assembler, payloads_of(sections, size), assembled);
        CAPTURE(size);
        REQUIRE(assembled.sections == sections);
        REQUIRE(assembler.damage() == SectionDamage{});
    }
}

TEST_CASE("a section knows the packets of its first and its last byte") {
    SectionAssembler assembler;
    Assembled assembled;
    feed(assembler, payloads_of({sized_section(0x02, 400), sized_section(0x02, 20)}), assembled, 10);
    REQUIRE(assembled.sections.size() == 2);
    CHECK(assembled.first[0].packet == 10);
    CHECK(assembled.last[0].packet == 12);
    CHECK(assembled.first[1] == assembled.last[1]);
    CHECK(assembled.last[1].packet == 12);
    CHECK(assembled.last[1].time == UnixTime{std::chrono::milliseconds(12)});
}

TEST_CASE("a section in one packet is handed on where it lies") {
    const auto payloads = payloads_of({pat_section({{1, 0x100}})});
    SectionAssembler assembler;
    assembler.add(payloads[0].bytes, true, {},
                  [&](const Section& section) { CHECK(section.bytes().data() == payloads[0].bytes.data() + 1); });
}

TEST_CASE("a changed byte makes the CRC wrong and is reported with the section") {
    const ByteVector good = sized_section(0x02, 300);
    // Neither table_id nor section_length, which make it another section.
    for (std::size_t at = 3; at < good.size(); at += 11) {
        ByteVector bad = good;
        bad[at] ^= 0x10;
        SectionAssembler assembler;
        Assembled assembled;
        feed(assembler, payloads_of({bad, good}), assembled);
        CAPTURE(at);
        REQUIRE(assembled.sections.size() == 2);
        REQUIRE(assembled.verdicts[0] == SectionVerdict::crc_wrong);
        REQUIRE(assembled.verdicts[1] == SectionVerdict::ok);
        REQUIRE(assembler.damage() == SectionDamage{.crc = 1});
    }
}

TEST_CASE("which sections have a CRC") {
    const auto judge = [](ByteVector section) {
        SectionAssembler assembler;
        Assembled assembled;
        feed(assembler, payloads_of({section}), assembled);
        REQUIRE(assembled.verdicts.size() == 1);
        return assembled.verdicts[0];
    };
    ByteVector body = {0xE0, 0x00, 0x12, 0x00, 0x00, 0xF0, 0x00};
    // The length counts the four bytes of the CRC that follows.
    for (const std::uint8_t id : {table::tot, table::splice_info}) {
        ByteVector section = short_section(id, body);
        section[2] = static_cast<std::uint8_t>(section[2] + 4);
        put_crc(section);
        CHECK(judge(section) == SectionVerdict::ok);
        section[5] ^= 1;
        CHECK(judge(section) == SectionVerdict::crc_wrong);
    }
    CHECK(judge(short_section(table::tdt, {1, 2, 3, 4, 5})) == SectionVerdict::ok);
    ByteVector stuffing = sized_section(table::stuffing, 40);
    stuffing[20] ^= 1;
    CHECK(judge(stuffing) == SectionVerdict::ok);
}

TEST_CASE("what is lost, and why") {
    struct Row {
        const char* name;
        std::vector<Payload> payloads;
        std::size_t sections;
        SectionDamage damage;
    };
    const ByteVector small = pat_section({{1, 0x100}});
    const ByteVector large = sized_section(0x02, 400);
    const auto filled = [](ByteVector bytes) {
        bytes.resize(184, 0xFF);
        return bytes;
    };
    const auto with_pointer = [&](std::uint8_t pointer, const ByteVector& rest) {
        ByteVector bytes{pointer};
        append(bytes, rest);
        return Payload{filled(bytes), true};
    };
    auto started = payloads_of({large});
    auto unfinished = started;
    unfinished.pop_back();
    unfinished.push_back(with_pointer(0, small));
    auto missing_pointer = started;
    std::copy(small.begin(), small.end(), missing_pointer.back().bytes.begin() + (400 - 183 - 184));
    auto too_far = started;
    too_far.back() = {filled(missing_pointer.back().bytes), true};
    too_far.back().bytes.insert(too_far.back().bytes.begin(), 60);
    too_far.back().bytes.resize(184);
    ByteVector too_long = small;
    too_long[1] = 0xB3;
    too_long[2] = 0xFE;                                      // 1022
    ByteVector longest = {0x4E, 0xFF, 0xFE, 0, 0, 0, 0, 0};  // 4094
    ByteVector too_short = small;
    too_short[2] = 8;
    ByteVector no_syntax = small;
    no_syntax[1] &= 0x7F;
    const std::vector<Row> rows = {
        {"nothing wrong", started, 1, {}},
        {"start missed", {started.begin() + 1, started.end()}, 0, {}},
        {"end never came", unfinished, 1, {.interrupted = 1}},
        {"pointer behind the packet", {with_pointer(183, small), with_pointer(0, small)}, 1, {.bad_pointer = 1}},
        {"pointer behind a packet, section running",
         {started[0], with_pointer(250, {})},
         0,
         {.interrupted = 1, .bad_pointer = 1}},
        {"section without pointer", missing_pointer, 1, {.bad_pointer = 1}},
        {"pointer skips bytes behind the running section", too_far, 1, {.bad_pointer = 1}},
        {"section longer than its table may be",
         {with_pointer(0, too_long), with_pointer(0, small)},
         1,
         {.too_long = 1}},
        {"section longer than any may be", {with_pointer(0, longest), with_pointer(0, small)}, 1, {.too_long = 1}},
        {"too short for its header", {with_pointer(0, too_short)}, 0, {.malformed = 1}},
        {"PAT without section syntax", {with_pointer(0, no_syntax)}, 0, {.malformed = 1}},
        {"zeros", {with_pointer(0, ByteVector(183, 0))}, 0, {.malformed = 1}},
        {"stuffing only", {with_pointer(0, {})}, 0, {}},
        {"empty payload", {Payload{{}, true}, Payload{{}, false}}, 0, {}},
    };
    for (const Row& row : rows) {
        INFO(row.name);
        SectionAssembler assembler;
        Assembled assembled;
        feed(assembler, row.payloads, assembled);
        CHECK(assembled.sections.size() == row.sections);
        const SectionDamage& damage = assembler.damage();
        CHECK(damage.crc == row.damage.crc);
        CHECK(damage.too_long == row.damage.too_long);
        CHECK(damage.interrupted == row.damage.interrupted);
        CHECK(damage.bad_pointer == row.damage.bad_pointer);
        CHECK(damage.malformed == row.damage.malformed);
    }
}

TEST_CASE("lost continuity loses the running section and no other") {
    const ByteVector large = sized_section(0x02, 400);
    const auto payloads = payloads_of({large});
    SectionAssembler assembler;
    Assembled assembled;
    assembler.interrupt();
    CHECK(assembler.damage() == SectionDamage{});
    feed(assembler, {payloads[0]}, assembled);
    assembler.interrupt();
    feed(assembler, {payloads[2]}, assembled);
    CHECK(assembled.sections.empty());
    feed(assembler, payloads, assembled);
    CHECK(assembled.sections == std::vector<ByteVector>{large});
    CHECK(assembler.damage() == SectionDamage{.interrupted = 1});
}

TEST_CASE("no packet however made reaches outside") {
    std::uint32_t state = 1;
    const auto random = [&] { return state = state * 1664525U + 1013904223U, static_cast<std::uint8_t>(state >> 24); };
    SectionAssembler assembler;
    std::size_t bytes = 0;
    for (int round = 0; round < 200'000; ++round) {
        ByteVector payload(random() % 185U);
        for (std::uint8_t& byte : payload) byte = (random() & 3U) == 0 ? 0xFF : random();
        if (payload.size() > 4) payload[0] &= 0x1F;
        assembler.add(payload, (random() & 1U) != 0, {},
                      [&](const Section& section) { bytes += section.body().size(); });
    }
    CHECK(bytes > 0);
}

}  // namespace
}  // namespace muxtap::psi
