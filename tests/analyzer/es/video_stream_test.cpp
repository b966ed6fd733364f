#include "analyzer/es/video_stream.h"

#include <catch2/catch.hpp>

#include "tests/analyzer/es/access_units.h"
#include "tests/analyzer/es/sample_headers.h"

namespace muxtap::test {
namespace {

using analyzer::Codec;
using analyzer::ScanType;
using analyzer::VideoInfo;
using es::VideoStream;
using es::Wants;

const Bytes h264_sei = {0x06};
const Bytes hevc_sei = {0x4E, 0x01};

/// Whether the head was enough, and the picture is counted.
Wants show(VideoStream& stream, const Bytes& head, std::uint64_t time = 0, bool random_access_indicator = false) {
    const Wants wants = stream.look(head, false);
    if (wants == Wants::more) (void)stream.look(head, true);
    stream.finish_picture(ts::Timestamp::from_ticks(time), std::nullopt, random_access_indicator);
    return wants;
}

Bytes h264_picture(const char* sps, const Bytes& slice, const Bytes& sei) {
    return stream_of({from_hex("09f0"), from_hex(sps), from_hex("68ebe3cb22c0"), sei, slice});
}
/// pic_timing for `sample::h264_interlaced`: delays, pic_struct and no clock time stamps.
Bytes pic_timing(unsigned pic_struct, const es::H264Sps& sps) {
    BitWriter bits;
    bits.u(sps.cpb_removal_delay_length, 0).u(sps.dpb_output_delay_length, 0).u(4, pic_struct).u(3, 0);
    return bits.trailing().bytes();
}

const Bytes idr = from_hex("658884");
const Bytes p_slice = from_hex("419a24");

TEST_CASE("an H.264 access unit says all it has up to the first slice") {
    VideoStream stream(Codec::h264);
    const Bytes head =
        h264_picture(sample::h264_high_422, idr, sei_unit(h264_sei, 4, t35(ga94({null_pair, cc1_loading}))));
    CHECK(show(stream, head) == Wants::enough);
    const VideoInfo& info = stream.info();
    CHECK(stream.headers_seen());
    CHECK(info.profile == "High 4:2:2");
    CHECK(info.level == "4.2");
    CHECK(info.width == 1920);
    CHECK(info.height == 1080);
    CHECK(info.frame_rate_numerator == 60000);
    CHECK(info.frame_rate_denominator == 1001);
    CHECK_FALSE(info.frame_rate_measured);
    CHECK(info.display_aspect_width == 16);
    CHECK(info.display_aspect_height == 9);
    CHECK(info.scan == ScanType::progressive);
    CHECK(info.chroma == "4:2:2");
    CHECK(info.bit_depth == 10);
    CHECK(info.colour_primaries == "BT.2020");
    CHECK(info.transfer_characteristics == "HLG");
    CHECK(info.matrix_coefficients == "BT.2020 NCL");
    CHECK(info.max_bitrate == 240'000'000);
    CHECK(info.pictures == 1);
    CHECK(info.random_access_points == 1);
    CHECK(info.captions.cea608_channels == std::vector<std::uint8_t>{1});
}

struct Head {
    const char* name;
    Codec codec;
    Bytes bytes;
};

std::vector<Head> heads() {
    const Bytes captions = t35(ga94({cc1_loading, {true, 3, 0x02, 0x22}, {true, 2, 0, 0}}));
    return {
        {"H.264", Codec::h264, h264_picture(sample::h264_interlaced, idr, sei_unit(h264_sei, 4, captions))},
        {"H.264 P", Codec::h264, h264_picture(sample::h264_high_10, p_slice, sei_unit(h264_sei, 6, from_hex("c0")))},
        {"HEVC", Codec::hevc,
         stream_of({from_hex("460150"), from_hex(sample::hevc_main10_pq), from_hex("4401c172b4624090"),
                    sei_unit(hevc_sei, 4, captions), sei_unit(hevc_sei, 147, {18}), from_hex("2801af1380")})},
        {"MPEG-2", Codec::mpeg2_video,
         joined({from_hex(sample::mpeg2_main_main),
                 from_hex("000001b800080040 00000100000ffff8 000001b58ffff34180 000001b2"), ga94({cc1_loading}),
                 from_hex("000001b2"), dtg1(9), from_hex("000001010a0b0c")})},
    };
}

TEST_CASE("the same head in slices of each size gives the same") {
    for (const Head& head : heads()) {
        INFO(head.name);
        VideoStream whole(head.codec);
        REQUIRE(show(whole, head.bytes) == Wants::enough);
        REQUIRE(whole.headers_seen());
        for (std::size_t step = 1; step < head.bytes.size(); ++step) {
            VideoStream stream(head.codec);
            std::size_t size = 0;
            Wants wants = Wants::more;
            while (wants == Wants::more) {
                REQUIRE(size < head.bytes.size());
                size = std::min(size + step, head.bytes.size());
                wants = stream.look(ByteView(head.bytes).first(size), false);
            }
            stream.finish_picture(ts::Timestamp::from_ticks(0), std::nullopt, false);
            CHECK(stream.info() == whole.info());
        }
    }
}

TEST_CASE("a head that breaks off is looked at as far as it goes") {
    for (const Head& head : heads()) {
        for (std::size_t size = 0; size <= head.bytes.size(); ++size) {
            VideoStream stream(head.codec);
            (void)stream.look(ByteView(head.bytes).first(size), false);
            CHECK(stream.look(ByteView(head.bytes).first(size), true) == Wants::enough);
            stream.finish_picture(std::nullopt, std::nullopt, false);
            CHECK(stream.info().pictures <= 1);
        }
    }
}

TEST_CASE("a change is told once, a repeated header is none") {
    VideoStream stream(Codec::h264);
    CHECK_FALSE(stream.changed());
    show(stream, h264_picture(sample::h264_high_422, idr, sei_unit(h264_sei, 6, from_hex("c0"))));
    CHECK(stream.changed());
    CHECK_FALSE(stream.changed());
    show(stream, h264_picture(sample::h264_high_422, idr, sei_unit(h264_sei, 6, from_hex("c0"))));
    show(stream, stream_of({from_hex("09f0"), p_slice}));
    CHECK_FALSE(stream.changed());
    show(stream, h264_picture(sample::h264_high_10, idr, sei_unit(h264_sei, 6, from_hex("c0"))));
    CHECK(stream.changed());
    CHECK(stream.info().width == 720);
}

TEST_CASE("of several sequence parameter sets the one that the slice uses counts") {
    const auto set = [](std::uint64_t id, std::uint64_t width) {
        BitWriter bits;
        bits.u(8, 0x67).u(8, 66).u(8, 0).u(8, 30).ue(id).ue(0).ue(2).ue(1).flag(false).ue(width / 16 - 1).ue(8);
        return bits.flag(true).flag(true).flag(false).flag(false).trailing().bytes();
    };
    const auto picture_set = [](std::uint64_t id, std::uint64_t sps) {
        BitWriter bits;
        return bits.u(8, 0x68).ue(id).ue(sps).u(8, 0xFF).trailing().bytes();
    };
    const auto slice = [](std::uint64_t pps) {
        BitWriter bits;
        return bits.u(8, 0x65).ue(0).ue(7).ue(pps).u(64, 0x123456789ABCDEF0).bytes();
    };
    VideoStream stream(Codec::h264);
    const auto both = [&](std::uint64_t pps) {
        return stream_of({set(0, 320), set(3, 640), picture_set(0, 0), picture_set(5, 3), slice(pps)});
    };
    show(stream, both(5));
    CHECK(stream.info().width == 640);
    show(stream, both(0));
    CHECK(stream.info().width == 320);
    show(stream, stream_of({slice(5)}));
    CHECK(stream.info().width == 640);
    show(stream, stream_of({slice(77)}));
    CHECK(stream.info().width == 640);
}

TEST_CASE("H.264 random access points are IDR pictures and recovery points") {
    VideoStream stream(Codec::h264);
    show(stream, stream_of({p_slice}), 0, true);
    CHECK(stream.info().random_access_points == 0);
    show(stream, stream_of({sei_unit(h264_sei, 6, from_hex("c0")), p_slice}));
    CHECK(stream.info().random_access_points == 1);
    show(stream, stream_of({idr}));
    CHECK(stream.info().random_access_points == 2);
    CHECK(stream.info().pictures == 3);
}

TEST_CASE("HEVC random access points are pictures of NAL unit types 16 to 23 of the base layer") {
    for (unsigned type = 0; type < 32; ++type) {
        VideoStream stream(Codec::hevc);
        show(stream, stream_of({{static_cast<std::uint8_t>(type << 1), 1, 0xAF}}));
        CHECK(stream.info().random_access_points == (type >= 16 && type <= 23 ? 1 : 0));
        CHECK(stream.info().pictures == 1);
    }
    VideoStream enhancement(Codec::hevc);
    show(enhancement, stream_of({from_hex("2809af")}));
    CHECK(enhancement.info().pictures == 0);
}

TEST_CASE("MPEG-2 random access points are I pictures behind a sequence header") {
    const auto picture = [](bool sequence, unsigned type) {
        BitWriter bits;
        bits.u(32, 0x100).u(10, 3).u(3, type).u(16, 0xFFFF).u(3, 0).align().u(32, 0x101);
        return joined({sequence ? from_hex(sample::mpeg2_422) : Bytes{}, bits.bytes()});
    };
    VideoStream stream(Codec::mpeg2_video);
    show(stream, picture(false, 1));
    show(stream, picture(true, 2));
    CHECK(stream.info().random_access_points == 0);
    show(stream, picture(true, 1));
    CHECK(stream.info().random_access_points == 1);
    CHECK(stream.info().pictures == 3);
    show(stream, from_hex("0000010511223344"));  // a piece of a picture
    CHECK(stream.info().pictures == 3);
}

TEST_CASE("pictures say how they are scanned where the header leaves it open") {
    const auto sps = es::parse_h264_sps([] {
        static Bytes buffer(100);
        static const Bytes unit = from_hex(sample::h264_interlaced);
        return es::unescaped(ByteView(unit).subspan(1), buffer);
    }());
    REQUIRE(sps.has_value());
    struct Row {
        std::vector<unsigned> pic_structs;
        ScanType scan;
    };
    for (const Row& row :
         {Row{{0}, ScanType::progressive}, Row{{3, 3}, ScanType::interlaced}, Row{{1, 2}, ScanType::interlaced},
          Row{{7, 8}, ScanType::progressive}, Row{{0, 3, 0}, ScanType::mixed}}) {
        VideoStream stream(Codec::h264);
        for (const unsigned pic_struct : row.pic_structs) {
            show(stream,
                 h264_picture(sample::h264_interlaced, p_slice, sei_unit(h264_sei, 1, pic_timing(pic_struct, *sps))));
        }
        CHECK(stream.info().scan == row.scan);
    }
}

TEST_CASE("pictures that may be fields and do not say are taken for such") {
    VideoStream stream(Codec::h264);
    show(stream, stream_of({from_hex(sample::h264_interlaced), idr}));
    CHECK(stream.info().scan == ScanType::interlaced);
}

TEST_CASE("a PES packet that goes on with a picture is none of its own") {
    VideoStream h264(Codec::h264);
    show(h264, stream_of({idr}));
    show(h264, stream_of({from_hex("65488412")}));
    CHECK(h264.info().pictures == 1);
    VideoStream hevc(Codec::hevc);
    show(hevc, stream_of({from_hex("2801af13")}));
    show(hevc, stream_of({from_hex("28012f13")}));
    CHECK(hevc.info().pictures == 1);
    VideoStream mpeg2(Codec::mpeg2_video);
    const Bytes tail = from_hex("00000105112233 00000106112233");
    show(mpeg2, tail);
    CHECK(mpeg2.info().pictures == 0);
    show(mpeg2, joined({tail, from_hex(sample::mpeg2_422), from_hex("00000100000ffff8 00000101")}));
    CHECK(mpeg2.info().pictures == 1);
    CHECK(mpeg2.info().random_access_points == 1);
}

TEST_CASE("film in MPEG-2 is progressive, with repeated fields mixed") {
    const auto picture = [](bool repeat, bool progressive) {
        BitWriter bits;
        bits.u(32, 0x100).u(10, 0).u(3, 1).u(19, 0).align();
        bits.u(32, 0x1B5).u(4, 8).u(16, 0xFFFF).u(2, 0).u(2, 3).u(6, 0x20).flag(repeat).flag(false).flag(progressive);
        return joined({from_hex(sample::mpeg2_main_main), bits.align().u(32, 0x101).bytes()});
    };
    VideoStream film(Codec::mpeg2_video);
    show(film, picture(false, true));
    CHECK(film.info().scan == ScanType::progressive);
    show(film, picture(true, true));
    CHECK(film.info().scan == ScanType::mixed);
    VideoStream fields(Codec::mpeg2_video);
    show(fields, picture(false, false));
    CHECK(fields.info().scan == ScanType::interlaced);
}

TEST_CASE("the rate is measured where the headers have none or one that cannot be meant") {
    const auto set = [](unsigned time_scale) {
        BitWriter bits;
        bits.u(8, 0x67).u(8, 66).u(8, 0).u(8, 30).ue(0).ue(0).ue(2).ue(1).flag(false).ue(19).ue(8).flag(true).flag(
            true);
        bits.flag(false).flag(time_scale != 0);
        if (time_scale == 0) return bits.trailing().bytes();
        bits.u(4, 0).flag(true).u(32, 1).u(32, time_scale).flag(false).u(5, 0);
        return joined({{0x67}, escaped(Bytes(bits.trailing().bytes().begin() + 1, bits.bytes().end()))});
    };
    for (const unsigned time_scale : {0U, 180'000U, 50U}) {
        VideoStream stream(Codec::h264);
        for (unsigned i = 0; i <= 16; ++i) show(stream, stream_of({set(time_scale), idr}), 1000 + i * 3003);
        CHECK(stream.info().frame_rate_measured == (time_scale != 50));
        CHECK(stream.info().frame_rate_numerator == (time_scale == 50 ? 25 : 30000));
        CHECK(stream.info().frame_rate_denominator == (time_scale == 50 ? 1 : 1001));
    }
}

TEST_CASE("HLG behind a compatible transfer characteristic is named") {
    VideoStream stream(Codec::hevc);
    const Bytes sps = from_hex(sample::hevc_main10_pq);
    show(stream, stream_of({sps, sei_unit(hevc_sei, 147, {18}), from_hex("2801af13")}));
    CHECK(stream.info().transfer_characteristics == "HLG");
    show(stream, stream_of({from_hex("0201d0")}));
    CHECK(stream.info().transfer_characteristics == "HLG");
    CHECK(stream.changed());
    show(stream, stream_of({sps, from_hex("2801af13")}));
    CHECK(stream.info().transfer_characteristics == "PQ");
    CHECK(stream.changed());
}

TEST_CASE("of other codecs pictures and random_access_indicator are counted") {
    VideoStream stream(Codec::av1);
    CHECK(show(stream, from_hex("0a0b"), 0, true) == Wants::enough);
    show(stream, {}, 3600, false);
    show(stream, {}, 7200, true);
    CHECK(stream.info().pictures == 3);
    CHECK(stream.info().gop_last == 2);
    CHECK_FALSE(stream.headers_seen());
}

TEST_CASE("a picture that a loss cut short is not counted") {
    VideoStream stream(Codec::h264);
    (void)stream.look(stream_of({sei_unit(h264_sei, 4, t35(ga94({cc1_loading}))), idr}), false);
    stream.interrupted();
    stream.finish_picture(std::nullopt, std::nullopt, false);
    CHECK(stream.info().pictures == 0);
    CHECK(stream.info().captions.pictures_with_captions == 0);
}

}  // namespace
}  // namespace muxtap::test
