#include "client/metrics/stream_watch.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "analyzer/json/report_json.h"
#include "tests/client/metrics/feed_maker.h"

namespace muxtap::metrics {
namespace {

using namespace std::chrono_literals;
using analyzer::IndicatorId;
using proto::StreamState;

const test::MultiplexPlan plan{.seconds = 4};
constexpr std::size_t batch_packets = 350;
const UnixTime start = from_unix_ns(1'790'000'000'000'000'000);

/// A stream of a probe and the worker that watches it.
struct Rig {
    test::Multiplex multiplex{plan};
    test::FeedMaker feed{multiplex, plan, start};
    feed::FeedTracker tracker;
    StreamWatch watch{{}, "probe", "stream"};
    std::vector<analyzer::Event> events;

    void deliver(std::size_t batches, std::chrono::nanoseconds lag = 10ms) {
        for (std::size_t i = 0; i < batches; ++i) {
            const auto message = feed.batch(batch_packets);
            watch.on_batch(message, tracker.on_batch(message.header), feed.now() + lag);
            take_events();
        }
    }
    void lose(std::size_t batches) {
        for (std::size_t i = 0; i < batches; ++i) (void)feed.batch(batch_packets);
    }
    void tell(StreamState state, UnixTime time) {
        const auto info = feed.info(state, time);
        watch.on_info(info, tracker.on_info(info), time + 10ms);
        take_events();
    }
    void take_events() {
        for (auto& event : watch.events()) events.push_back(std::move(event));
    }
    IntervalRecord describe() {
        IntervalRecord record;
        watch.describe(record);
        return record;
    }
    static const analyzer::Indicator& indicator(const IntervalRecord& record, IndicatorId id) {
        return record.report->indicators[static_cast<std::size_t>(id)];
    }
};

}  // namespace

TEST_CASE("A datagram that goes on in the next batch is one datagram") {
    Rig whole;
    whole.deliver(20);
    Rig cut;
    std::uint64_t seq = 0;
    for (int i = 0; i < 20; ++i) {
        const auto message = cut.feed.batch(batch_packets);
        const auto entries = message.header.datagrams;
        // The first 10 datagrams and 3 packets, then the 4 others and the rest.
        std::vector<proto::DatagramEntry> first(entries.begin(), entries.begin() + 11);
        first.back().packets = 3;
        std::vector<proto::DatagramEntry> rest(entries.begin() + 10, entries.end());
        std::int64_t time_ns = message.header.time_ns;
        for (const auto& entry : first) time_ns += entry.gap_ns;
        rest.front() = {.packets = 4, .gap_ns = 0};
        const auto deliver = [&](std::size_t from, std::size_t count,
                                 const std::vector<proto::DatagramEntry>& datagrams) {
            auto part = message;
            part.header.seq = seq++;
            part.header.first_packet += from;
            part.header.totals.packets += from;
            part.header.packets = static_cast<std::uint32_t>(count);
            part.header.datagrams = datagrams;
            part.payload = message.payload.subspan(from * ts::packet_size, count * ts::packet_size);
            if (from > 0) {
                part.header.time_ns = time_ns;
                part.header.totals.datagrams += 10;  // those that are complete
            }
            cut.watch.on_batch(part, cut.tracker.on_batch(part.header), cut.feed.now() + 10ms);
        };
        deliver(0, 73, first);
        deliver(73, batch_packets - 73, rest);
    }
    const auto expected = whole.describe().report;
    const auto report = cut.describe().report;
    CHECK(report->arrival == expected->arrival);
    CHECK(report->arrival->packets_per_datagram_min == 7);
    CHECK(report->rate.peak_10ms_bps == expected->rate.peak_10ms_bps);
}

TEST_CASE("The report of a fed stream is the one of its packets") {
    Rig rig;
    rig.deliver(20);
    analyzer::Analyzer alone({});
    test::FeedMaker feed(rig.multiplex, plan, start);
    std::vector<analyzer::DatagramMark> marks;
    for (int i = 0; i < 20; ++i) {
        const auto message = feed.batch(batch_packets);
        marks.clear();
        UnixTime time = from_unix_ns(message.header.time_ns);
        for (const auto& entry : message.header.datagrams) {
            time += std::chrono::nanoseconds{entry.gap_ns};
            marks.push_back({.packets = entry.packets, .time = time, .merged = false});
        }
        analyzer::PacketBlock block;
        block.bytes = message.payload;
        block.datagrams = marks;
        alone.add(block);
    }
    const IntervalRecord record = rig.describe();
    CHECK(analyzer::to_json(*record.report, {}) == analyzer::to_json(alone.report(), {}));
    CHECK(record.report->totals.packets == 20 * batch_packets);
    CHECK(record.phase == StreamPhase::live);
    CHECK(record.identity.epoch == rig.feed.epoch);
    CHECK(record.source.dst_ip == "239.1.1.1");
    CHECK(record.probe.next_seq == 20);
    CHECK_FALSE(record.previous);
    CHECK(rig.describe().previous == record.report);
}

TEST_CASE("Batches that did not reach the worker are its loss, not the stream's fault") {
    Rig rig;
    rig.deliver(5);
    rig.lose(3);
    rig.deliver(5);
    const IntervalRecord record = rig.describe();
    CHECK(record.losses.feed_batches == 3);
    CHECK(record.losses.feed_packets == 3 * batch_packets);
    CHECK(record.losses.continuity_lost == 0);
    CHECK(record.report->totals.capture_losses == 1);
    CHECK(record.report->totals.captured_packets_lost == 3 * batch_packets);
    CHECK(Rig::indicator(record, IndicatorId::continuity_count_error).count == 0);
    CHECK(Rig::indicator(record, IndicatorId::continuity_count_error).capture_loss > 0);
}

TEST_CASE("A loss before a pause is known from the status, and told once") {
    Rig rig;
    rig.deliver(5);
    rig.lose(2);
    rig.tell(StreamState::silent, rig.feed.now() + 1s);
    CHECK(rig.describe().losses.feed_batches == 2);
    rig.deliver(2);
    const IntervalRecord record = rig.describe();
    CHECK(record.losses.feed_batches == 2);
    CHECK(record.losses.feed_packets == 2 * batch_packets);
    CHECK(Rig::indicator(record, IndicatorId::continuity_count_error).count == 0);
}

TEST_CASE("Losses of the kernel and of the probe's queue shadow the stream's counters") {
    Rig rig;
    rig.deliver(5);
    const std::uint64_t packets = rig.feed.totals().packets;
    rig.lose(1);
    SECTION("the probe's queue was full") {
        rig.feed.totals().queue_dropped += batch_packets;
        // The batch was never published: the next one has its number.
        const auto message = rig.feed.batch(batch_packets);
        proto::BatchMessage renumbered = message;
        renumbered.header.seq -= 1;
        rig.watch.on_batch(renumbered, rig.tracker.on_batch(renumbered.header), rig.feed.now());
        const IntervalRecord record = rig.describe();
        CHECK(record.losses.probe_queue_dropped == batch_packets);
        CHECK(record.losses.feed_batches == 0);
        CHECK(Rig::indicator(record, IndicatorId::continuity_count_error).count == 0);
    }
    SECTION("the kernel dropped frames") {
        rig.feed.totals().kernel_dropped += 50;
        rig.feed.totals().packets = packets;
        const auto message = rig.feed.batch(batch_packets);
        proto::BatchMessage renumbered = message;
        renumbered.header.seq -= 1;
        rig.watch.on_batch(renumbered, rig.tracker.on_batch(renumbered.header), rig.feed.now());
        const IntervalRecord record = rig.describe();
        CHECK(record.losses.kernel_dropped == 50);
        CHECK(Rig::indicator(record, IndicatorId::continuity_count_error).count == 0);
    }
    SECTION("nobody dropped anything: it is the stream's or the network's") {
        rig.feed.totals().packets = packets;
        const auto message = rig.feed.batch(batch_packets);
        proto::BatchMessage renumbered = message;
        renumbered.header.seq -= 1;
        rig.watch.on_batch(renumbered, rig.tracker.on_batch(renumbered.header), rig.feed.now());
        const IntervalRecord record = rig.describe();
        CHECK(record.losses.continuity_lost > 0);
        CHECK(Rig::indicator(record, IndicatorId::continuity_count_error).count > 0);
    }
}

TEST_CASE("What the probe rejected before the worker came is not told, what it rejects then is") {
    Rig rig;
    rig.feed.totals().rejected.add(ts::RejectReason::sync_byte, 100);
    rig.feed.totals().rtp_lost = 30;
    rig.deliver(2);
    CHECK(rig.describe().report->totals.rejected.total() == 0);
    CHECK(rig.describe().losses.rtp_lost == 0);
    rig.feed.totals().rejected.add(ts::RejectReason::sync_byte, 3);
    rig.feed.totals().rtp_lost += 4;
    rig.deliver(1);
    const IntervalRecord record = rig.describe();
    CHECK(record.report->totals.rejected.of(ts::RejectReason::sync_byte) == 3);
    CHECK(Rig::indicator(record, IndicatorId::sync_byte_error).count > 0);
    CHECK(record.losses.rtp_lost == 4);
    CHECK(record.probe.totals.rtp_lost == 34);
}

TEST_CASE("A stream of nothing but rejected packets is told by its statuses") {
    Rig rig;
    rig.deliver(5);
    rig.feed.totals().rejected.add(ts::RejectReason::sync_byte, 5000);
    rig.tell(StreamState::silent, rig.feed.now() + 1s);
    CHECK(Rig::indicator(rig.describe(), IndicatorId::ts_sync_loss).count > 0);
}

TEST_CASE("A restart of the probe keeps the counters and adds its losses up") {
    Rig rig;
    rig.deliver(5);
    rig.feed.totals().rtp_lost = 7;
    rig.deliver(1);
    const auto before = rig.describe();
    rig.feed.restart();
    rig.feed.totals().rtp_lost = 2;
    rig.deliver(5);
    const IntervalRecord record = rig.describe();
    CHECK(record.identity.epoch == before.identity.epoch + 1);
    CHECK(record.losses.rtp_lost == 9);
    CHECK(record.probe.totals.rtp_lost == 2);
    CHECK(record.report->totals.packets == 11 * batch_packets);
    CHECK(record.report->totals.capture_losses == 1);
}

TEST_CASE("Silence by the probe's word lets time pass, nothing else does") {
    Rig rig;
    rig.deliver(10);
    SECTION("the probe says that nothing comes") {
        rig.tell(StreamState::silent, rig.feed.now() + 3s);
        const IntervalRecord record = rig.describe();
        CHECK(record.phase == StreamPhase::silent);
        CHECK(Rig::indicator(record, IndicatorId::pat_error_2).state == analyzer::IndicatorState::error);
        CHECK(std::count_if(rig.events.begin(), rig.events.end(), [](const analyzer::Event& event) {
                  return event.kind == analyzer::EventKind::silence_began;
              }) == 1);
    }
    SECTION("everything the probe has seen is here, and nothing has come since") {
        rig.tell(StreamState::live, rig.feed.now() + 1s);
        CHECK(Rig::indicator(rig.describe(), IndicatorId::pat_error_2).state == analyzer::IndicatorState::error);
    }
    SECTION("the newest packets may not have been seen by the probe yet") {
        rig.tell(StreamState::live, rig.feed.now() + 150ms);
        CHECK(rig.describe().report->last <= rig.feed.now());
    }
    SECTION("packets are still on their way") {
        auto info = rig.feed.info(StreamState::live, rig.feed.now() + 3s);
        info.totals.packets += 70;
        rig.watch.on_info(info, rig.tracker.on_info(info), rig.feed.now() + 3s);
        CHECK(Rig::indicator(rig.describe(), IndicatorId::pat_error_2).state == analyzer::IndicatorState::ok);
    }
}

TEST_CASE("The silence of a replayed capture is measured by the capture's clock") {
    Rig rig;
    const auto year = std::chrono::hours{24 * 365};
    rig.deliver(10);
    rig.tell(StreamState::live, rig.feed.now() + year);
    rig.tell(StreamState::silent, rig.feed.now() + year + 2s);
    const IntervalRecord record = rig.describe();
    CHECK(record.report->last < rig.feed.now() + 10s);
    CHECK(Rig::indicator(record, IndicatorId::pat_error_2).state == analyzer::IndicatorState::error);
}

TEST_CASE("The packets of a file have times by their PCRs, whenever they are read") {
    Rig rig;
    rig.feed.source = {.ip = {},
                       .port = 0,
                       .dst_ip = {},
                       .dst_port = 0,
                       .interface = "film.ts",
                       .vlan = 0,
                       .encapsulation = proto::Encapsulation::file};
    const std::size_t batches = rig.multiplex.packets() / batch_packets;
    rig.deliver(batches);
    rig.tell(StreamState::ended, start + 100s);
    const IntervalRecord record = rig.describe();
    CHECK(record.report->clock == analyzer::ClockSource::pcr);
    CHECK(record.report->totals.packets == batches * batch_packets);
    CHECK(std::abs(std::chrono::duration<double>(record.report->last.time_since_epoch()).count() - plan.seconds) < 0.2);
    CHECK(record.phase == StreamPhase::ended);
}

TEST_CASE("The largest lag begins anew with each record") {
    Rig rig;
    rig.deliver(1, 300ms);
    rig.deliver(1, 20ms);
    CHECK(rig.watch.lag() == 20ms);
    CHECK(rig.watch.take_lag_max() == 300ms);
    CHECK(rig.watch.take_lag_max() == 0ms);
}

}  // namespace muxtap::metrics
