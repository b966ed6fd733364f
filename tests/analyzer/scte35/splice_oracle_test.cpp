// TSDuck's packed sections with what TSDuck says they mean, and sections as GStreamer puts them into a stream.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>

#include "analyzer/scte35/splice_info.h"
#include "analyzer/scte35/splice_watch.h"
#include "common/ts/packet_view.h"
#include "tests/support/skipping.h"

namespace muxtap::scte35 {
namespace {

using analyzer::Splice;
using analyzer::SpliceCommand;

std::vector<std::uint8_t> shared(const std::string& name) {
    const char* const chosen = std::getenv("MUXTAP_SHARED");
    const std::filesystem::path folder = chosen != nullptr ? chosen : MUXTAP_SHARED_DEFAULT;
    std::ifstream file(folder / name, std::ios::binary);
    if (!file) test::say_skipped("oracle test with " + name, "not in " + folder.string());
    return std::vector<std::uint8_t>((std::istreambuf_iterator<char>(file)), {});
}

/// The sections of table_id 0xFC in a file, put together in the plainest way.
std::vector<std::vector<std::uint8_t>> splice_sections(const std::vector<std::uint8_t>& file) {
    std::map<ts::Pid, std::vector<std::uint8_t>> pending;
    std::vector<std::vector<std::uint8_t>> sections;
    for (std::size_t at = 0; at + ts::packet_size <= file.size(); at += ts::packet_size) {
        const auto packet = ts::PacketView::parse(ByteView(file).subspan(at).first<ts::packet_size>());
        if (!packet || packet->pid() == ts::null_pid || packet->payload().empty()) continue;
        ByteView payload = packet->payload();
        auto& bytes = pending[packet->pid()];
        if (packet->payload_unit_start_indicator()) {
            const std::size_t pointer = payload[0];
            if (pointer + 1 > payload.size()) continue;
            if (pointer == 0) bytes.clear();
            payload = payload.subspan(1);
        } else if (bytes.empty()) {
            continue;
        }
        bytes.insert(bytes.end(), payload.begin(), payload.end());
        while (bytes.size() >= 3 && bytes[0] == 0xFC) {
            const std::size_t size = (read_u16(bytes, 1) & 0xFFFU) + 3U;
            if (bytes.size() < size) break;
            sections.emplace_back(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
            bytes.erase(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
        }
        if (!bytes.empty() && bytes[0] != 0xFC) bytes.clear();
    }
    return sections;
}

TEST_CASE("test-027: what TSDuck packed is read as what it was") {
    const auto file = shared("streams/test-027/test-027.pack.ts");
    if (file.empty()) return;
    std::vector<Splice> splices;
    for (const auto& section : splice_sections(file)) {
        const auto splice = parse_splice(section);
        REQUIRE(splice.has_value());
        splices.push_back(*splice);
    }
    REQUIRE(splices.size() == 15);
    CHECK(splices[0].command == SpliceCommand::null);
    CHECK(splices[1].command == SpliceCommand::bandwidth_reservation);
    CHECK(splices[2].command == SpliceCommand::time_signal);
    CHECK(splices[2].pts == 123456789);
    CHECK(splices[3].immediate);
    CHECK(splices[4].command == SpliceCommand::private_command);
    CHECK(splices[5].command == SpliceCommand::private_command);
    CHECK(splices[6].pts_adjustment == 456789);
    CHECK(splices[6].tier == 327);
    CHECK(splices[7].cancel);
    CHECK(splices[7].event_id == 305419896);
    CHECK(splices[8].out_of_network == true);
    CHECK(splices[8].immediate);
    CHECK(splices[8].unique_program_id == 26505);
    CHECK(splices[9].pts == 789456);
    CHECK(splices[9].avail == 1);
    CHECK(splices[9].avails_expected == 3);
    CHECK(splices[10].components == std::vector<std::uint8_t>{1, 2, 3});
    CHECK(splices[10].pts == 123789);
    CHECK(splices[10].duration == 456);
    CHECK_FALSE(splices[10].auto_return);
    CHECK(splices[11].command == SpliceCommand::schedule);
    CHECK_FALSE(splices[11].event_id.has_value());
    CHECK(splices[12].command == SpliceCommand::schedule);
    CHECK(splices[12].event_id == 2022777605);
    CHECK(splices[12].cancel);
    const auto& markers = splices[12].segmentations;
    REQUIRE(markers.size() == 3);
    CHECK(markers[0].cancel);
    CHECK(markers[0].event_id == 3735928559);
    CHECK(markers[1].event_id == 3203383023);
    CHECK(markers[1].type == "Program Start");
    CHECK(markers[1].upid == "01020304");
    CHECK(markers[1].segments_expected == 1);
    CHECK(markers[2].event_id == 915952148);
    CHECK(markers[2].duration == 987654);
    CHECK(markers[2].type == "Provider Placement Opportunity Start");
    CHECK(markers[2].upid_type == 11);
    CHECK(markers[2].upid == "7896541230");
    CHECK(markers[2].segment_number == 1);
    CHECK(markers[2].segments_expected == 7);
    CHECK(splices[13].duration == 6750000);
    CHECK(splices[13].event_id == 1);
    CHECK(splices[14].command == SpliceCommand::null);
    CHECK(splices[14].segmentations.empty());
}

TEST_CASE("cc608_scte35: heartbeats are no events, each splice_insert is one") {
    const auto file = shared("media/cc608_scte35.ts");
    if (file.empty()) return;
    SpliceWatch watch;
    std::size_t inserts = 0;
    for (const auto& section : splice_sections(file)) {
        const auto splice = parse_splice(section);
        REQUIRE(splice.has_value());
        const auto verdict = watch.look(section, UnixTime{});
        CHECK((verdict == SpliceWatch::Verdict::null) == (splice->command == SpliceCommand::null));
        if (splice->command != SpliceCommand::insert) continue;
        CHECK(splice->event_id.has_value());
        CHECK(splice->out_of_network.has_value());
        if (verdict == SpliceWatch::Verdict::event) ++inserts;
    }
    CHECK(watch.nulls() > 0);
    CHECK(inserts > 0);
}

}  // namespace
}  // namespace muxtap::scte35
