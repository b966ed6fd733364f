// Somebody else's streams with somebody else's answers (../shared/streams): the TSDuck test suite's. And streams whose
// making is known (../shared/media).
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "analyzer/clock/file_clock.h"
#include "analyzer/clock/pcr_tracker.h"
#include "tests/support/skipping.h"
#include "tests/support/temp_folder.h"

namespace muxtap::analyzer {
namespace {

/// The full name of a shared file; empty, and said loudly, where the folder is absent.
std::string shared(const std::string& name) {
    const char* const chosen = std::getenv("MUXTAP_SHARED");
    const std::filesystem::path folder = chosen != nullptr ? chosen : MUXTAP_SHARED_DEFAULT;
    const std::filesystem::path path = folder / name;
    if (std::filesystem::exists(path)) return path.string();
    muxtap::test::say_skipped("oracle test with " + name,
                              "not in " + folder.string() + " (MUXTAP_SHARED names another folder)");
    return {};
}

std::string read_text(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

struct Played {
    std::map<ts::Pid, PcrTracker> trackers;
    std::map<ts::Pid, std::vector<std::pair<std::uint64_t, std::uint64_t>>> pcrs;  ///< packet, ticks
    std::uint64_t accuracy_errors = 0;
    std::uint64_t packets = 0;
    double seconds = 0;  ///< by the file's clock
};

Played play(const std::string& bytes) {
    Played played;
    const ByteView packets = as_bytes(bytes);
    played.packets = packets.size() / ts::packet_size;
    FileClock clock({});
    std::vector<FileSegment> segments;
    REQUIRE(clock.time(packets, ts::packet_size, true, segments) == played.packets);
    if (segments.back().timed) played.seconds = static_cast<double>(to_unix_ns(segments.back().end)) * 1e-9;
    std::size_t segment = 0;
    std::size_t from = 0;
    while (const auto found = find_pcr(packets, ts::packet_size, from, played.packets)) {
        from = found->packet + 1;
        while (found->packet >= segments[segment].first + segments[segment].packets) ++segment;
        PcrTracker& tracker = played.trackers.try_emplace(found->pid, found->pid, Thresholds{}).first->second;
        const PcrOutcome outcome = tracker.add({.pcr = found->pcr,
                                                .byte_position = found->packet * ts::packet_size + 10,
                                                .time = segments[segment].begin,
                                                .discontinuity_indicator = found->discontinuity_indicator});
        played.accuracy_errors += outcome.accuracy_errors;
        played.pcrs[found->pid].emplace_back(found->packet, found->pcr.ticks());
    }
    return played;
}

TEST_CASE("test-064: every PCR at its packet, as TSDuck lists them") {
    const std::string stream = shared("streams/test-064/test-064.ts");
    const std::string answers = shared("streams/test-064/test-064.pcr.csv");
    if (stream.empty() || answers.empty()) return;
    const Played played = play(read_text(stream));
    std::istringstream lines(read_text(answers));
    std::string line;
    std::getline(lines, line);
    std::map<ts::Pid, std::vector<std::pair<std::uint64_t, std::uint64_t>>> expected;
    while (std::getline(lines, line)) {
        unsigned pid = 0;
        unsigned long packet = 0;
        unsigned long ticks = 0;
        if (std::sscanf(line.c_str(), "%u,%lu,%*u,PCR,%*u,%lu", &pid, &packet, &ticks) == 3)
            expected[static_cast<ts::Pid>(pid)].emplace_back(packet, ticks);
    }
    CHECK(expected.at(256).size() == 101);
    CHECK(played.pcrs == expected);
    const PcrTracker& tracker = played.trackers.at(256);
    // 100 ms from each to the next: at the limit, not beyond it; but once 33 and 67. Packets vary by hundreds.
    CHECK(tracker.info().repetition_errors == 0);
    CHECK(tracker.info().repetition_over_40ms == 99);
    CHECK(tracker.info().discontinuity_errors == 0);
    CHECK_FALSE(tracker.constant_rate());
    CHECK(played.accuracy_errors == 0);
    CHECK(tracker.info().interval_ms.mean == Approx(99.0).margin(1.0));
}

struct Row {
    const char* name;
    ts::Pid pid;
    std::uint64_t pcrs;
    std::uint64_t first;
    std::uint64_t last;
    double bits_per_second;
};

TEST_CASE("first and last PCR and the rate by PCR are TSDuck's") {
    const std::vector<Row> rows = {
        {"test-072", 101, 300, 104'837'532'000, 105'160'452'000, 1'213'134},
        {"test-139", 4097, 2, 113'386'500'000, 113'388'840'900, 33'150'450},
    };
    for (const Row& row : rows) {
        CAPTURE(row.name);
        const std::string stream = shared(std::string("streams/") + row.name + "/" + row.name + ".ts");
        if (stream.empty()) continue;
        const Played played = play(read_text(stream));
        REQUIRE(played.trackers.size() == 1);
        const PcrTracker& tracker = played.trackers.at(row.pid);
        const PcrInfo info = tracker.info();
        CHECK(info.count == row.pcrs);
        CHECK(info.first_ticks == row.first);
        CHECK(info.last_ticks == row.last);
        CHECK(tracker.run_bps() == Approx(row.bits_per_second).epsilon(1e-3));
        CHECK(played.accuracy_errors == 0);
    }
}

TEST_CASE("test-012 has no PCR, and so no time") {
    const std::string stream = shared("streams/test-012/test-012.ts");
    if (stream.empty()) return;
    const Played played = play(read_text(stream));
    CHECK(played.trackers.empty());
    CHECK(played.packets == 1987);
    CHECK(played.seconds == 0);
}

TEST_CASE("a stream made at 2 Mb/s is 2 Mb/s, with each PCR where its bytes say") {
    const std::string stream = shared("media/h264_aac_cbr2M.ts");
    if (stream.empty()) return;
    const Played played = play(read_text(stream));
    REQUIRE(played.trackers.size() == 1);
    const PcrTracker& tracker = played.trackers.begin()->second;
    CHECK(tracker.run_bps() == Approx(2e6).epsilon(1e-5));
    CHECK(tracker.window_bps() == Approx(2e6).epsilon(1e-5));
    CHECK(played.seconds == Approx(static_cast<double>(played.packets) * 188 * 8 / 2e6).epsilon(1e-4));
    CHECK(tracker.constant_rate());
    CHECK(played.accuracy_errors == 0);
    const PcrInfo info = tracker.info();
    REQUIRE(info.accuracy_ns.has_value());
    CHECK(info.accuracy_ns->max < 60);
    CHECK(info.interval_ms.mean == Approx(20).margin(2));
    CHECK(info.repetition_over_40ms == 0);
}

TEST_CASE("the programs of one multiplex agree about its rate") {
    const std::string stream = shared("media/mpts3.ts");
    if (stream.empty()) return;
    const Played played = play(read_text(stream));
    REQUIRE(played.trackers.size() == 3);
    for (const auto& [pid, tracker] : played.trackers) {
        CHECK(tracker.constant_rate());
        CHECK(tracker.run_bps() == Approx(8e6).epsilon(1e-5));
        CHECK(tracker.info().discontinuity_errors == 0);
    }
    CHECK(played.accuracy_errors == 0);
    CHECK(played.seconds == Approx(static_cast<double>(played.packets) * 188 * 8 / 8e6).epsilon(1e-5));
}

TEST_CASE("a stream of variable rate has no PCR accuracy") {
    const std::string stream = shared("media/mpeg2_mp2_vbr.ts");
    if (stream.empty()) return;
    const Played played = play(read_text(stream));
    REQUIRE(!played.trackers.empty());
    for (const auto& [pid, tracker] : played.trackers) {
        CHECK_FALSE(tracker.constant_rate());
        CHECK_FALSE(tracker.info().accuracy_ns.has_value());
    }
    CHECK(played.accuracy_errors == 0);
}

}  // namespace
}  // namespace muxtap::analyzer
