#include "analyzer/es/h264_sps.h"

#include <catch2/catch.hpp>

#include "analyzer/es/nal_units.h"
#include "tests/analyzer/es/bit_writer.h"
#include "tests/analyzer/es/sample_headers.h"

namespace muxtap::test {
namespace {

using analyzer::ScanType;
using es::ChromaFormat;
using es::H264Sps;
using es::Ratio;

std::optional<H264Sps> parse(const std::vector<std::uint8_t>& unit) {
    std::vector<std::uint8_t> buffer(unit.size());
    return es::parse_h264_sps(es::unescaped(ByteView(unit).subspan(1), buffer));
}

struct Row {
    const char* name;
    const char* unit;
    const char* profile;
    const char* level;
    unsigned width;
    unsigned height;
    Ratio frame_rate;
    Ratio aspect;
    ScanType scan;
    ChromaFormat chroma;
    unsigned bit_depth;
    unsigned primaries, transfer, matrix;
    bool full_range;
    std::uint64_t bitrate, buffer_bits;
    std::uint64_t level_bitrate, level_buffer_bits;
};

TEST_CASE("parameter sets of x264 say what it was asked for") {
    constexpr auto progressive = ScanType::progressive;
    constexpr auto yuv420 = ChromaFormat::yuv420;
    const std::vector<Row> rows = {
        {"baseline",
         sample::h264_baseline,
         "Constrained Baseline",
         "3",
         720,
         576,
         {25, 1},
         {1, 1},
         progressive,
         yuv420,
         8,
         2,
         2,
         2,
         false,
         0,
         0,
         12'000'000,
         12'000'000},
        {"level 1b",
         sample::h264_level_1b,
         "Constrained Baseline",
         "1b",
         176,
         144,
         {15, 1},
         {1, 1},
         progressive,
         yuv420,
         8,
         2,
         2,
         2,
         false,
         0,
         0,
         153'600,
         420'000},
        {"interlaced with HRD",
         sample::h264_interlaced,
         "High",
         "3",
         720,
         576,
         {25, 1},
         {64, 45},
         ScanType::unknown,
         yuv420,
         8,
         5,
         5,
         5,
         false,
         4'000'000,
         2'000'000,
         15'000'000,
         15'000'000},
        {"10 bit",
         sample::h264_high_10,
         "High 10",
         "3",
         720,
         480,
         {30000, 1001},
         {8, 9},
         progressive,
         yuv420,
         10,
         6,
         6,
         6,
         false,
         0,
         0,
         36'000'000,
         36'000'000},
        {"4:2:2 HLG",
         sample::h264_high_422,
         "High 4:2:2",
         "4.2",
         1920,
         1080,
         {60000, 1001},
         {1, 1},
         progressive,
         ChromaFormat::yuv422,
         10,
         9,
         18,
         9,
         false,
         0,
         0,
         240'000'000,
         300'000'000},
        {"4:2:2 intra",
         sample::h264_high_422_intra,
         "High 4:2:2 Intra",
         "3",
         640,
         360,
         {24000, 1001},
         {1, 1},
         progressive,
         ChromaFormat::yuv422,
         10,
         2,
         2,
         2,
         false,
         0,
         0,
         48'000'000,
         48'000'000},
        {"4:4:4 full range",
         sample::h264_high_444,
         "High 4:4:4 Predictive",
         "3.1",
         640,
         360,
         {50, 1},
         {1, 1},
         progressive,
         ChromaFormat::yuv444,
         8,
         2,
         2,
         2,
         true,
         0,
         0,
         67'200'000,
         67'200'000},
        {"cropped, extended aspect",
         sample::h264_cropped,
         "High",
         "3",
         630,
         350,
         {24, 1},
         {47, 36},
         progressive,
         yuv420,
         8,
         2,
         2,
         2,
         false,
         0,
         0,
         15'000'000,
         15'000'000},
    };
    for (const Row& row : rows) {
        INFO(row.name);
        const auto sps = parse(from_hex(row.unit));
        REQUIRE(sps.has_value());
        const es::VideoFormat& format = sps->format;
        CHECK(format.profile == row.profile);
        CHECK(format.level == row.level);
        CHECK(format.tier.empty());
        CHECK(format.width == row.width);
        CHECK(format.height == row.height);
        CHECK(format.frame_rate == row.frame_rate);
        CHECK(format.aspect == row.aspect);
        CHECK(format.scan == row.scan);
        CHECK(format.chroma == row.chroma);
        CHECK(format.bit_depth == row.bit_depth);
        CHECK(format.colour_primaries == row.primaries);
        CHECK(format.transfer_characteristics == row.transfer);
        CHECK(format.matrix_coefficients == row.matrix);
        CHECK(format.full_range == row.full_range);
        CHECK(format.signalled_bitrate == row.bitrate);
        CHECK(format.signalled_buffer_bits == row.buffer_bits);
        CHECK(format.level_bitrate == row.level_bitrate);
        CHECK(format.level_buffer_bits == row.level_buffer_bits);
    }
}

TEST_CASE("the delays of an HRD are where pic_timing messages need them") {
    const auto sps = parse(from_hex(sample::h264_interlaced));
    REQUIRE(sps.has_value());
    CHECK(sps->pic_struct_present);
    CHECK(sps->cpb_dpb_delays_present);
    CHECK_FALSE(sps->frame_mbs_only);
}

/// A set of 1920x1088 macroblocks in High profile, up to the cropping flag.
BitWriter high_profile(bool scaling_matrix, unsigned order_type, bool frame_mbs_only) {
    BitWriter bits;
    bits.u(8, 0x67).u(8, 100).u(8, 0).u(8, 40).ue(0);
    bits.ue(1).ue(0).ue(0).flag(false).flag(scaling_matrix);
    if (scaling_matrix) {
        bits.flag(true);
        for (int i = 0; i < 16; ++i) bits.se(i % 2 == 0 ? 1 : -1);
        bits.flag(true).se(-8);  // the default list
        for (int list = 2; list < 7; ++list) bits.flag(false);
        bits.flag(true);
        for (int i = 0; i < 64; ++i) bits.se(2);
    }
    bits.ue(0).ue(order_type);
    if (order_type == 0) bits.ue(2);
    if (order_type == 1) bits.flag(true).se(-3).se(5).ue(3).se(1).se(-1).se(0);
    bits.ue(4).flag(false).ue(119).ue(frame_mbs_only ? 67 : 33).flag(frame_mbs_only);
    if (!frame_mbs_only) bits.flag(true);
    return bits.flag(true);
}

TEST_CASE("scaling lists and each picture order count type are skipped right") {
    for (const bool scaling_matrix : {false, true}) {
        for (const unsigned order_type : {0U, 1U, 2U}) {
            for (const bool frame_mbs_only : {false, true}) {
                INFO(scaling_matrix << " " << order_type << " " << frame_mbs_only);
                BitWriter bits = high_profile(scaling_matrix, order_type, frame_mbs_only);
                bits.flag(true).ue(0).ue(0).ue(0).ue(frame_mbs_only ? 4 : 2).flag(false).trailing();
                const auto sps = parse(escaped(bits.bytes()));
                REQUIRE(sps.has_value());
                CHECK(sps->format.width == 1920);
                CHECK(sps->format.height == 1080);
                CHECK(sps->format.scan == (frame_mbs_only ? ScanType::progressive : ScanType::unknown));
                CHECK(sps->format.scan_untold == (frame_mbs_only ? ScanType::unknown : ScanType::interlaced));
                CHECK_FALSE(sps->format.frame_rate.known());
                CHECK_FALSE(sps->format.aspect.known());
            }
        }
    }
}

TEST_CASE("a damaged VUI is left out as a whole, the rest stands") {
    BitWriter bits = high_profile(false, 0, true);
    bits.flag(false).flag(true).flag(true).u(8, 1).flag(false).flag(true);  // ends inside video_signal_type
    const auto sps = parse(escaped(bits.bytes()));
    REQUIRE(sps.has_value());
    CHECK(sps->format.height == 1088);
    CHECK_FALSE(sps->format.aspect.known());
}

TEST_CASE("an H.264 set that cannot be is not believed") {
    struct Impossible {
        const char* name;
        std::vector<std::uint8_t> unit;
    };
    const auto baseline = [](std::uint64_t id, std::uint64_t order_type, std::uint64_t width, std::uint64_t crop) {
        BitWriter bits;
        bits.u(8, 0x67).u(8, 66).u(8, 0).u(8, 30).ue(id).ue(0).ue(order_type);
        if (order_type == 0) bits.ue(0);
        bits.ue(1).flag(false).ue(width).ue(10).flag(true).flag(true).flag(true).ue(crop).ue(0).ue(0).ue(0).flag(false);
        return bits.trailing().bytes();
    };
    CHECK(parse(baseline(0, 0, 10, 0)).has_value());
    const std::vector<Impossible> rows = {
        {"seq_parameter_set_id of 32", baseline(32, 0, 10, 0)}, {"pic_order_cnt_type of 3", baseline(0, 3, 10, 0)},
        {"a width beyond 65535", baseline(0, 0, 5000, 0)},      {"a width of 2^36", baseline(0, 0, 0xFFFFFFFE, 0)},
        {"cropping of all there is", baseline(0, 0, 10, 88)},   {"nothing", {0x67}},
    };
    for (const Impossible& row : rows) {
        INFO(row.name);
        CHECK_FALSE(parse(row.unit).has_value());
    }
}

}  // namespace
}  // namespace muxtap::test
