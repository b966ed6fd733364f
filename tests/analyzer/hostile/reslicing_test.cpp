#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>

#include "analyzer/json/report_json.h"
#include "tests/analyzer/core/analyzed.h"
#include "tests/support/skipping.h"

// The same packets at the same times give the same report and events, whatever blocks they come in.

namespace muxtap::analyzer {
namespace {

using namespace test;

std::string text_of(ByteView bytes, std::size_t piece) {
    const AnalyzerOptions options;
    Analyzer analyzer(options);
    // One mark a packet: datagrams do not depend on the blocks then.
    constexpr std::chrono::nanoseconds step = std::chrono::microseconds(300);
    const std::size_t packets = bytes.size() / ts::packet_size;
    UnixTime now = from_unix_ns(1'700'000'000'000'000'000);
    std::vector<DatagramMark> marks;
    for (std::size_t at = 0; at < packets; at += piece) {
        const std::size_t count = std::min(piece, packets - at);
        marks.clear();
        for (std::size_t i = 0; i < count; ++i) marks.push_back({1, now += step, false});
        PacketBlock block;
        block.bytes = bytes.subspan(at * ts::packet_size, count * ts::packet_size);
        block.datagrams = marks;
        analyzer.add(block);
    }
    analyzer.advance(now + std::chrono::seconds(3));
    std::string text = to_json(analyzer.report(), {});
    for (const Event& event : analyzer.events()) text += "\n" + to_json(event, {});
    return text;
}

void check_blocks_of_any_size(ByteView bytes) {
    const std::string whole = text_of(bytes, 1'000'000);
    for (const std::size_t piece : {1, 7, 100, 2800}) {
        INFO("blocks of " << piece);
        const std::string pieces = text_of(bytes, piece);
        const auto parting =
            std::mismatch(whole.begin(), whole.end(), pieces.begin(), pieces.end()).first - whole.begin();
        const auto from = static_cast<std::size_t>(std::max<std::ptrdiff_t>(parting - 200, 0));
        INFO("whole:  " << whole.substr(from, 400));
        INFO("pieces: " << pieces.substr(from, 400));
        CHECK((whole == pieces));
    }
}

TEST_CASE("a faultless multiplex gives the same report in blocks of any size") {
    check_blocks_of_any_size(Multiplex({.seconds = 4, .programs = 3}).bytes());
}

TEST_CASE("a damaged multiplex gives the same report in blocks of any size") {
    Multiplex multiplex({.seconds = 6, .programs = 2});
    for (std::size_t n = 500; n < multiplex.packets(); n += 97) {
        std::uint8_t* packet = multiplex.packet(n);
        switch (n % 6) {
            case 0: packet[0] = 0; break;
            case 1: packet[1] |= 0x80U; break;
            case 2: packet[20] ^= 0xFFU; break;
            case 3: multiplex.lose(n); break;
            case 4: packet[3] ^= 0x05U; break;
            default: packet[3] ^= 0xC0U; break;
        }
    }
    check_blocks_of_any_size(multiplex.bytes());
}

TEST_CASE("somebody else's streams give the same report in blocks of any size") {
    const char* const chosen = std::getenv("MUXTAP_SHARED");
    const std::filesystem::path folder = chosen != nullptr ? chosen : MUXTAP_SHARED_DEFAULT;
    const std::string name =
        GENERATE("media/h264_aac_cbr2M.ts", "media/hevc_ac3.ts", "media/dvbsub.ts", "media/cc608_scte35.ts",
                 "streams/test-012/test-012.ts", "streams/test-026/test-026.csa.ts", "streams/test-147/test-147.ts");
    const std::filesystem::path path = folder / name;
    if (!std::filesystem::exists(path)) {
        say_skipped("blocks of any size of " + name, "not in " + folder.string());
        return;
    }
    INFO(name);
    ByteVector bytes = read_bytes(path.string());
    constexpr std::size_t most_packets = 12'000;
    bytes.resize(std::min(bytes.size(), most_packets * ts::packet_size) / ts::packet_size * ts::packet_size);
    check_blocks_of_any_size(bytes);
}

}  // namespace
}  // namespace muxtap::analyzer
