#include "probe/capture_stage.h"

#include <catch2/catch.hpp>
#include <deque>

#include "probe/packet_dump.h"
#include "tests/support/frame_builder.h"
#include "tests/support/recording_queue.h"

namespace muxtap::probe {
namespace {

using namespace muxtap::test;
using namespace std::chrono_literals;

/// Gives away what it was told to, one datagram a poll, and then ends, fails or has nothing more.
struct Script {
    std::deque<ByteVector> payloads = {};
    bool ends = true;
    std::string error = {};
    std::chrono::milliseconds longest_wait{0};
};

class ScriptedSource : public Source {
public:
    explicit ScriptedSource(Script& script) : script_(script) {}
    Result<Poll> poll(DatagramSink& sink, std::chrono::milliseconds wait) override {
        script_.longest_wait = std::max(script_.longest_wait, wait);
        if (script_.payloads.empty() && !script_.error.empty()) return fail(script_.error);
        if (script_.payloads.empty()) return script_.ends ? Poll::end_of_stream : Poll::idle;
        const ByteVector payload = script_.payloads.front();
        script_.payloads.pop_front();
        ++frames_;
        net::Datagram datagram;
        datagram.payload = payload;
        datagram.time = unix_now();
        datagram.destination = address("239.1.1.1");
        datagram.destination_port = 5000;
        sink.on_datagram(datagram);
        return Poll::datagrams;
    }
    SourceCounters counters() override {
        return {.frames = frames_, .kernel_dropped = 9, .frames_rejected = 0, .merged_frames = 0};
    }
    [[nodiscard]] std::string damage() const override { return script_.error; }

private:
    Script& script_;
    std::uint64_t frames_ = 0;
};

/// A queue that outlives the stage it belongs to.
class BorrowedQueue : public feed::BatchQueueWriter {
public:
    explicit BorrowedQueue(RecordingQueue& queue) : queue_(queue) {}
    [[nodiscard]] feed::BatchPtr acquire(std::size_t packets) override { return queue_.acquire(packets); }
    [[nodiscard]] bool push(feed::BatchPtr& batch) override { return queue_.push(batch); }
    void deliver() override { queue_.deliver(); }
    void finish() override { queue_.finish(); }

private:
    RecordingQueue& queue_;
};

struct Rig {
    explicit Rig(Script given, FlowTable::Settings settings = {}) : script(std::move(given)) {
        settings.selectors.push_back(parse_stream_selector("a=udp://239.1.1.1:5000").value());
        stage = std::make_unique<CaptureStage>(std::make_unique<ScriptedSource>(script), settings,
                                               std::make_unique<BorrowedQueue>(queue), board, 0);
    }
    RecordingQueue queue;
    feed::StatusBoard board{1};
    Script script;
    std::unique_ptr<CaptureStage> stage;
};

TEST_CASE("a stage works until its source ends, and finishing hands on what is left") {
    Rig rig({.payloads = {packet_run(7), packet_run(7, 7), packet_run(7, 14)}});
    int rounds = 0;
    while (rig.stage->do_work().value()) REQUIRE(++rounds < 100);
    CHECK(rounds == 3);
    CHECK_FALSE(rig.queue.finished);
    rig.stage->finish();
    CHECK(rig.queue.finished);
    CHECK(same(rig.queue.packets(), packet_run(21)));
    CHECK(rig.stage->status().source.frames == 3);
}

TEST_CASE("the streams asked for are on the board before anything has come, and have ended when it is over") {
    Rig rig({.payloads = {packet_run(7)}});
    REQUIRE(rig.board.read().size() == 1);
    CHECK(rig.board.read()[0].stream->name == "a");
    CHECK_FALSE(rig.board.read()[0].ended);
    while (rig.stage->do_work().value()) {
    }
    rig.stage->finish();
    const auto statuses = rig.board.read();
    REQUIRE(statuses.size() == 1);
    CHECK(statuses[0].ended);
    CHECK(statuses[0].totals.packets == 7);
    CHECK(statuses[0].totals.kernel_dropped == 9);
}

TEST_CASE("a stage is done when the limit of packets is reached") {
    FlowTable::Settings settings;
    settings.packet_limit = 14;
    Rig rig({.payloads = {packet_run(7), packet_run(7), packet_run(7)}, .ends = false}, settings);
    CHECK(rig.stage->do_work().value());
    CHECK_FALSE(rig.stage->do_work().value());
    rig.stage->finish();
    CHECK(rig.queue.packets_pushed == 14);
}

TEST_CASE("a source's failure is the stage's, and what was captured before it is not lost") {
    Rig rig({.payloads = {packet_run(7)}, .error = "the interface \"eth9\" is gone"});
    CHECK(rig.stage->do_work().value());
    const auto worked = rig.stage->do_work();
    REQUIRE_FALSE(worked.has_value());
    CHECK(worked.error().message == "the interface \"eth9\" is gone");
    rig.stage->finish();
    CHECK(rig.queue.packets_pushed == 7);
    CHECK(rig.stage->status().damage == "the interface \"eth9\" is gone");
}

TEST_CASE("a stage waits for datagrams no longer than the oldest batch may") {
    FlowTable::Settings settings;
    settings.assembler.batch_age = 20ms;
    Rig idle({.ends = false}, settings);
    CHECK(idle.stage->do_work().value());
    CHECK(idle.script.longest_wait == 100ms);
    Rig waiting({.payloads = {packet_run(1)}, .ends = false}, settings);
    CHECK(waiting.stage->do_work().value());
    waiting.script.longest_wait = 0ms;
    const SteadyTime patience = steady_now() + 10s;
    while (waiting.queue.pushed == 0 && steady_now() < patience) CHECK(waiting.stage->do_work().value());
    CHECK(waiting.queue.packets_pushed == 1);
    CHECK(waiting.script.longest_wait <= 20ms);
}

TEST_CASE("at a stop what a ring still holds is taken in, until it is empty") {
    Rig rig({.payloads = {packet_run(7), packet_run(7, 7)}, .ends = false});
    rig.stage->drain(1ms, 10s);
    rig.stage->finish();
    CHECK(same(rig.queue.packets(), packet_run(14)));
    CHECK(rig.script.payloads.empty());
}

TEST_CASE("packets are printed in hexadecimal on their way, and go on as they were") {
    RecordingQueue queue;
    char* text = nullptr;
    std::size_t size = 0;
    std::FILE* const output = ::open_memstream(&text, &size);
    PacketDump dump(std::make_unique<BorrowedQueue>(queue), output);
    feed::BatchPtr batch = dump.acquire(2);
    const ByteVector packets = packet_run(2, 5, {.pid = 0x123});
    std::copy(packets.begin(), packets.end(), batch->room().begin());
    batch->commit(2);
    auto description = std::make_shared<feed::StreamDescription>();
    description->set_name("news");
    batch->stream = description;
    batch->first_packet = 40;
    CHECK(dump.push(batch));
    dump.finish();
    std::fclose(output);
    const std::string printed(text, size);
    std::free(text);
    CHECK_THAT(printed, Catch::StartsWith("news packet 40 pid 291 continuity_counter 5\n  47 01 23 15 ") &&
                            Catch::Contains("\nnews packet 41 pid 291 continuity_counter 6\n"));
    CHECK(same(queue.packets(), packets));
    CHECK(queue.finished);
}

}  // namespace
}  // namespace muxtap::probe
