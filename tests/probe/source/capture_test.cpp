// What only live captures have: tags that the kernel takes out, filters in the kernel, fragments, interfaces that go.
#include <algorithm>
#include <catch2/catch.hpp>

#include "probe/source/capture_filter.h"
#include "probe/source/packet_ring_source.h"
#include "probe/source/pcap_live_source.h"
#include "probe/source/udp_socket_source.h"
#include "tests/support/frame_builder.h"
#include "tests/support/network.h"

namespace muxtap::probe {
namespace {

using namespace muxtap::test;
using namespace std::chrono_literals;

struct Seen {
    std::uint16_t port, vlan, inner_vlan;
    std::size_t size;
    UnixTime time;
    bool merged;
    std::size_t segment_size;
};

class SeeingSink : public DatagramSink {
public:
    void on_datagram(const net::Datagram& datagram) override {
        seen.push_back({datagram.destination_port, datagram.vlan, datagram.inner_vlan, datagram.payload.size(),
                        datagram.time, datagram.merged, datagram.segment_size});
    }
    [[nodiscard]] std::span<std::uint8_t> landing(std::size_t /*stream*/) override { return {}; }
    [[nodiscard]] std::size_t on_file_bytes(ByteView bytes, UnixTime /*time*/, bool /*last*/) override {
        return bytes.size();
    }
    void on_kernel_loss(std::uint64_t kernel_dropped) override {
        CHECK(kernel_dropped > told_dropped);
        told_dropped = kernel_dropped;
    }
    std::vector<Seen> seen;
    std::uint64_t told_dropped = 0;
};

/// Packets whose bytes 4 to 7 are a number.
ByteVector numbered_payload(std::uint32_t number) {
    ByteVector payload = packet_run(7);
    std::memcpy(payload.data() + 4, &number, sizeof(number));
    return payload;
}

/// Notes which of the numbers 0, 1, 2… follows one that is not the one before it, and which a loss was told in front
/// of.
class NumberSink final : public SeeingSink {
public:
    /// Gaps of up to `smallest_gap` numbers are not noted.
    explicit NumberSink(std::uint32_t smallest_gap) : smallest_gap_(smallest_gap) {}
    void on_datagram(const net::Datagram& datagram) override {
        SeeingSink::on_datagram(datagram);
        std::uint32_t number = 0;
        std::memcpy(&number, datagram.payload.data() + 4, sizeof(number));
        if (number - next_ > smallest_gap_) behind_gaps.push_back(number);
        if (told_dropped != told_before_) behind_told_losses.push_back(number);
        missing += number - next_;
        next_ = number + 1;
        told_before_ = told_dropped;
    }
    [[nodiscard]] std::span<std::uint8_t> landing(std::size_t /*stream*/) override { return room_; }

    std::vector<std::uint32_t> behind_gaps;
    std::vector<std::uint32_t> behind_told_losses;
    std::uint64_t missing = 0;

private:
    std::array<std::uint8_t, std::size_t{20} * 7 * 188> room_{};
    std::uint32_t smallest_gap_;
    std::uint32_t next_ = 0;
    std::uint64_t told_before_ = 0;
};

Result<std::unique_ptr<Source>> open_on(bool ring, const std::string& device, const std::string& filter,
                                        int snap_length = 65535) {
    if (ring) {
        return PacketRingSource::open({.device = device,
                                       .filter = filter,
                                       .promiscuous = true,
                                       .buffer_bytes = std::size_t{4} << 20,
                                       .block_time_out = 1ms});
    }
    return PcapLiveSource::open({.device = device,
                                 .filter = filter,
                                 .promiscuous = true,
                                 .immediate = false,
                                 .buffer_bytes = std::size_t{4} << 20,
                                 .snap_length = snap_length,
                                 .read_time_out = 1ms});
}

/// Polls until this many datagrams are there.
void see(Source& source, SeeingSink& sink, std::size_t count) {
    const SteadyTime patience = steady_now() + 10s;
    while (sink.seen.size() < count && steady_now() < patience) REQUIRE(source.poll(sink, 5ms).has_value());
    REQUIRE(sink.seen.size() == count);
}

#define NEEDS_ROOT(what)                 \
    if (!is_root()) {                    \
        say_skipped(what, "needs root"); \
        return;                          \
    }

TEST_CASE("VLAN tags are seen, in the bytes or taken out by the kernel") {
    NEEDS_ROOT("VLAN tags in live captures");
    const OwnNetwork network;
    const ByteVector packet = ipv4({}, udp({}, packet_run(7)));
    for (const bool ring : {true, false}) {
        CAPTURE(ring);
        StreamSelector selector = parse_stream_selector("a=udp://239.1.1.1:5000").value();
        auto source = open_on(ring, "vb", filter_expression({&selector, 1}, false));
        REQUIRE(source.has_value());
        FrameSender sender("va");
        sender.send(ethernet(type_v4, packet));
        sender.send(ethernet(0x8100, tag(123, type_v4, packet)));
        sender.send(ethernet(0x88A8, tag(10, 0x8100, tag(20, type_v4, packet))));
        SeeingSink sink;
        see(**source, sink, 3);
        CHECK(sink.seen[0].vlan == 0);
        CHECK(sink.seen[1].vlan == 123);
        CHECK(sink.seen[1].inner_vlan == 0);
        CHECK(sink.seen[2].vlan == 10);
        CHECK(sink.seen[2].inner_vlan == 20);
        for (const Seen& seen : sink.seen) CHECK(seen.size == 1316);
    }
}

TEST_CASE("the kernel's filter lets what is asked for through, and fragments of it") {
    NEEDS_ROOT("filters in live captures");
    const OwnNetwork network;
    const ByteVector datagram = udp({}, packet_run(7));
    for (const bool ring : {true, false}) {
        CAPTURE(ring);
        StreamSelector selector = parse_stream_selector("a=udp://239.1.1.1:5000").value();
        auto source = open_on(ring, "vb", filter_expression({&selector, 1}, false));
        REQUIRE(source.has_value());
        FrameSender sender("va");
        sender.send(ethernet(type_v4, ipv4({}, udp({.destination_port = 5001}, packet_run(7)))));
        sender.send(ethernet(type_v4, ipv4({.destination = "239.1.1.2"}, datagram)));
        sender.send(ethernet(0x0806, filler(46)));
        sender.send(
            ethernet(type_v4, ipv4({.fragment_offset = 0, .more_fragments = true}, ByteView(datagram).first(1000))));
        sender.send(ethernet(type_v4, ipv4({.fragment_offset = 1000}, ByteView(datagram).subspan(1000))));
        SeeingSink sink;
        see(**source, sink, 1);
        CHECK(sink.seen[0].size == 1316);
        const SourceCounters counters = (*source)->counters();
        CHECK(counters.frames == 2);
        CHECK(counters.frames_rejected == 0);
    }
}

TEST_CASE("captured datagrams are stamped with the time they came, to the nanosecond") {
    NEEDS_ROOT("time stamps of live captures");
    const OwnNetwork network;
    for (const bool ring : {true, false}) {
        CAPTURE(ring);
        auto source = open_on(ring, "vb", "udp");
        REQUIRE(source.has_value());
        FrameSender sender("va");
        const UnixTime before = unix_now();
        for (int i = 0; i < 50; ++i) sender.send(plain_frame(packet_run(1)));
        const UnixTime after = unix_now();
        SeeingSink sink;
        see(**source, sink, 50);
        bool below_microseconds = false;
        UnixTime last = before;
        for (const Seen& seen : sink.seen) {
            CHECK(seen.time >= last);
            CHECK(seen.time <= after);
            last = seen.time;
            below_microseconds |= to_unix_ns(seen.time) % 1000 != 0;
        }
        CHECK(below_microseconds);
    }
}

TEST_CASE("datagrams that an offload merged into one frame are told from single ones") {
    NEEDS_ROOT("merged frames");
    const OwnNetwork network;
    REQUIRE(std::system("ip link set va mtu 1500 && ip link set vb mtu 1500 && ip addr add 10.99.0.1/24 dev va") == 0);
    for (const bool ring : {true, false}) {
        CAPTURE(ring);
        auto source = open_on(ring, "vb", "udp");
        REQUIRE(source.has_value());
        UdpSender sender(address("239.1.1.1"), 5000, "va");
        sender.send(packet_run(7));
        SeeingSink sink;
        see(**source, sink, 1);
        CHECK((*source)->counters().merged_frames == 0);
        CHECK_FALSE(sink.seen[0].merged);
        CHECK(sink.seen[0].segment_size == 0);
        sender.cut_into(1316);
        sender.send(packet_run(68));
        see(**source, sink, 2);
        CHECK((*source)->counters().merged_frames == 1);
        CHECK(sink.seen[1].size == 68 * 188);
        CHECK(sink.seen[1].merged);
        // Only the raw ring is told the size.
        CHECK(sink.seen[1].segment_size == (ring ? 1316 : 0));
    }
}

void read_until_idle(Source& source, DatagramSink& sink) {
    for (int idle = 0; idle < 3;) idle += source.poll(sink, 10ms).value() == Source::Poll::idle ? 1 : 0;
}

TEST_CASE("what a full ring loses is counted, and what it kept is still given away") {
    NEEDS_ROOT("drops of capture rings");
    const OwnNetwork network;
    for (const bool ring : {true, false}) {
        CAPTURE(ring);
        auto source = open_on(ring, "vb", "udp");
        REQUIRE(source.has_value());
        FrameSender sender("va");
        const ByteVector frame = plain_frame(packet_run(7));
        constexpr std::size_t sent = 12'000;  // 16 MB into 4
        for (std::size_t i = 0; i < sent; ++i) sender.send(frame);
        SeeingSink sink;
        read_until_idle(**source, sink);
        const SourceCounters counters = (*source)->counters();
        CHECK(counters.kernel_dropped > 0);
        CHECK(counters.frames == sink.seen.size());
        CHECK(counters.frames > 0);
        CHECK(counters.frames + counters.kernel_dropped <= sent);
        // Asking again does not count them again.
        CHECK((*source)->counters().kernel_dropped == counters.kernel_dropped);
    }
}

/// After four losses and what came behind the last. Some may be told of where nothing is missing: a frame kept for a
/// place where the kernel then dropped none.
void check_losses_told_where_missing(Source& source, NumberSink& sink, std::uint32_t sent) {
    read_until_idle(source, sink);
    CHECK(sink.behind_gaps.size() >= 4);
    CAPTURE(sink.behind_gaps, sink.behind_told_losses);
    CHECK(std::ranges::includes(sink.behind_told_losses, sink.behind_gaps));
    CHECK(sink.behind_told_losses.size() <= 2 * sink.behind_gaps.size());
    CHECK(sink.missing == source.counters().kernel_dropped);
    CHECK(sink.seen.size() + sink.missing == sent);
}

TEST_CASE("what a full ring loses is told where it is missing, however much is still to be read") {
    NEEDS_ROOT("drops of capture rings");
    const OwnNetwork network;
    // Two polls empty it.
    auto source = PacketRingSource::open({.device = "vb",
                                          .filter = "udp",
                                          .promiscuous = true,
                                          .buffer_bytes = std::size_t{32} << 20,
                                          .block_time_out = 1ms});
    REQUIRE(source.has_value());
    FrameSender sender("va");
    // Linux 6.18 sometimes drops a single frame when its timer closes a block in the same moment: nothing tells where.
    NumberSink sink(1);
    std::uint32_t sent = 0;
    for (int round = 0; round < 4; ++round) {
        for (int i = 0; i < 30'000; ++i) sender.send(plain_frame(numbered_payload(sent++)));  // 42 MB
        REQUIRE((*source)->poll(sink, 10ms).has_value());
        CHECK((*source)->counters().kernel_dropped == sink.told_dropped);
    }
    read_until_idle(**source, sink);
    sender.send(plain_frame(numbered_payload(sent++)));
    check_losses_told_where_missing(**source, sink, sent);
}

TEST_CASE("what a full socket buffer loses is told where it is missing, whatever landed behind it") {
    std::string note;
    StreamSelector selector;
    selector.destination = address("127.0.0.1");
    selector.port = free_udp_port();
    auto source = UdpSocketSource::open({&selector, 1}, {.device = {}, .buffer_bytes = 100'000}, note);
    REQUIRE(source.has_value());
    UdpSender sender(selector.destination, selector.port);
    NumberSink sink(0);
    std::uint32_t sent = 0;
    for (int round = 0; round < 4; ++round) {
        for (int i = 0; i < 300; ++i) sender.send(numbered_payload(sent++));
        const std::size_t before = sink.seen.size();
        while (sink.seen.size() == before) REQUIRE((*source)->poll(sink, 10ms).has_value());
        for (int i = 0; i < 5; ++i) sender.send(numbered_payload(sent++));
    }
    check_losses_told_where_missing(**source, sink, sent);
    CHECK(sink.behind_told_losses == sink.behind_gaps);
}

TEST_CASE("what a full socket buffer loses is counted, every datagram of it") {
    std::string note;
    StreamSelector selector;
    selector.destination = address("127.0.0.1");
    selector.port = free_udp_port();
    auto source = UdpSocketSource::open({&selector, 1}, {.device = {}, .buffer_bytes = 20'000}, note);
    REQUIRE(source.has_value());
    CHECK(note.empty());
    UdpSender sender(selector.destination, selector.port);
    for (int i = 0; i < 500; ++i) sender.send(packet_run(7));
    SeeingSink sink;
    while ((*source)->poll(sink, 1ms).value() != Source::Poll::idle) {
    }
    // The kernel tells of the drops with the next datagram.
    sender.send(packet_run(7));
    const SteadyTime patience = steady_now() + 10s;
    for (std::size_t before = sink.seen.size(); sink.seen.size() == before && steady_now() < patience;) {
        REQUIRE((*source)->poll(sink, 5ms).has_value());
    }
    const SourceCounters counters = (*source)->counters();
    CHECK(counters.kernel_dropped > 0);
    CHECK(counters.frames == sink.seen.size());
    CHECK(counters.frames + counters.kernel_dropped == 501);
}

TEST_CASE("a socket that cannot be had is named with the address and the reason") {
    std::string note;
    StreamSelector selector;
    selector.destination = address("192.0.2.1");  // nobody's
    selector.port = 5000;
    const auto source = UdpSocketSource::open({&selector, 1}, {}, note);
    REQUIRE_FALSE(source.has_value());
    CHECK_THAT(source.error().message,
               Catch::Contains("192.0.2.1:5000") && Catch::Contains("Cannot assign requested address"));
    selector.destination = address("239.255.71.89");
    const auto nowhere = UdpSocketSource::open({&selector, 1}, {.device = "eth9"}, note);
    REQUIRE_FALSE(nowhere.has_value());
    CHECK_THAT(nowhere.error().message, Catch::Contains("\"eth9\"") && Catch::Contains("there are: "));
}

TEST_CASE("an interface that goes away ends the capture with its name") {
    NEEDS_ROOT("interfaces that go");
    for (const bool ring : {true, false}) {
        CAPTURE(ring);
        const OwnNetwork network;
        auto source = open_on(ring, "vb", "udp");
        REQUIRE(source.has_value());
        SeeingSink sink;
        CHECK((*source)->poll(sink, 1ms).value() == Source::Poll::idle);
        REQUIRE(std::system("ip link del va") == 0);
        const SteadyTime patience = steady_now() + 10s;
        Result<Source::Poll> polled = Source::Poll::idle;
        while (polled && steady_now() < patience) polled = (*source)->poll(sink, 5ms);
        REQUIRE_FALSE(polled.has_value());
        CHECK_THAT(polled.error().message, Catch::Contains("vb") || Catch::Contains("interface"));
    }
}

TEST_CASE("an interface that goes down and comes up again goes on") {
    NEEDS_ROOT("interfaces that go down");
    for (const bool ring : {true, false}) {
        CAPTURE(ring);
        const OwnNetwork network;
        auto source = open_on(ring, "vb", "udp");
        REQUIRE(source.has_value());
        SeeingSink sink;
        REQUIRE(std::system("ip link set vb down") == 0);
        for (int i = 0; i < 5; ++i) {
            const auto polled = (*source)->poll(sink, 1ms);
            INFO((polled ? std::string{} : polled.error().message));
            REQUIRE(polled.has_value());
        }
        REQUIRE(std::system("ip link set vb up") == 0);
        // The pair takes a moment to have its carrier again.
        const SteadyTime patience = steady_now() + 10s;
        while (sink.seen.empty() && steady_now() < patience) {
            FrameSender("va").send(plain_frame(packet_run(1)));
            REQUIRE((*source)->poll(sink, 5ms).has_value());
        }
        CHECK_FALSE(sink.seen.empty());
    }
}

TEST_CASE("what cannot be captured is named with the reason") {
    NEEDS_ROOT("messages of live captures");
    const OwnNetwork network;
    for (const bool ring : {true, false}) {
        CAPTURE(ring);
        const auto missing = open_on(ring, "eth9", "udp");
        REQUIRE_FALSE(missing.has_value());
        CHECK_THAT(missing.error().message, Catch::Contains("\"eth9\": no such interface; there are: ") &&
                                                Catch::Contains("lo") && Catch::Contains("va") &&
                                                Catch::Contains("vb"));
        const auto nonsense = open_on(ring, "vb", "udp prt 5000");
        REQUIRE_FALSE(nonsense.has_value());
        CHECK_THAT(nonsense.error().message,
                   Catch::Contains("\"udp prt 5000\" is not valid") && Catch::Contains("--pcap-filter"));
    }
}

TEST_CASE("the sources of a fanout group share the flows and lose none") {
    NEEDS_ROOT("fanout groups");
    const OwnNetwork network;
    std::vector<std::unique_ptr<Source>> sources;
    for (int i = 0; i < 2; ++i) {
        auto source = PacketRingSource::open({.device = "vb",
                                              .filter = "udp",
                                              .promiscuous = true,
                                              .buffer_bytes = std::size_t{4} << 20,
                                              .block_time_out = 1ms,
                                              .fanout_group = 7});
        INFO((source ? std::string{} : source.error().message));
        REQUIRE(source.has_value());
        sources.push_back(std::move(*source));
    }
    FrameSender sender("va");
    constexpr std::uint16_t flows = 64;
    for (int round = 0; round < 3; ++round) {
        for (std::uint16_t flow = 0; flow < flows; ++flow) {
            sender.send(ethernet(
                type_v4, ipv4({}, udp({.destination_port = static_cast<std::uint16_t>(5000 + flow)}, packet_run(1)))));
        }
    }
    std::vector<SeeingSink> sinks(2);
    const SteadyTime patience = steady_now() + 10s;
    while (sinks[0].seen.size() + sinks[1].seen.size() < flows * 3U && steady_now() < patience) {
        for (std::size_t i = 0; i < 2; ++i) REQUIRE(sources[i]->poll(sinks[i], 2ms).has_value());
    }
    std::array<std::array<int, flows>, 2> seen{};
    for (std::size_t i = 0; i < 2; ++i) {
        for (const Seen& datagram : sinks[i].seen) ++seen[i][datagram.port - std::size_t{5000}];
    }
    for (std::size_t flow = 0; flow < flows; ++flow) {
        CAPTURE(flow);
        CHECK(seen[0][flow] + seen[1][flow] == 3);
        CHECK((seen[0][flow] == 0 || seen[1][flow] == 0));
    }
    CHECK_FALSE(sinks[0].seen.empty());
    CHECK_FALSE(sinks[1].seen.empty());
}

}  // namespace
}  // namespace muxtap::probe
