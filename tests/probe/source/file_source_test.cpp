#include "probe/source/file_source.h"

#include <catch2/catch.hpp>

#include "probe/flow/flow_table.h"
#include "tests/support/capture_writer.h"
#include "tests/support/frame_builder.h"
#include "tests/support/recording_queue.h"

namespace muxtap::probe {
namespace {

using namespace muxtap::test;

TEST_CASE("an input that cannot be read is named with the reason") {
    const TempFolder folder;
    struct Row {
        std::string path;
        const char* why;
    };
    const std::vector<Row> rows = {
        {folder / "missing.ts", "No such file or directory"},
        {folder.path(), "it is a folder"},
        {folder.write("empty.ts", {}), "is empty"},
        {folder.write("packed.pcap.gz", ByteVector{0x1F, 0x8B, 8, 0}), "zcat"},
        {folder.write("cut.pcap", ByteView(PcapWriter().bytes()).first(20)), "at byte 20"},
        {folder.write("wifi.pcap", PcapWriter({.link_type = 105}).bytes()), "link type 105"},
    };
    for (const Row& row : rows) {
        const auto opened = open_file_source(row.path, FilePace::fast);
        INFO(row.path);
        REQUIRE_FALSE(opened.has_value());
        CHECK_THAT(opened.error().message, Catch::Contains(row.why) && Catch::Contains("\"" + row.path + "\""));
    }
}

TEST_CASE("a file is known by its content, not by its name") {
    const TempFolder folder;
    PcapngWriter pcapng;
    pcapng.section();
    CHECK(open_file_source(folder.write("a.ts", PcapWriter().bytes()), FilePace::fast)->is_capture);
    CHECK(open_file_source(folder.write("b.ts", pcapng.bytes()), FilePace::fast)->is_capture);
    CHECK_FALSE(open_file_source(folder.write("c.pcap", packet_run(2)), FilePace::fast)->is_capture);
    CHECK_FALSE(open_file_source(folder.write("d", filler(3)), FilePace::fast)->is_capture);
}

struct Played {
    ByteVector packets;
    std::string damage;
    std::string error;
    proto::Totals totals;
    SourceCounters counters;
    std::size_t batches_where_they_landed = 0;
};

Played play(const std::string& path, FilePace pace = FilePace::fast) {
    auto opened = open_file_source(path, pace);
    REQUIRE(opened.has_value());
    RecordingQueue queue;
    FlowTable::Settings settings;
    settings.is_file = !opened->is_capture;
    settings.discover = opened->is_capture;
    if (!opened->is_capture) settings.selectors.push_back(parse_stream_selector("a=udp://0.0.0.0:1").value());
    FlowTable flows(settings, queue);
    Played played;
    for (;;) {
        const auto polled = opened->source->poll(flows, std::chrono::milliseconds{100});
        if (!polled) played.error = polled.error().message;
        if (!polled || *polled == Source::Poll::end_of_stream) break;
    }
    flows.finish();
    played.packets = queue.packets();
    played.damage = opened->source->damage();
    played.counters = opened->source->counters();
    std::vector<feed::StreamStatus> statuses;
    flows.report(statuses, true);
    if (!statuses.empty()) played.totals = statuses.front().totals;
    return played;
}

TEST_CASE("of a damaged capture file what is whole is played, and the damage is told with the file's name") {
    const TempFolder folder;
    PcapWriter pcap;
    for (std::uint32_t i = 0; i < 10; ++i) pcap.add(plain_frame(packet_run(7, i * 7)), from_unix_ns(i + 1));
    const std::size_t record = 16 + 42 + 1316;
    const Played cut = play(folder.write("cut.pcap", ByteView(pcap.bytes()).first(24 + 5 * record + 100)));
    CHECK(same(cut.packets, packet_run(35)));
    CHECK(cut.error.empty());
    CHECK_THAT(cut.damage, Catch::Contains("cut.pcap\" is damaged") &&
                               Catch::Contains("at byte " + std::to_string(24 + 5 * record) + ";"));
    CHECK(cut.totals.rejected.of(ts::RejectReason::truncated) == 7);
    CHECK(cut.counters.frames == 6);
    CHECK(play(folder.write("whole.pcap", pcap.bytes())).damage.empty());
}

TEST_CASE("frames of unknown link types are told when the file ends") {
    const TempFolder folder;
    PcapngWriter pcapng;
    pcapng.section();
    pcapng.interface({.link_type = 105});
    pcapng.interface();
    pcapng.enhanced(0, 0, filler(60));
    pcapng.enhanced(1, 1, plain_frame(packet_run(7)));
    const Played played = play(folder.write("mixed.pcapng", pcapng.bytes()));
    CHECK(same(played.packets, packet_run(7)));
    CHECK_THAT(played.damage, Catch::Contains("1 frames of a link type"));
    CHECK(played.counters.frames_rejected == 1);
}

TEST_CASE("a frame of no bytes is one rejected frame") {
    const TempFolder folder;
    PcapWriter pcap;
    pcap.add({}, from_unix_ns(1));
    pcap.add(plain_frame(packet_run(7)), from_unix_ns(2));
    const Played played = play(folder.write("empty-frame.pcap", pcap.bytes()));
    CHECK(same(played.packets, packet_run(7)));
    CHECK(played.counters.frames == 2);
    CHECK(played.counters.frames_rejected == 1);
}

TEST_CASE("files shorter than a packet, or with nothing in them, end without a packet") {
    const TempFolder folder;
    for (const std::size_t size : {1U, 3U, 4U, 5U, 100U, 187U}) {
        CAPTURE(size);
        const Played played = play(folder.write("short.ts", ByteView(packet_run(1)).first(size)));
        CHECK(played.packets.empty());
        CHECK(played.totals.rejected.total() == 1);
    }
    CHECK(same(play(folder.write("one.ts", packet_run(1))).packets, packet_run(1)));
    const Played text = play(folder.write("text.ts", filler(300'000, 'a')));
    CHECK(text.packets.empty());
    CHECK(text.totals.rejected.of(ts::RejectReason::not_ts) > 0);
}

TEST_CASE("a file at the pace of its clock has the same packets") {
    const TempFolder folder;
    ByteVector bytes = packet_run(100, 0, {.control = 3, .adaptation_length = 7});
    for (std::size_t i = 0; i < 100; i += 10) {
        bytes[i * 188 + 5] = 0x10;
        ts::Pcr::from_ticks(i * 2700).encode(std::span(bytes).subspan(i * 188 + 6).first<6>());
    }
    CHECK(same(play(folder.write("paced.ts", bytes), FilePace::capture).packets, bytes));
    PcapWriter pcap;
    for (std::uint32_t i = 0; i < 5; ++i) pcap.add(plain_frame(packet_run(7, i * 7)), from_unix_ns(i * 1'000'000));
    CHECK(same(play(folder.write("paced.pcap", pcap.bytes()), FilePace::capture).packets, packet_run(35)));
}

}  // namespace
}  // namespace muxtap::probe
