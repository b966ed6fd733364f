#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>
#include <limits>
#include <optional>

#include "proto/feed_encoder.h"
#include "proto/topic.h"
#include "tests/proto/samples.h"

namespace muxtap::test {
namespace {

using proto::BatchMessage;
using proto::FeedDecoder;
using proto::FeedEncoder;
using proto::InfoHeader;

constexpr std::string_view golden_batch =
    R"({"v":1,"kind":"ts","probe":"cap-a","stream":"news","epoch":1763600000123456789,"seq":1234,)"
    R"("first_packet":431900,"packets":1,"time_ns":1763600012345678901,"datagrams":[[1,0]],)"
    R"("source":{"ip":"10.0.0.5","port":41000,"dst_ip":"239.1.1.1","dst_port":5000,"interface":"eth0","vlan":0,)"
    R"("encapsulation":"rtp"},)"
    R"("totals":{"datagrams":61700,"packets":431900,"bytes":81197200,"tei":0,"null":1200,"dropped":0,)"
    R"("rejected":{"sync_byte":0,"reserved_afc":0,"adaptation_length":0,"truncated":0,"not_ts":0},)"
    R"("rtp_lost":0,"rtp_reordered":0,"kernel_dropped":0,"queue_dropped":0}})";

constexpr std::string_view golden_info =
    R"({"v":1,"kind":"info","probe":"cap-a","stream":"news","epoch":1763600000123456789,"next_seq":1235,)"
    R"("time_ns":1763600013000000000,"state":"live","last_packet_ns":1763600012345678901,"rate_bps":3808000,)"
    R"("source":{"ip":"10.0.0.5","port":41000,"dst_ip":"239.1.1.1","dst_port":5000,"interface":"eth0","vlan":0,)"
    R"("encapsulation":"rtp"},)"
    R"("totals":{"datagrams":61701,"packets":431901,"bytes":81197388,"tei":0,"null":1201,"dropped":0,)"
    R"("rejected":{"sync_byte":0,"reserved_afc":0,"adaptation_length":0,"truncated":0,"not_ts":0},)"
    R"("rtp_lost":0,"rtp_reordered":0,"kernel_dropped":0,"queue_dropped":0}})";

constexpr std::string_view golden_host =
    R"("host":{"time_ns":1763600012900000000,"host_name":"capture-1","system_name":"Debian GNU/Linux",)"
    R"("os_version":"12","kernel_version":"6.1.0-18-amd64","architecture":"x86_64",)"
    R"("boot_time_ns":1763500000000000000,"uptime_ns":100012900000000,"core_count":8,"cpu_share":0.1875,)"
    R"("load_1m":1.62,"load_5m":1.5,"load_15m":1.0,"memory_total_bytes":16000000000,)"
    R"("memory_used_bytes":3000000000,"swap_total_bytes":1000000000,"swap_used_bytes":4096,"process_count":217,)"
    R"("disks":[{"device":"/dev/sda1","mount_point":"/","total_bytes":250000000000,)"
    R"("available_bytes":180000000000,"removable":false},)"
    R"({"device":"/dev/sdb1","mount_point":"/media/stick","total_bytes":32000000000,"available_bytes":1,)"
    R"("removable":true}],)"
    R"("interfaces":[{"name":"lo","received_bytes":1000,"transmitted_bytes":1000,"received_packets":10,)"
    R"("transmitted_packets":10,"receive_errors":0,"transmit_errors":0},)"
    R"({"name":"eth0","received_bytes":9000000000000,"transmitted_bytes":70000000,"received_packets":6800000000,)"
    R"("transmitted_packets":500000,"receive_errors":3,"transmit_errors":1}],)"
    R"("processes":[{"pid":4711,"name":"muxtap-probe","cpu_share":1.0625,"resident_bytes":98000000},)"
    R"({"pid":1,"name":"systemd","cpu_share":0.0,"resident_bytes":12000000}]}})";

/// The host's figures as they arrive, none when the message tells none.
std::optional<proto::HostFigures> host_after(const Frames& frames) {
    FeedDecoder decoder;
    const auto views = frames.views();
    const auto message = decoder.decode(views);
    REQUIRE(message.has_value());
    const proto::HostFigures* host = std::get<InfoHeader>(*message).host;
    if (host == nullptr) return std::nullopt;
    return *host;
}

std::optional<proto::HostFigures> host_after(const proto::HostFigures& sent) {
    InfoHeader info = sample_info_header();
    info.host = &sent;
    return host_after(message_of(info));
}

/// The header that is made from what was decoded.
std::string encoded_again(const proto::FeedMessage& message) {
    FeedEncoder encoder;
    if (const auto* batch = std::get_if<BatchMessage>(&message)) return std::string{encoder.encode(batch->header)};
    return std::string{encoder.encode(std::get<InfoHeader>(message))};
}

TEST_CASE("the header of a batch is this text") {
    CHECK(sample_batch().texts[1] == golden_batch);
}

TEST_CASE("the header of a status is this text") {
    CHECK(sample_info().texts[1] == golden_info);
}

TEST_CASE("the host's figures stand at the end of a status, as this text") {
    const std::string text = sample_info_with_host().texts[1];
    CHECK(text == std::string{golden_info.substr(0, golden_info.size() - 1)} + "," + std::string{golden_host});
}

TEST_CASE("every figure of the host arrives") {
    CHECK(host_after(sample_host()) == sample_host());
    CHECK(host_after(proto::HostFigures{}) == proto::HostFigures{});
}

TEST_CASE("a status that tells nothing of its host has none, also after one that did") {
    CHECK_FALSE(host_after(sample_info()).has_value());
    FeedDecoder decoder;
    const Frames with_host = sample_info_with_host();
    const Frames without = sample_info();
    const auto first = with_host.views();
    const auto second = without.views();
    REQUIRE(decoder.decode(first).has_value());
    const auto message = decoder.decode(second);
    REQUIRE(message.has_value());
    CHECK(std::get<InfoHeader>(*message).host == nullptr);
}

TEST_CASE("nothing is left of the host in an earlier status") {
    FeedDecoder decoder;
    for (const proto::HostFigures& host : {sample_host(), proto::HostFigures{}, sample_host()}) {
        InfoHeader info = sample_info_header();
        info.host = &host;
        const Frames frames = message_of(info);
        const auto views = frames.views();
        const auto message = decoder.decode(views);
        REQUIRE(message.has_value());
        REQUIRE(std::get<InfoHeader>(*message).host != nullptr);
        CHECK(*std::get<InfoHeader>(*message).host == host);
    }
}

TEST_CASE("an encoder writes new figures of a host even where the old ones were in the same place") {
    FeedEncoder encoder;
    proto::HostFigures host = sample_host();
    InfoHeader info = sample_info_header();
    info.host = &host;
    const std::string before{encoder.encode(info)};
    CHECK(encoder.encode(info) == before);
    host.disks[1].available_bytes = 2;
    const std::string after{encoder.encode(info)};
    CHECK(after != before);
    CHECK(after.find(R"("available_bytes":2,)") != std::string::npos);
}

TEST_CASE("figures of a host that are no numbers or out of range are published as the nearest that is legal") {
    struct Row {
        double given;
        double published;
    };
    for (const auto& [given, published] : std::vector<Row>{{-0.5, 0},
                                                           {0.12344, 0.1234},
                                                           {0.99999, 1},
                                                           {17, 1},
                                                           {std::numeric_limits<double>::infinity(), 0},
                                                           {std::numeric_limits<double>::quiet_NaN(), 0}}) {
        proto::HostFigures host;
        host.cpu_share = given;
        const auto arrived = host_after(host);
        REQUIRE(arrived.has_value());
        CHECK(arrived->cpu_share == Approx(published));
    }
    proto::HostFigures host;
    host.load_1m = 1e300;
    host.uptime = std::chrono::nanoseconds{-1};
    const auto arrived = host_after(host);
    REQUIRE(arrived.has_value());
    CHECK(arrived->load_1m == Approx(1e9));
    CHECK(arrived->uptime.count() == 0);
}

TEST_CASE("lists of a host are cut at what a reader takes") {
    proto::HostFigures host;
    host.disks.resize(proto::most_host_disks + 1);
    host.interfaces.resize(proto::most_host_interfaces + 1);
    host.processes.resize(proto::most_host_processes + 1);
    const auto arrived = host_after(host);
    REQUIRE(arrived.has_value());
    CHECK(arrived->disks.size() == proto::most_host_disks);
    CHECK(arrived->interfaces.size() == proto::most_host_interfaces);
    CHECK(arrived->processes.size() == proto::most_host_processes);
}

TEST_CASE("the bytes in the specification are what the encoder makes") {
    std::ifstream file(MUXTAP_PROTO_README);
    const std::string readme{std::istreambuf_iterator<char>(file), {}};
    INFO("put the output of muxtap_proto_samples --worked-bytes into " MUXTAP_PROTO_README);
    CHECK(readme.find(worked_bytes()) != std::string::npos);
}

TEST_CASE("whatever is encoded decodes to the same") {
    FeedDecoder decoder;
    for (const Frames& sample : all_samples()) {
        INFO(sample.texts[1]);
        const auto views = sample.views();
        const auto message = decoder.decode(views);
        REQUIRE(message.has_value());
        CHECK(encoded_again(*message) == sample.texts[1]);
    }
}

TEST_CASE("every field of a batch header arrives") {
    FeedDecoder decoder;
    const Frames sample = sample_batch();
    const auto views = sample.views();
    const auto message = decoder.decode(views);
    REQUIRE(message.has_value());
    const auto& batch = std::get<BatchMessage>(*message);
    const proto::BatchHeader expected = sample_batch_header();
    CHECK(batch.header.probe == expected.probe);
    CHECK(batch.header.stream == expected.stream);
    CHECK(batch.header.epoch == expected.epoch);
    CHECK(batch.header.seq == expected.seq);
    CHECK(batch.header.first_packet == expected.first_packet);
    CHECK(batch.header.packets == expected.packets);
    CHECK(batch.header.time_ns == expected.time_ns);
    CHECK(std::equal(batch.header.datagrams.begin(), batch.header.datagrams.end(), expected.datagrams.begin(),
                     expected.datagrams.end()));
    CHECK(batch.header.source == expected.source);
    CHECK(batch.header.totals == expected.totals);
    CHECK(batch.payload.data() == views[2].data());
    CHECK(batch.payload.size() == ts::packet_size);
}

TEST_CASE("every counter of the totals arrives under its own name") {
    proto::BatchHeader header = sample_batch_header();
    header.totals = {1, 2, 3, 4, 5, 6, {}, 7, 8, 9, 10};
    for (std::size_t i = 0; i < ts::reject_reason_count; ++i) {
        header.totals.rejected.add(static_cast<ts::RejectReason>(i), 11 + i);
    }
    FeedDecoder decoder;
    const Frames frames = message_of(header);
    const auto views = frames.views();
    const auto message = decoder.decode(views);
    REQUIRE(message.has_value());
    CHECK(std::get<BatchMessage>(*message).header.totals == header.totals);
}

TEST_CASE("a text that is not UTF-8 is published with question marks, so that the header stays JSON") {
    struct Row {
        std::string_view given;
        std::string_view published;
    };
    for (const auto& [given, published] : std::vector<Row>{{"eth0", "eth0"},
                                                           {"Überwachung", "Überwachung"},
                                                           {"\xFF", "?"},
                                                           {"a\xC3", "a?"},
                                                           {"\xC3(b", "?(b"},
                                                           {"\xE2\x82", "??"},
                                                           {"", ""}}) {
        proto::BatchHeader header = sample_batch_header();
        header.source.interface = given;
        FeedDecoder decoder;
        const Frames frames = message_of(header);
        const auto views = frames.views();
        const auto message = decoder.decode(views);
        REQUIRE(message.has_value());
        CHECK(std::get<BatchMessage>(*message).header.source.interface == published);
    }
}

TEST_CASE("a gap below zero means not measurable, whatever its value") {
    Frames frames = sample_batch();
    const std::size_t at = frames.texts[1].find("[[1,0]]");
    frames.texts[1].replace(at, 7, "[[1,-77]]");
    FeedDecoder decoder;
    const auto views = frames.views();
    const auto message = decoder.decode(views);
    REQUIRE(message.has_value());
    CHECK(std::get<BatchMessage>(*message).header.datagrams[0].gap_ns == proto::gap_not_measurable);
}

}  // namespace
}  // namespace muxtap::test
