#include "client/record/stream_recorder.h"

#include <catch2/catch.hpp>

#include "client/record/sidecar.h"
#include "tests/client/record/record_rig.h"

namespace muxtap::record {
namespace {

using namespace std::chrono_literals;
using Kind = feed::FeedVerdict::Kind;

constexpr std::int64_t second = 1'000'000'000;
constexpr std::int64_t start_ns = 1'763'600'400 * second;

/// One stream with a source that numbers its packets and a clock that the test turns.
struct Rig {
    RecordConfig config = standard();
    app::Log log{{.program = "test", .silent = true}};
    FailingOpener disk;
    RecordingContext context{config, log, disk};
    StreamRecorder recorder{context, "cap-a", "news"};
    SteadyTime now{1h};
    unsigned next_packet = 0;
    std::uint64_t next_seq = 0;
    proto::Totals totals;

    explicit Rig(RecordConfig given = standard()) : config(std::move(given)) {}

    static RecordConfig standard() {
        RecordConfig config;
        config.output = client::PathPattern::parse("/nowhere/capture.ts").value();
        config.feed.streams = {{"", true}};
        config.existing = ExistingPolicy::overwrite;
        return config;
    }

    void send(unsigned packets, std::uint64_t limit = ~std::uint64_t{0}, feed::FeedVerdict verdict = {}) {
        TestBatch batch;
        const std::int64_t time = start_ns + next_packet * second / 100;
        for (unsigned i = 0; i < packets; ++i) {
            batch.add(pes_start(next_packet + i, 0xE0, true));
            batch.datagrams.push_back({1, i == 0 ? 0 : second / 100});
        }
        const proto::BatchHeader header{.probe = "cap-a",
                                        .stream = "news",
                                        .epoch = 1,
                                        .seq = next_seq++,
                                        .first_packet = next_packet,
                                        .packets = packets,
                                        .time_ns = time,
                                        .datagrams = batch.datagrams,
                                        .totals = totals};
        next_packet += packets;
        recorder.on_batch(header, {batch.payload, *batch.payload}, verdict, limit, now);
    }

    static std::string text_of(unsigned first, unsigned count) {
        std::string text;
        for (unsigned i = first; i < first + count; ++i) {
            const Packet packet = pes_start(i, 0xE0, true);
            text.append(packet.begin(), packet.end());
        }
        return text;
    }

    void pass(std::chrono::nanoseconds time) {
        now += time;
        recorder.tick(now);
    }
};

const std::string capture = "/nowhere/capture.ts";

RecordConfig with_segments(std::chrono::nanoseconds length) {
    RecordConfig config = Rig::standard();
    config.segment = length;
    return config;
}

}  // namespace

TEST_CASE("Packets reach the file no later than the flush time after they came") {
    Rig rig;
    rig.send(10);
    rig.pass(999ms);
    CHECK(rig.disk.files[capture].empty());
    CHECK(rig.recorder.next_due() == rig.now + 1ms);
    rig.pass(1ms);
    CHECK(rig.disk.files[capture] == Rig::text_of(0, 10));
    CHECK_FALSE(rig.recorder.waiting());
}

TEST_CASE("Many packets are written before the flush time, in large calls") {
    Rig rig;
    for (int i = 0; i < 10; ++i) rig.send(1400);
    CHECK(rig.disk.files[capture].size() >= 2'000'000);
}

TEST_CASE("A limit cuts inside a batch") {
    Rig rig;
    rig.send(10);
    rig.send(10, 3);
    rig.recorder.close(EndReason::packet_count, rig.now);
    CHECK(rig.disk.files[capture] == Rig::text_of(0, 13));
    CHECK(rig.recorder.totals().packets == 13);
}

TEST_CASE("Segments hold every packet once, cut inside batches") {
    Rig rig(with_segments(1s));
    for (int i = 0; i < 10; ++i) rig.send(37);
    rig.recorder.close(EndReason::signal, rig.now);
    CHECK(rig.disk.files.size() == 4);
    CHECK(rig.disk.files[capture] == Rig::text_of(0, 100));
    CHECK(rig.disk.files["/nowhere/capture-1.ts"] == Rig::text_of(100, 100));
    CHECK(rig.disk.files["/nowhere/capture-3.ts"] == Rig::text_of(300, 70));
    CHECK(rig.recorder.totals().files == 4);
}

TEST_CASE("A full disk is tried again, loses nothing that memory holds, and is told once") {
    Rig rig;
    rig.disk.room = 1000;
    rig.send(10);
    rig.pass(1s);
    CHECK(rig.disk.files[capture] == Rig::text_of(0, 5));
    CHECK(rig.context.alarm.active());
    rig.send(10);
    rig.pass(500ms);
    rig.disk.room = std::string::npos;
    rig.pass(499ms);
    CHECK(rig.context.alarm.active());
    rig.pass(1ms);
    CHECK_FALSE(rig.context.alarm.active());
    CHECK(rig.disk.files[capture] == Rig::text_of(0, 20));
    CHECK(rig.recorder.totals().disk_dropped == 0);
}

TEST_CASE("Beyond its memory a full disk costs the newest packets, which are counted") {
    RecordConfig config = Rig::standard();
    config.feed.receive_buffer_bytes = 100'000;
    Rig rig(config);
    rig.disk.room = 0;
    for (int i = 0; i < 100; ++i) {
        rig.send(100);
        rig.pass(1s);
    }
    CHECK(rig.context.budget.used() <= 100'000);
    const std::uint64_t dropped = rig.recorder.totals().disk_dropped;
    CHECK(dropped == rig.context.alarm.dropped_packets());
    CHECK(rig.recorder.totals().packets + dropped == 10'000);
    rig.disk.room = std::string::npos;
    rig.pass(1s);
    const auto kept = static_cast<unsigned>(rig.recorder.totals().packets);
    CHECK(rig.disk.files[capture] == Rig::text_of(0, kept));
    rig.send(7);
    rig.recorder.close(EndReason::signal, rig.now);
    CHECK(rig.disk.files[capture] == Rig::text_of(0, kept) + Rig::text_of(10'000, 7));
}

TEST_CASE("Packets that a full disk never took are counted when the file is closed") {
    Rig rig;
    rig.disk.room = 5 * 188;
    rig.send(10);
    rig.recorder.close(EndReason::signal, rig.now);
    CHECK(rig.recorder.totals().packets == 5);
    CHECK(rig.recorder.totals().disk_dropped == 5);
    CHECK(rig.context.budget.used() == 0);
}

TEST_CASE("While a disk is full no segment is cut; afterwards the cutting goes on") {
    Rig rig(with_segments(1s));
    rig.disk.room = 50 * 188;
    rig.send(60);
    rig.pass(1s);
    rig.send(200);
    CHECK(rig.disk.files.size() == 1);
    rig.disk.room = std::string::npos;
    rig.pass(1s);
    rig.send(100);
    rig.recorder.close(EndReason::signal, rig.now);
    CHECK(rig.disk.files[capture] == Rig::text_of(0, 260));
    CHECK(rig.disk.files["/nowhere/capture-1.ts"] == Rig::text_of(260, 40));
}

TEST_CASE("When the next segment cannot be opened, recording goes on in the present one") {
    Rig rig(with_segments(1s));
    rig.send(50);
    rig.disk.open_error = EACCES;
    rig.send(100);
    CHECK(rig.context.alarm.active());
    CHECK(rig.disk.files.size() == 1);
    rig.disk.open_error = 0;
    rig.pass(1s);
    rig.send(50);
    CHECK_FALSE(rig.context.alarm.active());
    rig.recorder.close(EndReason::signal, rig.now);
    CHECK(rig.disk.files[capture] == Rig::text_of(0, 150));
    CHECK(rig.disk.files["/nowhere/capture-1.ts"] == Rig::text_of(150, 50));
}

TEST_CASE("A first file that cannot be opened is a failure, a full disk is an alarm") {
    Rig rig;
    rig.disk.open_error = EACCES;
    rig.send(10);
    CHECK(rig.recorder.failure());

    Rig full;
    full.disk.open_error = ENOSPC;
    full.send(10);
    CHECK_FALSE(full.recorder.failure());
    CHECK(full.context.alarm.active());
    full.disk.open_error = 0;
    full.pass(1s);
    CHECK_FALSE(full.context.alarm.active());
    CHECK(full.disk.files[capture] == Rig::text_of(0, 10));
}

TEST_CASE("Only what was lost after the first batch is missing from the file") {
    Rig rig;
    rig.totals.kernel_dropped = 100;
    rig.send(10, ~std::uint64_t{0}, {.kind = Kind::first});
    rig.send(10);
    const auto lost = [&](GapCause cause) { return rig.recorder.lost().of(cause); };
    CHECK(lost(GapCause::kernel).count == 0);
    rig.totals.kernel_dropped = 103;
    rig.totals.rtp_lost = 2;
    rig.totals.queue_dropped = 30;
    rig.send(10, ~std::uint64_t{0}, {.kind = Kind::gap, .missing_batches = 2, .missing_packets = 70});
    CHECK(lost(GapCause::kernel).lost == 3);
    CHECK(lost(GapCause::network).lost == 2);
    CHECK(lost(GapCause::probe_queue).lost == 30);
    CHECK(lost(GapCause::subscriber).lost == 70);
    CHECK(lost(GapCause::subscriber).batches == 2);
    rig.recorder.losses().on_restart(2, start_ns, 0, 0);
    rig.totals = {};
    rig.totals.rtp_lost = 1;
    rig.send(10);
    CHECK(lost(GapCause::network).lost == 3);
    CHECK(rig.recorder.lost().probe_restarts == 1);
}

TEST_CASE("The sidecar is there while the file is written and is true up to the last flush") {
    TestFolder folder;
    RecordConfig config = Rig::standard();
    config.output = client::PathPattern::parse(folder / "capture.ts").value();
    app::Log log{{.program = "test", .silent = true}};
    FileOpener opener;
    RecordingContext context(config, log, opener);
    StreamRecorder recorder(context, "cap-a", "news");
    TestBatch batch;
    for (unsigned i = 0; i < 5; ++i) batch.add(plain_packet(i));
    batch.datagrams = {{5, 0}};
    const proto::BatchHeader header{.probe = "cap-a",
                                    .stream = "news",
                                    .epoch = 1,
                                    .seq = 3,
                                    .first_packet = 15,
                                    .packets = 5,
                                    .time_ns = start_ns,
                                    .datagrams = batch.datagrams};
    const std::string path = folder / "capture.ts.json";
    SteadyTime now{1h};
    recorder.on_batch(header, {batch.payload, *batch.payload}, {.kind = Kind::first}, 5, now);
    CHECK(read_file(path).find("\"packets\": 0,") != std::string::npos);
    CHECK(read_file(path).find("\"end_reason\": null") != std::string::npos);
    recorder.tick(now + 1s);
    CHECK(read_file(path).find("\"packets\": 5,") != std::string::npos);
    recorder.close(EndReason::duration, now + 1s);
    CHECK(read_file(path).find("\"end_reason\": \"duration\"") != std::string::npos);
    CHECK(read_sidecar(path)->output == folder / "capture.ts");
}

}  // namespace muxtap::record
