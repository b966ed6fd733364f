// Somebody else's captures with somebody else's answers (../shared/streams): the TSDuck test suite's. And streams in
// strides of 192 and 204 bytes (../shared/media), beside stripping them by hand.
#include <fcntl.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <optional>

#include "common/net/capture_file.h"
#include "probe/flow/flow_table.h"
#include "probe/source/file_source.h"
#include "tests/support/network.h"
#include "tests/support/recording_queue.h"
#include "tests/support/temp_folder.h"

namespace muxtap::probe {
namespace {

using namespace muxtap::test;

/// The full name of a shared file; empty, and said loudly, where the folder is absent.
std::string shared(const std::string& name) {
    const char* const chosen = std::getenv("MUXTAP_SHARED");
    const std::filesystem::path folder = chosen != nullptr ? chosen : MUXTAP_SHARED_DEFAULT;
    const std::filesystem::path path = folder / name;
    if (std::filesystem::exists(path)) return path.string();
    say_skipped("oracle test with " + name, "not in " + folder.string() + " (MUXTAP_SHARED names another folder)");
    return {};
}

struct Played {
    RecordingQueue queue;
    std::vector<feed::StreamStatus> statuses;
    FlowCounters flows;
    SourceCounters source;
    std::string damage;
};

/// Plays a file to its end, into the streams asked for or, when there are none, into what is discovered.
std::unique_ptr<Played> play(const std::string& path, const std::vector<std::string>& streams) {
    auto opened = open_file_source(path, FilePace::fast);
    REQUIRE(opened.has_value());
    auto played = std::make_unique<Played>();
    FlowTable::Settings settings;
    settings.is_file = !opened->is_capture;
    settings.discover = streams.empty();
    for (const std::string& text : streams) settings.selectors.push_back(parse_stream_selector(text).value());
    FlowTable table(settings, played->queue);
    for (;;) {
        const auto polled = opened->source->poll(table, std::chrono::milliseconds{10});
        REQUIRE(polled.has_value());
        if (*polled == Source::Poll::end_of_stream) break;
    }
    table.finish();
    table.report(played->statuses, true);
    played->flows = table.counters();
    played->source = opened->source->counters();
    played->damage = opened->source->damage();
    return played;
}

struct Row {
    const char* name;
    const char* capture;
    const char* expected;
    const char* stream;  ///< as --stream
    const char* found;   ///< as --discover names it
    std::uint64_t datagrams;
    std::uint16_t vlan;
    proto::Encapsulation encapsulation;
};

TEST_CASE("captures give the transport stream that TSDuck finds in them, byte for byte") {
    const std::vector<Row> rows = {
        {"test-162: RTP in VLAN 123", "streams/test-162/test-162.pcap", "streams/test-162/test-162.3.ts",
         "a=udp://235.0.2.1:2000?vlan=123", "235.0.2.1:2000@123", 16, 123, proto::Encapsulation::rtp},
        {"test-171: 204-byte packets", "streams/test-171/test-171.11.pcapng", "streams/test-171/test-171.11.ts",
         "a=udp://192.168.233.10:5555", "192.168.233.10:5555", 47, 0, proto::Encapsulation::udp},
    };
    for (const Row& row : rows) {
        INFO(row.name);
        const std::string capture = shared(row.capture);
        const std::string expected_name = shared(row.expected);
        if (capture.empty() || expected_name.empty()) continue;
        ByteVector expected = read_bytes(expected_name);
        REQUIRE_FALSE(expected.empty());
        // Its reference has the Reed-Solomon tails; the feed has packets.
        if (expected.size() % 204 == 0 && expected.size() / 204 * 204 == expected.size() && expected[204] == 0x47 &&
            expected[188] != 0x47) {
            ByteVector stripped;
            for (std::size_t at = 0; at < expected.size(); at += 204)
                append(stripped, ByteView(expected).subspan(at, 188));
            expected = stripped;
        }
        for (const bool discovered : {false, true}) {
            CAPTURE(discovered);
            const auto played =
                play(capture, discovered ? std::vector<std::string>{} : std::vector<std::string>{row.stream});
            CHECK(same(played->queue.packets(), expected));
            CHECK(played->damage.empty());
            REQUIRE(played->statuses.size() == 1);
            const feed::StreamStatus& status = played->statuses[0];
            CHECK(status.stream->name == (discovered ? row.found : "a"));
            CHECK(status.stream->vlan == row.vlan);
            CHECK(status.stream->encapsulation == row.encapsulation);
            CHECK(status.totals.datagrams == row.datagrams);
            CHECK(status.totals.packets == expected.size() / 188);
            CHECK(status.totals.rejected.total() == 0);
            CHECK(status.totals.rtp_lost == 0);
            CHECK(status.totals.rtp_reordered == 0);
            CHECK(played->source.frames == row.datagrams);
        }
    }
}

TEST_CASE("test-106: EMM messages over UDP are rejected by name, and nothing of them enters the feed") {
    const std::string capture = shared("streams/test-106/test-106.2.pcapng");
    if (capture.empty()) return;
    const auto discovered = play(capture, {});
    CHECK(discovered->statuses.empty());
    CHECK(discovered->queue.pushed == 0);
    CHECK(discovered->flows.not_ts_datagrams == 6);
    const auto named = play(capture, {"a=udp://192.168.233.11:4444"});
    CHECK(named->queue.pushed == 0);
    REQUIRE(named->statuses.size() == 1);
    CHECK(named->statuses[0].totals.packets == 0);
    CHECK(named->statuses[0].totals.rejected.of(ts::RejectReason::not_ts) == 6);
    CHECK(named->statuses[0].totals.rejected.total() == 6);
    CHECK(named->source.frames_rejected == named->source.frames - 6);
}

/// The number behind a label in TSDuck's report: "Total IP packets:      698".
std::optional<std::int64_t> number_after(const std::string& report, const std::string& label) {
    const auto at = report.find(label);
    if (at == std::string::npos) return std::nullopt;
    std::string digits;
    for (const char c : report.substr(at + label.size(), report.find('\n', at) - at - label.size())) {
        if (c >= '0' && c <= '9') digits += c;
        if (c == '(' || c == 'b') break;
    }
    return std::stoll(digits);
}

TEST_CASE("test-102: frames, sizes and times of a capture are those that TSDuck counts") {
    const std::string capture = shared("streams/test-102/test-102.pcapng");
    const std::string report_name = shared("streams/test-102/test-102.1.log");
    if (capture.empty() || report_name.empty()) return;
    const ByteVector report_bytes = read_bytes(report_name);
    const std::string report(report_bytes.begin(), report_bytes.end());
    const ByteVector start = read_bytes(capture);
    auto file = net::open_capture_file(net::file_kind(start),
                                       net::ByteReader(FileDescriptor(::open(capture.c_str(), O_RDONLY | O_CLOEXEC))));
    REQUIRE(file.has_value());
    net::FrameDecoder decoder;
    net::Datagram datagram;
    std::int64_t frames = 0;
    std::int64_t ip_frames = 0;
    std::int64_t bytes = 0;
    std::int64_t ip_bytes = 0;
    std::optional<UnixTime> first_ip;
    UnixTime last_ip{};
    for (;;) {
        const auto frame = (*file)->next();
        REQUIRE(frame.has_value());
        if (!*frame) break;
        ++frames;
        bytes += static_cast<std::int64_t>((*frame)->bytes.size());
        const auto verdict = decoder.decode(**frame, datagram);
        if (verdict == net::FrameVerdict::not_ip) continue;
        CHECK(verdict == net::FrameVerdict::not_udp);
        ++ip_frames;
        ip_bytes += static_cast<std::int64_t>((*frame)->bytes.size()) - 14;
        if (!first_ip) first_ip = (*frame)->time;
        last_ip = (*frame)->time;
    }
    CHECK((*file)->damage().empty());
    CHECK(frames == number_after(report, "Total packets in file:"));
    CHECK(ip_frames == number_after(report, "Total IP packets:"));
    CHECK(bytes == number_after(report, "Total packets size:"));
    CHECK(static_cast<std::int64_t>(start.size()) == number_after(report, "File size:"));
    // TSDuck leaves out the padding of short frames.
    CHECK(ip_bytes >= number_after(report, "Total IP size:"));
    REQUIRE(first_ip.has_value());
    const auto lasted = std::chrono::duration_cast<std::chrono::microseconds>(last_ip - *first_ip);
    CHECK(lasted.count() == number_after(report, "Duration:"));
    CHECK(play(capture, {})->queue.pushed == 0);
}

TEST_CASE("streams in strides of 192 and 204 bytes give the packets that stripping by hand gives") {
    for (const auto& [name, stride, lead] : {std::tuple{"media/h264_192.m2ts", 192U, 4U},
                                             {"media/h264_204.ts", 204U, 0U},
                                             {"media/h264_aac_cbr2M.ts", 188U, 0U},
                                             {"media/mpts3.ts", 188U, 0U}}) {
        INFO(name);
        const std::string path = shared(name);
        if (path.empty()) continue;
        const ByteVector bytes = read_bytes(path);
        ByteVector expected;
        for (std::size_t at = lead; at + 188 <= bytes.size(); at += stride)
            append(expected, ByteView(bytes).subspan(at, 188));
        const auto played = play(path, {"a=udp://0.0.0.0:1"});
        CHECK(same(played->queue.packets(), expected));
        REQUIRE(played->statuses.size() == 1);
        CHECK(played->statuses[0].totals.rejected.total() == 0);
        for (const RecordedBatch& batch : played->queue.batches) REQUIRE(is_consistent(batch));
    }
}

}  // namespace
}  // namespace muxtap::probe
