#include "analyzer/scte35/splice_watch.h"

#include <catch2/catch.hpp>

#include "tests/analyzer/scte35/sections.h"

namespace muxtap::scte35 {
namespace {

using std::chrono::seconds;
using test::section_of;
using Verdict = SpliceWatch::Verdict;

std::vector<std::uint8_t> timed(std::uint8_t event, std::uint8_t pts) {
    return section_of({.command_type = 5,
                       .command = {0, 0, 0, event, 0x7F, 0xCF, 0xFE, 0, 0, 0, pts, 0, 0, 0, 0},
                       .descriptors = {}});
}
std::vector<std::uint8_t> immediate(std::uint8_t flags) {
    return section_of({.command_type = 5, .command = {0, 0, 0, 1, 0x7F, flags, 0, 0, 0, 0}, .descriptors = {}});
}

UnixTime at(std::int64_t second) {
    return from_unix_ns(second * 1'000'000'000);
}

TEST_CASE("a section that is repeated is one event, splice_null is none") {
    struct Row {
        const char* name;
        std::vector<std::pair<std::vector<std::uint8_t>, std::int64_t>> sections;
        std::vector<Verdict> expected;
    };
    constexpr std::uint8_t out = 0xDF;
    constexpr std::uint8_t in = 0x5F;
    const std::vector<Row> rows = {
        {"heartbeats", {{section_of({}), 0}, {section_of({}), 5}}, {Verdict::null, Verdict::null}},
        {"repeated before its time",
         {{timed(1, 1), 0}, {timed(1, 1), 2}, {timed(1, 1), 50}, {timed(1, 1), 100}},
         {Verdict::event, Verdict::repetition, Verdict::repetition, Verdict::repetition}},
        {"same event, other time", {{timed(1, 1), 0}, {timed(1, 2), 1}}, {Verdict::event, Verdict::event}},
        {"same time, other event", {{timed(1, 1), 0}, {timed(2, 1), 1}}, {Verdict::event, Verdict::event}},
        {"in between others",
         {{timed(1, 1), 0}, {section_of({}), 1}, {timed(2, 1), 1}, {timed(1, 1), 2}},
         {Verdict::event, Verdict::null, Verdict::event, Verdict::repetition}},
        {"again after more than a minute", {{timed(1, 1), 0}, {timed(1, 1), 61}}, {Verdict::event, Verdict::event}},
        {"now, and now once more",
         {{immediate(out), 0}, {immediate(out), 1}, {immediate(out), 12}},
         {Verdict::event, Verdict::repetition, Verdict::event}},
        {"out and in under one number",
         {{immediate(out), 0}, {immediate(in), 30}, {immediate(out), 60}},
         {Verdict::event, Verdict::event, Verdict::event}},
    };
    for (const Row& row : rows) {
        INFO(row.name);
        SpliceWatch watch;
        std::vector<Verdict> verdicts;
        for (const auto& [section, second] : row.sections) verdicts.push_back(watch.look(section, at(second)));
        CHECK(verdicts == row.expected);
        CHECK(watch.nulls() + watch.events() + watch.repetitions() == row.sections.size());
    }
}

TEST_CASE("only so many sections are remembered, the oldest are forgotten") {
    SpliceWatch watch;
    for (std::uint8_t event = 0; event < 17; ++event) CHECK(watch.look(timed(event, 1), at(event)) == Verdict::event);
    CHECK(watch.look(timed(1, 1), at(20)) == Verdict::repetition);
    CHECK(watch.look(timed(0, 1), at(20)) == Verdict::event);
    CHECK(watch.look(timed(16, 1), at(20)) == Verdict::repetition);
}

TEST_CASE("an encrypted or short section is never a splice_null") {
    SpliceWatch watch;
    auto encrypted = section_of({});
    encrypted[4] = 0x80;
    CHECK(watch.look(encrypted, at(0)) == Verdict::event);
    for (std::size_t size = 0; size < 14; ++size)
        CHECK(watch.look(ByteView(encrypted).first(size), at(0)) == Verdict::event);
    for (std::size_t size = 14; size < 26; ++size) (void)watch.look(ByteView(timed(1, 1)).first(size), at(0));
}

}  // namespace
}  // namespace muxtap::scte35
