#include <catch2/catch.hpp>

#include "proto/feed_encoder.h"
#include "tests/proto/samples.h"
#include "tests/support/allocation_counter.h"

namespace muxtap::test {
namespace {

using proto::FeedDecoder;

/// A batch of as many datagrams of seven packets.
proto::BatchHeader header_of(const std::vector<proto::DatagramEntry>& datagrams) {
    proto::BatchHeader header = sample_batch_header();
    header.datagrams = datagrams;
    header.packets = static_cast<std::uint32_t>(datagrams.size() * 7);
    return header;
}

std::vector<proto::DatagramEntry> datagrams_of(std::size_t count) {
    return std::vector<proto::DatagramEntry>(count, {.packets = 7, .gap_ns = 1'000'000'000});
}

TEST_CASE("the counter counts") {
    // Kept, so that no optimiser may leave it out.
    static std::unique_ptr<int> kept;
    CHECK(allocations_during([] { kept = std::make_unique<int>(7); }) == 1);
}

TEST_CASE("encoding allocates nothing once the largest header was made") {
    const auto datagrams = datagrams_of(FeedDecoder::max_datagrams);
    const proto::BatchHeader header = header_of(datagrams);
    const proto::InfoHeader info = sample_info_header();
    proto::FeedEncoder encoder;
    (void)encoder.encode(header);
    CHECK(allocations_during([&] {
              for (int i = 0; i < 100; ++i) {
                  (void)encoder.encode(header);
                  (void)encoder.encode(info);
              }
          }) == 0);
}

TEST_CASE("decoding allocates nothing up to the prepared number of datagrams") {
    for (const std::size_t count : {std::size_t{1}, std::size_t{200}, FeedDecoder::max_datagrams}) {
        const auto datagrams = datagrams_of(count);
        const Frames frames = message_of(header_of(datagrams));
        const Frames info_frames = sample_info();
        const auto views = frames.views();
        const auto info_views = info_frames.views();
        FeedDecoder decoder;
        std::size_t decoded = 0;
        CHECK(allocations_during([&] {
                  for (int i = 0; i < 100; ++i) {
                      if (decoder.decode(views)) ++decoded;
                      if (decoder.decode(info_views)) ++decoded;
                  }
              }) == 0);
        CHECK(decoded == 200);
    }
}

TEST_CASE("a host's figures cost an allocation only where they grow") {
    const proto::HostFigures host = sample_host();
    proto::InfoHeader info = sample_info_header();
    info.host = &host;
    proto::FeedEncoder encoder;
    (void)encoder.encode(info);
    CHECK(allocations_during([&] {
              for (int i = 0; i < 100; ++i) (void)encoder.encode(info);
          }) == 0);

    const Frames with_host = sample_info_with_host();
    const Frames batch = sample_batch();
    const auto views = with_host.views();
    const auto batch_views = batch.views();
    FeedDecoder decoder;
    REQUIRE(decoder.decode(views).has_value());
    std::size_t decoded = 0;
    CHECK(allocations_during([&] {
              for (int i = 0; i < 100; ++i) {
                  if (decoder.decode(views)) ++decoded;
                  if (decoder.decode(batch_views)) ++decoded;
              }
          }) == 0);
    CHECK(decoded == 200);
}

TEST_CASE("refusing allocates nothing") {
    Frames frames = sample_batch();
    frames.texts[1].resize(frames.texts[1].size() / 2);
    const auto views = frames.views();
    FeedDecoder decoder;
    CHECK(allocations_during([&] {
              for (int i = 0; i < 100; ++i) (void)decoder.decode(views);
          }) == 0);
}

}  // namespace
}  // namespace muxtap::test
