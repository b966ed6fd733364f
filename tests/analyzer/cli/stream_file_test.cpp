#include "analyzer/cli/stream_file.h"

#include <catch2/catch.hpp>
#include <fstream>

#include "common/ts/pcr.h"
#include "tests/analyzer/cli/fake_analyzer.h"
#include "tests/support/temp_folder.h"
#include "tests/support/ts_packets.h"

using namespace muxtap;
using namespace muxtap::analyze;
using test::ByteVector;

namespace {

/// Packets of 188 bytes at 1.504 Mb/s, 1000 a second; a PCR in every twentieth.
ByteVector timed_packets(std::size_t count) {
    ByteVector bytes = test::packet_run(count);
    for (std::size_t i = 0; i < count; i += 20) {
        std::uint8_t* const packet = &bytes[i * 188];
        packet[3] = static_cast<std::uint8_t>(0x30U | (i & 15U));
        packet[4] = 7;
        packet[5] = 0x10;
        ts::Pcr::from_ticks(i * 27'000).encode(std::span<std::uint8_t, 6>(packet + 6, 6));
    }
    return bytes;
}

struct Outcome {
    Result<InputResult> result;
    std::vector<std::string> blocks;
};

Outcome analyze_bytes(const ByteVector& bytes, std::size_t piece = 1 << 20, std::optional<std::uint64_t> bitrate = {}) {
    const test::TempFolder folder;
    const std::string path = folder.write("a.ts", bytes);
    auto input = open_input(path);
    REQUIRE(input.has_value());
    Outcome outcome;
    StreamFileSettings settings;
    settings.subject.on_event = [&](const std::string&, const analyzer::Event& event) {
        outcome.blocks.push_back(event.text);
    };
    settings.piece_bytes = piece;
    settings.bitrate = bitrate;
    Progress progress(false, path, 0);
    outcome.result = analyze_stream_file(std::move(*input), settings, progress, {});
    return outcome;
}

}  // namespace

TEST_CASE("packets get their times from the PCRs") {
    const Outcome outcome = analyze_bytes(timed_packets(100));
    REQUIRE(outcome.result.has_value());
    CHECK(outcome.result->streams.at(0).report.totals.packets == 100);
    CHECK(outcome.result->bytes == 100 * 188);
    CHECK(outcome.blocks.front() == "20x188 0..20");
    CHECK(outcome.result->streams.at(0).report.clock == analyzer::ClockSource::pcr);
}

TEST_CASE("with a bit rate they get them from their places") {
    const Outcome outcome = analyze_bytes(test::packet_run(100), 1 << 20, 1'504'000);
    REQUIRE(outcome.result.has_value());
    CHECK(outcome.blocks.front() == "100x188 0..100");
}

TEST_CASE("without either they have none") {
    const Outcome outcome = analyze_bytes(test::packet_run(100));
    REQUIRE(outcome.result.has_value());
    CHECK(outcome.blocks.front() == "100x188");
    CHECK(outcome.result->streams.at(0).report.clock == analyzer::ClockSource::none);
}

TEST_CASE(
    "every packet reaches the analyzer, damaged ones in their places, and what is between is told with the next") {
    struct Row {
        const char* name;
        ByteVector file;
        std::uint64_t packets;
        std::uint64_t bad_sync;
        std::uint64_t truncated;
        std::uint64_t skipped;
    };
    ByteVector damaged = timed_packets(200);
    damaged[100 * 188] = 0;
    damaged[101 * 188] = 0;
    ByteVector cut = timed_packets(200);
    cut.resize(cut.size() - 50);
    const ByteVector extra = test::joined({timed_packets(100), test::filler(11), timed_packets(100)});
    const std::vector<Row> rows = {
        {"whole", timed_packets(200), 200, 0, 0, 0},
        {"two sync bytes", damaged, 198, 2, 0, 0},
        {"cut off", cut, 199, 0, 1, 138},
        {"bytes in between", extra, 200, 0, 0, 11},
        {"192 bytes", test::in_strides(timed_packets(200), 192), 200, 0, 0, 0},
        {"204 bytes", test::in_strides(timed_packets(200), 204), 200, 0, 0, 0},
    };
    for (const Row& row : rows) {
        for (const std::size_t piece : {std::size_t{1} << 20, std::size_t{10'000}, std::size_t{7'001}}) {
            INFO(row.name << ", read in pieces of " << piece);
            const Outcome outcome = analyze_bytes(row.file, piece);
            REQUIRE(outcome.result.has_value());
            const analyzer::TotalCounters& totals = outcome.result->streams.at(0).report.totals;
            CHECK(totals.packets == row.packets);
            CHECK(totals.rejected.of(ts::RejectReason::sync_byte) == row.bad_sync);
            CHECK(totals.rejected.of(ts::RejectReason::truncated) == row.truncated);
            CHECK(totals.skipped_bytes == row.skipped);
        }
    }
}

TEST_CASE("what is no transport stream is said so in one line") {
    struct Row {
        const char* name;
        ByteVector file;
        const char* expected;
    };
    const std::vector<Row> rows = {
        {"text", ByteVector(5000, 'x'), "no sync bytes"},
        {"nothing but sync bytes", ByteVector(18'800, 0x47), "not one valid packet (reserved_afc 100)"},
        {"one byte", ByteVector(1, 0x47), "no sync bytes"},
    };
    for (const Row& row : rows) {
        INFO(row.name);
        const Outcome outcome = analyze_bytes(row.file);
        REQUIRE_FALSE(outcome.result.has_value());
        CHECK_THAT(outcome.result.error().message, Catch::Contains(row.expected));
        CHECK(outcome.result.error().message.find('\n') == std::string::npos);
    }
}

TEST_CASE("what cannot be opened is said with its name and the reason") {
    const test::TempFolder folder;
    const auto message = [](const std::string& path) {
        const auto input = open_input(path);
        REQUIRE_FALSE(input.has_value());
        return input.error().message;
    };
    CHECK_THAT(message(folder / "none.ts"), Catch::Contains("none.ts\": No such file"));
    CHECK_THAT(message(folder.path()), Catch::Contains("it is a folder"));
    const std::string empty = folder / "empty.ts";
    std::ofstream(empty).flush();
    CHECK_THAT(message(empty), Catch::Contains("it is empty"));
    const std::string packed = folder / "packed.ts.gz";
    std::ofstream(packed, std::ios::binary) << "\x1F\x8B\x08\x01 and so on";
    CHECK_THAT(message(packed), Catch::Contains("zcat"));
}
