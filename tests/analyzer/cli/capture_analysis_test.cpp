#include "analyzer/cli/capture_analysis.h"

#include <catch2/catch.hpp>
#include <fstream>

#include "tests/analyzer/cli/fake_analyzer.h"
#include "tests/support/capture_writer.h"
#include "tests/support/frame_builder.h"
#include "tests/support/temp_folder.h"

using namespace muxtap;
using namespace muxtap::analyze;
using test::ByteVector;

namespace {

struct Outcome {
    Result<InputResult> result;
    std::vector<std::string> blocks;  ///< with the stream's name before each
};

Outcome analyze_capture_bytes(const ByteVector& bytes, std::vector<std::string> streams = {}) {
    const test::TempFolder folder;
    const std::string path = folder.write("a.pcap", bytes);
    auto input = open_input(path);
    REQUIRE(input.has_value());
    Outcome outcome;
    CaptureSettings settings;
    settings.streams = std::move(streams);
    settings.subject.on_event = [&](const std::string& stream, const analyzer::Event& event) {
        outcome.blocks.push_back(stream + " " + event.text);
    };
    Progress progress(false, path, 0);
    outcome.result = analyze_capture(std::move(*input), settings, progress, {});
    return outcome;
}

ByteVector frame_to(const char* destination, std::uint16_t port, ByteView payload) {
    return test::ethernet(test::type_v4,
                          test::ipv4({.destination = destination}, test::udp({.destination_port = port}, payload)));
}

UnixTime at(int milliseconds) {
    return from_unix_ns(1'000'000LL * milliseconds);
}

}  // namespace

TEST_CASE("each stream of a capture has its own report, and its datagrams their times") {
    test::PcapWriter capture({.big_endian = false, .nanoseconds = true, .link_type = 1});
    for (int i = 0; i < 3; ++i) {
        const auto first = static_cast<std::uint32_t>(7 * i);
        capture.add(frame_to("239.1.1.1", 5000, test::packet_run(7, first)), at(10 * i));
        capture.add(frame_to("239.1.1.2", 5000, test::packet_run(6, first)), at(10 * i + 5));
    }
    const Outcome outcome = analyze_capture_bytes(capture.bytes());
    REQUIRE(outcome.result.has_value());
    REQUIRE(outcome.result->streams.size() == 2);
    CHECK(outcome.result->streams[0].name == "239.1.1.1:5000");
    CHECK(outcome.result->streams[0].report.totals.packets == 21);
    CHECK(outcome.result->streams[1].report.totals.packets == 18);
    CHECK_FALSE(outcome.result->streams[0].over_rtp);
    CHECK(outcome.blocks ==
          std::vector<std::string>{"239.1.1.1:5000 21x188 at 7@0 7@10 7@20", "239.1.1.2:5000 18x188 at 6@5 6@15 6@25"});
    CHECK(outcome.result->remarks.empty());
}

TEST_CASE("the same address on another VLAN is another stream, and --stream takes one or all of them") {
    const auto tagged = [](std::uint16_t vlan) {
        return test::ethernet(0x8100,
                              test::tag(vlan, test::type_v4, test::ipv4({}, test::udp({}, test::packet_run(7)))));
    };
    test::PcapWriter capture;
    capture.add(tagged(12), at(0));
    capture.add(tagged(13), at(1));
    const auto names = [&](std::vector<std::string> streams) {
        const Outcome outcome = analyze_capture_bytes(capture.bytes(), std::move(streams));
        std::vector<std::string> found;
        if (!outcome.result) return std::vector{outcome.result.error().message};
        for (const StreamResult& stream : outcome.result->streams) found.push_back(stream.name);
        return found;
    };
    CHECK(names({}) == std::vector<std::string>{"239.1.1.1:5000@12", "239.1.1.1:5000@13"});
    CHECK(names({"239.1.1.1:5000@13"}) == std::vector<std::string>{"239.1.1.1:5000@13"});
    CHECK(names({"239.1.1.1:5000"}).size() == 2);
    CHECK_THAT(names({"239.9.9.9:1"}).at(0), Catch::Contains("no transport stream 239.9.9.9:1 (--stream)"));
}

TEST_CASE("RTP is taken off and its losses are told") {
    test::PcapWriter capture;
    for (const std::uint16_t number : std::vector<std::uint16_t>{10, 11, 13, 13, 14}) {
        capture.add(test::plain_frame(test::rtp({.sequence_number = number}, test::packet_run(7, number))), at(number));
    }
    const Outcome outcome = analyze_capture_bytes(capture.bytes());
    REQUIRE(outcome.result.has_value());
    const StreamResult& stream = outcome.result->streams.at(0);
    CHECK(stream.over_rtp);
    REQUIRE(stream.report.arrival.has_value());
    CHECK(stream.report.arrival->rtp == analyzer::RtpTotals{.lost = 1, .reordered = 0, .duplicated = 1});
}

TEST_CASE("what the capture cut off is its own loss") {
    test::PcapWriter capture;
    const ByteVector frame = test::plain_frame(test::packet_run(7));
    capture.add(frame, at(0));
    capture.add(ByteView(frame).first(frame.size() - 200), at(1), frame.size());
    capture.add(frame, at(2));
    const Outcome outcome = analyze_capture_bytes(capture.bytes());
    REQUIRE(outcome.result.has_value());
    const analyzer::TotalCounters& totals = outcome.result->streams.at(0).report.totals;
    CHECK(totals.capture_losses == 1);
    CHECK(totals.rejected.of(ts::RejectReason::truncated) == 2);
    CHECK(totals.packets == 7 + 5 + 7);
}

TEST_CASE("a bad sync byte is told with the packets that follow") {
    ByteVector packets = test::packet_run(7);
    packets[3 * 188] = 0;
    test::PcapWriter capture;
    capture.add(test::plain_frame(packets), at(0));
    capture.add(test::plain_frame(test::packet_run(7)), at(1));
    const Outcome outcome = analyze_capture_bytes(capture.bytes());
    REQUIRE(outcome.result.has_value());
    CHECK(outcome.result->streams.at(0).report.totals.packets == 13);
    CHECK(outcome.result->streams.at(0).report.totals.rejected.of(ts::RejectReason::sync_byte) == 1);
}

TEST_CASE("UDP that is no transport stream is named beside the streams, and is an error alone") {
    test::PcapWriter capture;
    capture.add(frame_to("10.0.0.1", 53, test::filler(100)), at(0));
    capture.add(frame_to("10.0.0.1", 53, test::filler(100)), at(1));
    capture.add(frame_to("10.0.0.2", 53, test::filler(100)), at(2));
    const Outcome alone = analyze_capture_bytes(capture.bytes());
    REQUIRE_FALSE(alone.result.has_value());
    CHECK_THAT(alone.result.error().message, Catch::Contains("no transport stream: 2 UDP flows, 3 datagrams"));

    capture.add(test::plain_frame(test::packet_run(7)), at(3));
    const Outcome beside = analyze_capture_bytes(capture.bytes());
    REQUIRE(beside.result.has_value());
    CHECK(beside.result->remarks == std::vector<std::string>{"no transport stream: 2 UDP flows, 3 datagrams"});
}

TEST_CASE("a few packets by chance make no stream") {
    test::PcapWriter capture;
    capture.add(test::plain_frame(test::packet_run(2)), at(0));
    CHECK_FALSE(analyze_capture_bytes(capture.bytes()).result.has_value());
}

TEST_CASE("a stream that falls silent hears how long the capture goes on") {
    test::PcapWriter capture;
    capture.add(test::plain_frame(test::packet_run(7)), at(0));
    capture.add(frame_to("10.0.0.1", 53, test::filler(100)), at(9000));
    const Outcome outcome = analyze_capture_bytes(capture.bytes());
    REQUIRE(outcome.result.has_value());
    CHECK(outcome.result->streams.at(0).report.last == at(9000));
}
