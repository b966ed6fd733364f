#include "probe/flow/flow_table.h"

#include <catch2/catch.hpp>

#include "tests/support/frame_builder.h"
#include "tests/support/recording_queue.h"

namespace muxtap::probe {
namespace {

using namespace muxtap::test;
using namespace std::chrono_literals;

/// Where a datagram goes.
struct Way {
    std::string_view destination = "239.1.1.1";
    std::uint16_t port = 5000;
    std::uint16_t vlan = 0;
    std::uint16_t inner_vlan = 0;
    std::string_view sender = "10.0.0.5";
};

class Flows {
public:
    explicit Flows(const std::vector<std::string>& streams, FlowTable::Settings settings = {})
        : table_(with(streams, std::move(settings)), queue) {}

    void offer(const Way& way, ByteView payload) {
        net::Datagram datagram;
        datagram.payload = payload;
        datagram.time = now += 1us;
        datagram.source = address(way.sender);
        datagram.source_port = 4000;
        datagram.destination = address(way.destination);
        datagram.destination_port = way.port;
        datagram.vlan = way.vlan;
        datagram.inner_vlan = way.inner_vlan;
        table_.on_datagram(datagram);
    }
    [[nodiscard]] FlowTable& table() noexcept { return table_; }
    [[nodiscard]] std::vector<feed::StreamStatus> statuses(bool ended = false) {
        std::vector<feed::StreamStatus> all;
        table_.report(all, ended);
        return all;
    }
    [[nodiscard]] std::vector<std::string> names() {
        std::vector<std::string> all;
        for (const auto& status : statuses()) all.push_back(status.stream->name);
        return all;
    }

    RecordingQueue queue;
    UnixTime now = unix_now();

private:
    static FlowTable::Settings with(const std::vector<std::string>& streams, FlowTable::Settings settings) {
        for (const std::string& text : streams) settings.selectors.push_back(parse_stream_selector(text).value());
        return settings;
    }
    FlowTable table_;
};

using Names = std::vector<std::string>;

FlowTable::Settings discovering(std::size_t max_streams = 1000) {
    FlowTable::Settings settings;
    settings.discover = true;
    settings.max_streams = max_streams;
    return settings;
}

TEST_CASE("a stream takes the datagrams that its selection names, and no others") {
    struct Row {
        const char* name;
        const char* stream;
        Way way;
        bool taken;
    };
    const std::vector<Row> rows = {
        {"the address", "a=udp://239.1.1.1:5000", {}, true},
        {"another port", "a=udp://239.1.1.1:5000", {.port = 5001}, false},
        {"another address", "a=udp://239.1.1.1:5000", {.destination = "239.1.1.2"}, false},
        {"IPv6", "a=udp://[ff15::1]:5000", {.destination = "ff15::1", .sender = "fd00::5"}, true},
        {"any VLAN", "a=udp://239.1.1.1:5000", {.vlan = 7}, true},
        {"its VLAN", "a=udp://239.1.1.1:5000?vlan=7", {.vlan = 7}, true},
        {"its outer VLAN", "a=udp://239.1.1.1:5000?vlan=7", {.vlan = 7, .inner_vlan = 8}, true},
        {"another VLAN", "a=udp://239.1.1.1:5000?vlan=7", {.vlan = 8}, false},
        {"no VLAN instead of one", "a=udp://239.1.1.1:5000?vlan=7", {}, false},
        {"a VLAN instead of none", "a=udp://239.1.1.1:5000?vlan=0", {.vlan = 7}, false},
        {"untagged", "a=udp://239.1.1.1:5000?vlan=0", {}, true},
        {"its sender", "a=udp://10.0.0.5@239.1.1.1:5000", {}, true},
        {"another sender", "a=udp://10.0.0.6@239.1.1.1:5000", {}, false},
    };
    for (const Row& row : rows) {
        INFO(row.name);
        Flows flows({row.stream});
        for (int i = 0; i < 3; ++i) flows.offer(row.way, packet_run(7));
        flows.table().finish();
        CHECK(flows.queue.packets_pushed == (row.taken ? 21 : 0));
        CHECK(flows.table().counters().unselected_datagrams == (row.taken ? 0 : 3));
        CHECK(flows.names() == Names{"a"});
    }
}

TEST_CASE("several streams are told apart while their datagrams alternate") {
    Flows flows({"a=udp://239.1.1.1:5000", "b=udp://239.1.1.2:5000", "c=rtp://239.1.1.1:5001"});
    for (std::uint32_t i = 0; i < 10; ++i) {
        flows.offer({}, packet_run(7, i * 7));
        flows.offer({.destination = "239.1.1.2"}, packet_run(3, 1000 + i * 3));
        flows.offer({.port = 5001},
                    rtp({.sequence_number = static_cast<std::uint16_t>(i)}, packet_run(2, 2000 + i * 2)));
        flows.offer({.port = 5001}, packet_run(7));
        flows.offer({.port = 5002}, packet_run(7));
    }
    flows.table().finish();
    CHECK(same(flows.queue.packets("a"), packet_run(70)));
    CHECK(same(flows.queue.packets("b"), packet_run(30, 1000)));
    CHECK(same(flows.queue.packets("c"), packet_run(20, 2000)));
    CHECK(flows.queue.pushed == 3);
    const auto statuses = flows.statuses();
    REQUIRE(statuses.size() == 3);
    CHECK(statuses[2].totals.rejected.of(ts::RejectReason::not_ts) == 10);
    CHECK(flows.table().counters().unselected_datagrams == 10);
}

TEST_CASE("the same address on another VLAN is another stream with a name of its own") {
    Flows flows({"news=udp://239.1.1.1:5000"});
    const std::vector<Way> ways = {{.vlan = 7}, {.vlan = 8}, {}, {.vlan = 8, .inner_vlan = 9}};
    for (std::uint32_t i = 0; i < 5; ++i) {
        for (std::uint32_t way = 0; way < ways.size(); ++way) {
            flows.offer(ways[way], packet_run(1, way * 100 + i));
        }
    }
    flows.table().finish();
    CHECK(flows.names() == Names{"news", "news@8", "news", "news@8.9"});
    CHECK(flows.queue.pushed == 4);
    CHECK(same(flows.queue.packets("news@8"), packet_run(5, 100)));
}

TEST_CASE("a sender that a stream names is asked for on every VLAN") {
    Flows flows({"news=udp://10.0.0.5@239.1.1.1:5000"});
    flows.offer({.vlan = 7}, packet_run(1));
    flows.offer({.vlan = 8, .sender = "10.0.0.6"}, packet_run(1));
    flows.offer({.vlan = 8, .sender = "10.0.0.6"}, packet_run(1));
    flows.table().finish();
    CHECK(flows.queue.packets_pushed == 1);
    CHECK(flows.table().counters().unselected_datagrams == 2);
}

TEST_CASE("a stranger who sends first does not take a stream's place") {
    Flows flows({"news=udp://10.0.0.5@239.1.1.1:5000"});
    flows.offer({.vlan = 8, .sender = "10.0.0.6"}, packet_run(1));
    flows.offer({.vlan = 7}, packet_run(1, 1));
    flows.table().finish();
    CHECK(same(flows.queue.packets("news"), packet_run(1, 1)));
}

TEST_CASE("two senders to one group are two streams where each is asked for by name") {
    Flows flows({"a=udp://10.0.0.1@232.1.1.1:5000", "b=udp://10.0.0.2@232.1.1.1:5000", "rest=udp://232.1.1.1:5000"});
    for (std::uint32_t i = 0; i < 10; ++i) {
        for (std::uint32_t sender = 1; sender <= 4; ++sender) {
            const std::string from = "10.0.0." + std::to_string(sender);
            flows.offer({.destination = "232.1.1.1", .sender = from}, packet_run(1, sender * 100 + i));
        }
    }
    flows.table().finish();
    CHECK(flows.names() == Names{"a", "b", "rest"});
    CHECK(same(flows.queue.packets("a"), packet_run(10, 100)));
    CHECK(same(flows.queue.packets("b"), packet_run(10, 200)));
    CHECK(flows.queue.packets("rest").size() == 20 * 188);
}

TEST_CASE("a discovered flow enters with its first packets when five have proven it") {
    Flows flows({}, discovering());
    flows.offer({}, packet_run(2));
    CHECK(flows.names().empty());
    flows.offer({}, packet_run(2, 2));
    CHECK(flows.names().empty());
    flows.offer({}, packet_run(1, 4));
    CHECK(flows.names() == Names{"239.1.1.1:5000"});
    flows.table().finish();
    CHECK(same(flows.queue.packets(), packet_run(5)));
}

TEST_CASE("a discovered flow is named by address, port and VLAN") {
    Flows flows({}, discovering());
    flows.offer({.destination = "ff15::1", .sender = "fd00::5"}, packet_run(7));
    flows.offer({.vlan = 12}, packet_run(7));
    flows.offer({.vlan = 12, .inner_vlan = 13}, rtp({}, packet_run(7)));
    CHECK(flows.names() == Names{"[ff15::1]:5000", "239.1.1.1:5000@12", "239.1.1.1:5000@12.13"});
}

TEST_CASE("a flow that is no transport stream never reaches the feed, and may become one") {
    Flows flows({}, discovering());
    for (int i = 0; i < 100; ++i) flows.offer({.port = 53}, filler(100));
    // Looks like it for a moment.
    flows.offer({.port = 6000}, packet_run(2));
    flows.offer({.port = 6000}, filler(100));
    // One whole packet inside a message: test-106 of the oracle.
    flows.offer({.port = 4444}, joined({filler(35), packet_run(1)}));
    CHECK(flows.names().empty());
    CHECK(flows.table().counters().not_ts_datagrams == 103);
    flows.offer({.port = 53}, packet_run(7));
    flows.table().finish();
    CHECK(flows.names() == Names{"239.1.1.1:53"});
    CHECK(same(flows.queue.packets(), packet_run(7)));
    CHECK(flows.queue.pool().bytes_in_use() == 0);
}

TEST_CASE("no more streams are discovered than were allowed, and a disproved one gives up its place") {
    Flows flows({}, discovering(2));
    flows.offer({.port = 1}, packet_run(7));
    flows.offer({.port = 2}, packet_run(2));
    flows.offer({.port = 3}, packet_run(7));
    CHECK(flows.names() == Names{"239.1.1.1:1"});
    CHECK(flows.table().counters().refused_datagrams == 1);
    flows.offer({.port = 2}, filler(100));
    flows.offer({.port = 3}, packet_run(7));
    CHECK(flows.names() == Names{"239.1.1.1:1", "239.1.1.1:3"});
}

TEST_CASE("discovery beside named streams leaves those their names") {
    Flows flows({"news=udp://239.1.1.1:5000"}, discovering());
    flows.offer({}, packet_run(7));
    flows.offer({.port = 5001}, packet_run(7));
    CHECK(flows.names() == Names{"news", "239.1.1.1:5001"});
}

TEST_CASE("no datagram is taken once the limit of packets is reached") {
    struct Row {
        std::uint64_t limit, taken;
    };
    const Row row = GENERATE(values<Row>({{1, 7}, {7, 7}, {8, 14}, {14, 14}, {1000, 70}}));
    CAPTURE(row.limit);
    FlowTable::Settings settings;
    settings.packet_limit = row.limit;
    Flows flows({"a=udp://239.1.1.1:5000"}, settings);
    for (std::uint32_t i = 0; i < 10; ++i) flows.offer({}, packet_run(7, i * 7));
    flows.table().finish();
    CHECK(flows.queue.packets_pushed == row.taken);
    CHECK(flows.table().limit_reached() == (row.limit <= 70));
}

TEST_CASE("a file's bytes end exactly with the limit of packets") {
    FlowTable::Settings settings;
    settings.packet_limit = 10;
    settings.is_file = true;
    Flows flows({"a=udp://0.0.0.0:1"}, settings);
    CHECK(flows.table().landing(0).size() == 10 * 188);
    const ByteVector packets = packet_run(10);
    CHECK(flows.table().on_file_bytes(packets, flows.now, false) == packets.size());
    CHECK(flows.table().limit_reached());
    CHECK(flows.table().landing(0).empty());
    CHECK(flows.table().on_file_bytes(packets, flows.now, false) == packets.size());
    flows.table().finish();
    CHECK(same(flows.queue.packets(), packets));
    CHECK(flows.queue.batches.at(0).stream->encapsulation == proto::Encapsulation::file);
    CHECK(flows.queue.batches.at(0).stream->dst_ip.empty());
}

TEST_CASE("what is due is flushed, and with it all that has waited half as long") {
    FlowTable::Settings settings;
    settings.assembler.batch_age = 20ms;
    Flows flows({"a=udp://239.1.1.1:1", "b=udp://239.1.1.1:2", "c=udp://239.1.1.1:3"}, settings);
    CHECK(flows.table().next_deadline() == SteadyTime::max());
    flows.table().flush_due(steady_now());
    CHECK(flows.queue.pushed == 0);

    // Captured 8, 19 and 4 ms ago: what has waited in the ring counts.
    const UnixTime start = unix_now();
    for (const auto& [port, waited] : {std::pair{1, 8ms}, {2, 19ms}, {3, 4ms}}) {
        flows.now = start - waited;
        flows.offer({.port = static_cast<std::uint16_t>(port)}, packet_run(1));
    }
    const SteadyTime deadline = flows.table().next_deadline();
    flows.table().flush_due(deadline - 1ns);
    CHECK(flows.queue.pushed == 0);
    flows.table().flush_due(deadline);
    // The first has waited 9 ms by then, the third 5, or a little more where this test was held up.
    CHECK(flows.queue.packets("b").size() == 188);
    const std::size_t first = flows.queue.pushed;
    CHECK(flows.table().next_deadline() > deadline);
    flows.table().flush_due(deadline + 20ms);
    CHECK(flows.queue.pushed == 3);
    CHECK(first < 3);
    CHECK(flows.table().next_deadline() == SteadyTime::max());
}

TEST_CASE("streams that have waited half as long go out together") {
    FlowTable::Settings settings;
    settings.assembler.batch_age = 10s;
    Flows flows({"a=udp://239.1.1.1:1", "b=udp://239.1.1.1:2", "c=udp://239.1.1.1:3"}, settings);
    const UnixTime start = unix_now();
    for (const auto& [port, waited] : {std::pair{1, 9s}, {2, 7s}, {3, 1s}}) {
        flows.now = start - waited;
        flows.offer({.port = static_cast<std::uint16_t>(port)}, packet_run(1));
    }
    flows.table().flush_due(flows.table().next_deadline());
    CHECK(flows.queue.pushed == 2);
    CHECK(flows.queue.packets("c").empty());
}

TEST_CASE(
    "what the kernel lost stands between the batches before and behind it, once, in streams found later as well") {
    Flows flows({"a=udp://239.1.1.1:1", "b=udp://239.1.1.1:2"}, discovering());
    flows.offer({.port = 1}, packet_run(7));
    flows.table().on_kernel_loss(3);
    CHECK(flows.queue.pushed == 1);
    flows.offer({.port = 1}, packet_run(7, 7));
    flows.table().on_kernel_loss(3);
    flows.offer({.port = 1}, packet_run(7, 14));
    flows.offer({.port = 2}, packet_run(7));
    flows.offer({.port = 3}, packet_run(20));
    flows.table().finish();
    std::vector<std::pair<std::string, std::uint64_t>> told;
    for (const auto& batch : flows.queue.batches) told.emplace_back(batch.stream->name, batch.totals.kernel_dropped);
    CHECK(told == std::vector<std::pair<std::string, std::uint64_t>>{{"a", 0}, {"a", 3}, {"b", 3}, {"239.1.1.1:3", 3}});
    CHECK(same(flows.queue.packets("a"), packet_run(21)));
}

TEST_CASE("the report tells of every stream, also of one that nothing has come for") {
    Flows flows({"a=udp://239.1.1.1:1", "b=udp://239.1.1.1:2"});
    flows.offer({.port = 1}, packet_run(7));
    flows.table().on_kernel_loss(3);
    const auto statuses = flows.statuses();
    REQUIRE(statuses.size() == 2);
    CHECK(statuses[0].totals.packets == 7);
    CHECK(statuses[0].totals.kernel_dropped == 3);
    CHECK(statuses[1].totals.kernel_dropped == 3);
    CHECK(statuses[0].last_packet == flows.now);
    CHECK_FALSE(statuses[0].ended);
    CHECK(statuses[1].totals.packets == 0);
    CHECK(to_unix_ns(statuses[1].last_packet) == 0);
    CHECK(flows.statuses(true)[1].ended);
}

TEST_CASE("RTP packets missing are lost when a stream has been silent from one report to the next") {
    Flows flows({"a=udp://239.1.1.1:5000"});
    flows.offer({}, rtp({.sequence_number = 1}, packet_run(1)));
    flows.offer({}, rtp({.sequence_number = 3}, packet_run(1)));
    CHECK(flows.statuses()[0].totals.rtp_lost == 0);
    CHECK(flows.statuses()[0].totals.rtp_lost == 1);
}

}  // namespace
}  // namespace muxtap::probe
