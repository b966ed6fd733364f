#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>

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
