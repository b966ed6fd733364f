#include <catch2/catch.hpp>

#include "proto/feed_encoder.h"
#include "proto/topic.h"
#include "tests/proto/samples.h"

namespace muxtap::test {
namespace {

using proto::BatchMessage;
using proto::FeedDecoder;
using proto::FeedReject;

/// Decodes, and holds whatever is accepted to what the specification promises of a message.
void check_verdict(FeedDecoder& decoder, const Frames& frames) {
    const auto views = frames.views();
    const auto message = decoder.decode(views);
    if (!message) {
        REQUIRE_FALSE(proto::name_of(message.error()).empty());
        return;
    }
    if (const auto* batch = std::get_if<BatchMessage>(&*message)) {
        REQUIRE(batch->payload.size() == batch->header.packets * ts::packet_size);
        REQUIRE(proto::is_stream_name(batch->header.stream));
        std::uint64_t packets = 0;
        for (const proto::DatagramEntry& datagram : batch->header.datagrams) {
            REQUIRE(datagram.gap_ns >= proto::gap_not_measurable);
            packets += datagram.packets;
        }
        REQUIRE(packets == batch->header.packets);
    } else {
        const auto& info = std::get<proto::InfoHeader>(*message);
        REQUIRE(proto::is_stream_name(info.stream));
        if (info.host != nullptr) {
            REQUIRE(info.host->cpu_share >= 0);
            REQUIRE(info.host->cpu_share <= 1);
            REQUIRE(info.host->processes.size() <= proto::most_host_processes);
        }
    }
}

TEST_CASE("a header with any one byte changed is read or refused by name") {
    FeedDecoder decoder;
    for (const Frames& sample : {sample_batch(), sample_info(), sample_info_with_host()}) {
        for (std::size_t at = 0; at < sample.texts[1].size(); ++at) {
            for (int change = 1; change < 256; ++change) {
                Frames changed = sample;
                changed.texts[1][at] = static_cast<char>(changed.texts[1][at] ^ change);
                check_verdict(decoder, changed);
            }
        }
    }
}

TEST_CASE("a header cut off anywhere is not JSON") {
    FeedDecoder decoder;
    for (const Frames& sample : {sample_batch(), sample_info(), sample_info_with_host()}) {
        for (std::size_t size = 0; size < sample.texts[1].size(); ++size) {
            Frames cut = sample;
            cut.texts[1].resize(size);
            const auto views = cut.views();
            const auto message = decoder.decode(views);
            REQUIRE_FALSE(message.has_value());
            REQUIRE(message.error() == FeedReject::not_json);
        }
    }
}

TEST_CASE("a topic cut off or changed anywhere is refused") {
    FeedDecoder decoder;
    const Frames sample = sample_batch();
    for (std::size_t at = 0; at < sample.texts[0].size(); ++at) {
        Frames cut = sample;
        cut.texts[0].resize(at);
        Frames changed = sample;
        changed.texts[0][at] = static_cast<char>(changed.texts[0][at] ^ 0x20);
        for (const Frames& frames : {cut, changed}) {
            const auto views = frames.views();
            const auto message = decoder.decode(views);
            REQUIRE_FALSE(message.has_value());
            REQUIRE(message.error() == FeedReject::topic);
        }
    }
}

TEST_CASE("a payload cut off anywhere is refused for its size") {
    FeedDecoder decoder;
    const Frames sample = all_samples()[2];
    for (std::size_t size = 0; size < sample.texts[2].size(); ++size) {
        Frames cut = sample;
        cut.texts[2].resize(size);
        const auto views = cut.views();
        const auto message = decoder.decode(views);
        REQUIRE_FALSE(message.has_value());
        REQUIRE(message.error() == FeedReject::payload_size);
    }
}

TEST_CASE("brackets nested a quarter of a million deep are refused without exhausting the stack") {
    FeedDecoder decoder;
    constexpr std::size_t depth = 250'000;
    Frames frames = sample_batch();
    const std::string rest = frames.texts[1].substr(1);
    for (const auto& [open, close] : {std::pair{"[", "]"}, std::pair{"{\"a\":", "}"}}) {
        const std::size_t levels = open[0] == '[' ? depth : depth / 2;
        std::string nested;
        for (std::size_t i = 0; i < levels; ++i) nested += open;
        frames.texts[1] = nested;
        const auto open_views = frames.views();
        CHECK(decoder.decode(open_views).error() == FeedReject::not_json);

        // Closed again under a key nobody knows it is legal, and costs nothing but its length.
        nested += "1";
        for (std::size_t i = 0; i < levels; ++i) nested += close;
        frames.texts[1] = "{\"x\":" + nested + "," + rest;
        REQUIRE(frames.texts[1].size() <= FeedDecoder::max_header_bytes);
        const auto closed_views = frames.views();
        CHECK(decoder.decode(closed_views).has_value());
    }
}

TEST_CASE("of a key that stands twice the first is taken, in every run") {
    Frames frames = sample_batch();
    frames.texts[1].insert(1, R"("seq":7,"seq":8,)");
    FeedDecoder decoder;
    const auto views = frames.views();
    const auto message = decoder.decode(views);
    REQUIRE(message.has_value());
    CHECK(std::get<BatchMessage>(*message).header.seq == 7);
}

TEST_CASE("a batch of more datagrams than there is prepared room for is read whole") {
    std::vector<proto::DatagramEntry> datagrams;
    for (int i = 0; i < 10'000; ++i) datagrams.push_back({.packets = 1, .gap_ns = i == 0 ? 0 : 9'000'000'000 + i});
    proto::BatchHeader header = sample_batch_header();
    header.datagrams = datagrams;
    header.packets = 10'000;
    const Frames frames = message_of(header);
    FeedDecoder decoder;
    const auto views = frames.views();
    for (int run = 0; run < 2; ++run) {
        const auto message = decoder.decode(views);
        REQUIRE(message.has_value());
        const auto& read = std::get<BatchMessage>(*message).header.datagrams;
        CHECK(std::equal(read.begin(), read.end(), datagrams.begin(), datagrams.end()));
    }
}

TEST_CASE("five thousand datagrams for one packet are refused") {
    std::string list = "[[1,0]";
    for (int i = 1; i < 5000; ++i) list += ",[1,1000]";
    Frames frames = sample_batch();
    frames.texts[1].replace(frames.texts[1].find("[[1,0]"), 6, list);
    FeedDecoder decoder;
    const auto views = frames.views();
    CHECK(decoder.decode(views).error() == FeedReject::datagram_list);
}

}  // namespace
}  // namespace muxtap::test
