#include <catch2/catch.hpp>
#include <memory>

#include "analyzer/es/pes_head.h"
#include "analyzer/es/video_stream.h"
#include "tests/analyzer/es/access_units.h"
#include "tests/analyzer/es/sample_headers.h"
#include "tests/support/allocation_counter.h"

namespace muxtap::test {
namespace {

using analyzer::Codec;

TEST_CASE("pictures allocate nothing once their headers are known") {
    struct Stream {
        Codec codec;
        Bytes head;
    };
    const Bytes captions = t35(ga94({cc1_loading, {true, 3, 0x02, 0x22}, {true, 2, 0, 0}}));
    const std::vector<Stream> streams = {
        {Codec::h264, stream_of({from_hex("09f0"), from_hex(sample::h264_interlaced), from_hex("68ebe3cb22c0"),
                                 sei_unit({0x06}, 4, captions), from_hex("658884")})},
        {Codec::hevc, stream_of({from_hex(sample::hevc_main10_pq), from_hex("4401c172b4624090"),
                                 sei_unit({0x4E, 0x01}, 4, captions), from_hex("2801af13")})},
        {Codec::mpeg2_video, joined({from_hex(sample::mpeg2_main_main), from_hex("00000100000ffff8 000001b2"),
                                     ga94({cc1_loading}), from_hex("00000101")})},
        {Codec::av1, {1, 2, 3}},
    };
    for (const Stream& row : streams) {
        es::VideoStream stream(row.codec);
        const auto head = std::make_unique<es::PesHead>();
        const Bytes packet = joined({from_hex("000001e00000800000"), row.head});
        std::uint64_t time = 0;
        const auto play = [&](int pictures) {
            for (int i = 0; i < pictures; ++i) {
                head->start(ByteView(packet).first(packet.size() / 2));
                (void)stream.look(head->elementary(), false);
                head->append(ByteView(packet).subspan(packet.size() / 2));
                (void)stream.look(head->elementary(), false);
                stream.finish_picture(ts::Timestamp::from_ticks(time += 3600), std::nullopt, false);
            }
        };
        play(20);
        CHECK(allocations_during([&] { play(100); }) == 0);
        CHECK(stream.info().pictures == 120);
    }
}

}  // namespace
}  // namespace muxtap::test
