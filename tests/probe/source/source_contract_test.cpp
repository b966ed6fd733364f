#include <catch2/catch.hpp>
#include <optional>

#include "probe/flow/flow_table.h"
#include "tests/probe/source/source_subjects.h"
#include "tests/support/network.h"
#include "tests/support/recording_queue.h"

namespace muxtap::probe {
namespace {

using namespace muxtap::test;
using namespace std::chrono_literals;
using Payloads = std::vector<ByteVector>;
using Poll = Source::Poll;

/// Where a source's datagrams go: to a flow table, and counted on the way.
class CountingSink : public DatagramSink {
public:
    explicit CountingSink(bool with_room) : with_room_(with_room), flows_(settings(), queue) {}

    void on_datagram(const net::Datagram& datagram) override {
        ++datagrams;
        bytes += datagram.payload.size();
        // What arrived may have come by any way; one flow shall take it.
        net::Datagram same_flow = datagram;
        same_flow.destination = {};
        same_flow.destination_port = 1;
        flows_.on_datagram(same_flow);
    }
    void on_kernel_loss(std::uint64_t kernel_dropped) override { flows_.on_kernel_loss(kernel_dropped); }
    [[nodiscard]] std::span<std::uint8_t> landing(std::size_t stream) override {
        return with_room_ ? flows_.landing(stream) : std::span<std::uint8_t>{};
    }
    [[nodiscard]] std::size_t on_file_bytes(ByteView piece, UnixTime time, bool last) override {
        return flows_.on_file_bytes(piece, time, last);
    }
    void finish() { flows_.finish(); }

    RecordingQueue queue;
    std::size_t datagrams = 0;
    std::size_t bytes = 0;

private:
    static FlowTable::Settings settings() {
        FlowTable::Settings settings;
        settings.selectors.push_back(parse_stream_selector("a=udp://[::]:1").value());
        settings.is_file = true;
        return settings;
    }
    bool with_room_;
    FlowTable flows_;
};

/// Runs a check with every source, saying loudly which were left out.
void with_every_source(const std::function<void(const SubjectKind&)>& check) {
    for (const SubjectKind& kind : all_subjects()) {
        if (kind.needs_root && !is_root()) {
            say_skipped("source contract of " + kind.name, "needs root");
            continue;
        }
        INFO(kind.name);
        check(kind);
    }
}

Poll poll_once(Source& source, DatagramSink& sink, std::chrono::milliseconds wait) {
    const auto polled = source.poll(sink, wait);
    INFO((polled ? std::string{} : polled.error().message));
    REQUIRE(polled.has_value());
    return *polled;
}

/// Polls until the source has nothing more: a file until it ends, a live one until so many datagrams have come.
void drain(const SubjectKind& kind, Source& source, CountingSink& sink, std::size_t datagrams) {
    const SteadyTime patience = steady_now() + 20s;
    while (steady_now() < patience) {
        const Poll polled = poll_once(source, sink, 5ms);
        if (kind.ends) {
            if (polled == Poll::end_of_stream) return;
        } else {
            REQUIRE(polled != Poll::end_of_stream);
            if (sink.datagrams >= datagrams && polled == Poll::idle) return;
        }
    }
    FAIL("nothing more came: " << sink.datagrams << " of " << datagrams);
}

/// Lets these payloads come to a source and drains it; to a live one some at a time, so that nothing overflows however
/// slow this machine is.
std::unique_ptr<Source> feed_all(const SubjectKind& kind, Subject& subject, CountingSink& sink,
                                 const Payloads& payloads) {
    if (kind.ends) {
        auto source = subject.start(payloads);
        drain(kind, *source, sink, payloads.size());
        return source;
    }
    constexpr std::size_t at_once = 80;
    auto source = subject.start({});
    for (std::size_t at = 0; at < payloads.size(); at += at_once) {
        const auto begin = payloads.begin() + static_cast<std::ptrdiff_t>(at);
        const std::size_t count = std::min(at_once, payloads.size() - at);
        subject.send({begin, begin + static_cast<std::ptrdiff_t>(count)});
        drain(kind, *source, sink, at + count);
    }
    return source;
}

Payloads datagrams_of(const ByteVector& packets, const std::vector<std::size_t>& counts) {
    Payloads payloads;
    std::size_t at = 0;
    for (std::size_t i = 0; at < packets.size(); ++i) {
        const std::size_t size = std::min(counts[i % counts.size()] * 188, packets.size() - at);
        const auto begin = packets.begin() + static_cast<std::ptrdiff_t>(at);
        payloads.emplace_back(begin, begin + static_cast<std::ptrdiff_t>(size));
        at += size;
    }
    return payloads;
}

TEST_CASE("every source offers everything once and in order, with room to land and without") {
    const ByteVector packets = packet_run(1500);
    const std::vector<std::vector<std::size_t>> patterns = {{7}, {1, 2, 3, 4, 5, 6, 7}, {7, 7, 7, 7, 1, 40, 7}};
    with_every_source([&](const SubjectKind& kind) {
        for (const bool with_room : {true, false}) {
            for (const auto& pattern : patterns) {
                const Payloads payloads = datagrams_of(packets, pattern);
                CAPTURE(with_room, pattern.size());
                const auto subject = kind.make();
                CountingSink sink(with_room);
                const auto source = feed_all(kind, *subject, sink, payloads);
                sink.finish();
                CHECK(same(sink.queue.packets(), packets));
                CHECK(sink.datagrams == (kind.has_datagrams ? payloads.size() : 0));
                const SourceCounters counters = source->counters();
                if (kind.has_datagrams) CHECK(counters.frames == payloads.size());
                CHECK(counters.frames > 0);
                CHECK(counters.kernel_dropped == 0);
                CHECK(counters.frames_rejected == 0);
                CHECK(source->damage().empty());
            }
        }
    });
}

TEST_CASE("every source says when it has nothing, and does not wait for it longer than told") {
    with_every_source([&](const SubjectKind& kind) {
        const auto subject = kind.make();
        const auto source = subject->start({packet_run(7)});
        CountingSink sink(true);
        drain(kind, *source, sink, 1);
        const Poll nothing = kind.ends ? Poll::end_of_stream : Poll::idle;
        // A poll that waited for a datagram would never come back.
        for (const auto wait : {0ms, 1ms, 0ms}) CHECK(poll_once(*source, sink, wait) == nothing);
        CHECK(sink.datagrams == (kind.has_datagrams ? 1 : 0));
        if (kind.ends) return;
        subject->send({packet_run(7, 7), packet_run(7, 14)});
        drain(kind, *source, sink, 3);
        CHECK(poll_once(*source, sink, 0ms) == Poll::idle);
        sink.finish();
        CHECK(same(sink.queue.packets(), packet_run(21)));
        CHECK(source->counters().frames == 3);
    });
}

TEST_CASE("every source passes rubbish on as it came, and what is good between it goes through") {
    with_every_source([&](const SubjectKind& kind) {
        Payloads payloads;
        ByteVector expected;
        std::size_t bytes = 0;
        std::uint32_t number = 0;
        const auto add_good = [&](std::size_t count) {
            payloads.push_back(packet_run(count, number));
            append(expected, payloads.back());
            number += static_cast<std::uint32_t>(count);
        };
        add_good(7);
        for (const std::size_t size : {0U, 1U, 187U, 1400U, 8000U, 65507U}) {
            payloads.push_back(filler(std::min<std::size_t>(size, kind.largest_payload)));
            add_good(7);
            add_good(3);
            payloads.push_back(filler(3));
            add_good(5);
        }
        for (const ByteVector& payload : payloads) bytes += payload.size();
        for (const bool with_room : {true, false}) {
            CAPTURE(with_room);
            const auto subject = kind.make();
            CountingSink sink(with_room);
            const auto source = feed_all(kind, *subject, sink, payloads);
            sink.finish();
            CHECK(same(sink.queue.packets(), expected));
            if (kind.has_datagrams) CHECK(sink.datagrams == payloads.size());
            if (kind.has_datagrams) CHECK(sink.bytes == bytes);
        }
    });
}

}  // namespace
}  // namespace muxtap::probe
