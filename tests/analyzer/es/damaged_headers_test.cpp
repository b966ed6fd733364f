// Headers with every bit turned over and every length cut: none may do harm, and what is told stays in bounds.
#include <catch2/catch.hpp>
#include <random>

#include "analyzer/es/video_stream.h"
#include "tests/analyzer/es/access_units.h"
#include "tests/analyzer/es/sample_headers.h"

namespace muxtap::test {
namespace {

using analyzer::Codec;

struct Sample {
    Codec codec;
    const char* header;
};

const std::vector<Sample>& samples() {
    static const std::vector<Sample> all = {
        {Codec::h264, sample::h264_baseline},
        {Codec::h264, sample::h264_interlaced},
        {Codec::h264, sample::h264_high_10},
        {Codec::h264, sample::h264_high_444},
        {Codec::h264, sample::h264_cropped},
        {Codec::hevc, sample::hevc_main10_pq},
        {Codec::hevc, sample::hevc_422_10},
        {Codec::hevc, sample::hevc_fields},
        {Codec::hevc, sample::hevc_high_tier},
        {Codec::mpeg2_video, sample::mpeg2_main_main},
        {Codec::mpeg2_video, sample::mpeg2_main_1440},
        {Codec::mpeg1_video, sample::mpeg1_ntsc},
    };
    return all;
}

Bytes head_of(Codec codec, const Bytes& header) {
    if (codec == Codec::h264) return stream_of({header, from_hex("0601 0400000300 80"), from_hex("658884")});
    if (codec == Codec::hevc) return stream_of({header, from_hex("4e01 0103303030 80"), from_hex("2801af13")});
    return joined({header, from_hex("00000100000ffff8 000001b58ffff34180 00000101")});
}

/// One picture; whether the header was taken.
bool plausible(Codec codec, const Bytes& header) {
    es::VideoStream stream(codec);
    const Bytes head = head_of(codec, header);
    (void)stream.look(head, true);
    stream.finish_picture(std::nullopt, std::nullopt, false);
    const analyzer::VideoInfo& info = stream.info();
    CHECK(info.bit_depth <= 16);
    CHECK(info.pictures <= 1);
    if (!stream.headers_seen()) return false;
    CHECK(info.width > 0);
    CHECK(info.height > 0);
    return true;
}

TEST_CASE("a header with one bit turned over does no harm") {
    for (const Sample& sample : samples()) {
        const Bytes header = from_hex(sample.header);
        REQUIRE(plausible(sample.codec, header));
        for (std::size_t bit = 0; bit < header.size() * 8; ++bit) {
            Bytes damaged = header;
            damaged[bit / 8] = static_cast<std::uint8_t>(damaged[bit / 8] ^ 0x80U >> bit % 8);
            (void)plausible(sample.codec, damaged);
        }
    }
}

TEST_CASE("a header that is cut short does no harm, and half of one is not taken") {
    for (const Sample& sample : samples()) {
        const Bytes header = from_hex(sample.header);
        for (std::size_t size = 0; size < header.size(); ++size) {
            const bool taken = plausible(sample.codec, Bytes(header.begin(), header.begin() + static_cast<long>(size)));
            if (size < 8) CHECK_FALSE(taken);
        }
    }
}

TEST_CASE("any bytes behind a header do no harm") {
    std::mt19937 random(7);
    for (int round = 0; round < 3000; ++round) {
        const Codec codecs[] = {Codec::h264, Codec::hevc, Codec::vvc, Codec::mpeg2_video};
        const Codec codec = codecs[round % 4];
        es::VideoStream stream(codec);
        Bytes head;
        for (int unit = 0; unit < 6; ++unit) {
            head.insert(head.end(), {0, 0, 1});
            static const Bytes types[] = {
                {0x67, 0x68, 0x06, 0x65}, {0x42, 0x40, 0x4E, 0x26}, {0x00}, {0xB3, 0xB5, 0xB2, 0x00}};
            const Bytes& of_codec = types[round % 4];
            head.push_back(of_codec[random() % of_codec.size()]);
            if (codec == Codec::vvc) head.push_back(random() % 2 == 0 ? 0x79 : 0xB9);
            const std::size_t size = random() % 200;
            for (std::size_t i = 0; i < size; ++i) {
                // Many zeros: long Exp-Golomb codes and start codes by chance.
                head.push_back(static_cast<std::uint8_t>(random() % 3 == 0 ? 0 : random()));
            }
        }
        for (std::size_t size = 0; size < head.size(); size += 97) (void)stream.look(ByteView(head).first(size), false);
        (void)stream.look(head, true);
        stream.finish_picture(std::nullopt, std::nullopt, false);
        CHECK(stream.info().pictures <= 1);
    }
}

}  // namespace
}  // namespace muxtap::test
