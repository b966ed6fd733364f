#include <catch2/catch.hpp>

#include "analyzer/es/hevc_parameter_sets.h"
#include "analyzer/es/nal_units.h"
#include "tests/analyzer/es/bit_writer.h"
#include "tests/analyzer/es/sample_headers.h"

namespace muxtap::test {
namespace {

using analyzer::ScanType;
using es::ChromaFormat;
using es::HevcSps;
using es::Ratio;

std::optional<HevcSps> parse(const std::vector<std::uint8_t>& unit) {
    std::vector<std::uint8_t> buffer(unit.size());
    return es::parse_hevc_sps(es::unescaped(ByteView(unit).subspan(2), buffer));
}

struct Row {
    const char* name;
    const char* unit;
    const char* profile;
    const char* level;
    const char* tier;
    unsigned width, height;
    Ratio frame_rate;
    Ratio aspect;
    ScanType scan;
    ChromaFormat chroma;
    unsigned bit_depth;
    unsigned primaries, transfer, matrix;
    bool full_range;
    std::uint64_t bitrate, buffer_bits, level_bitrate;
};

TEST_CASE("parameter sets of x265 say what it was asked for") {
    constexpr auto progressive = ScanType::progressive;
    constexpr auto yuv420 = ChromaFormat::yuv420;
    const std::vector<Row> rows = {
        {"Main 10, PQ, HRD",
         sample::hevc_main10_pq,
         "Main 10",
         "4",
         "Main",
         1280,
         720,
         {50, 1},
         {1, 1},
         progressive,
         yuv420,
         10,
         9,
         16,
         9,
         false,
         5'000'000,
         5'000'000,
         13'200'000},
        {"HLG",
         sample::hevc_main10_hlg,
         "Main 10",
         "4",
         "Main",
         1280,
         720,
         {50, 1},
         {1, 1},
         progressive,
         yuv420,
         10,
         9,
         18,
         9,
         false,
         0,
         0,
         13'200'000},
        {"4:2:2",
         sample::hevc_422_10,
         "Main 4:2:2 10",
         "2.1",
         "Main",
         634,
         358,
         {25, 1},
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
         5'499'000},
        {"4:4:4, full range",
         sample::hevc_444_full,
         "Main 4:4:4",
         "2.1",
         "Main",
         640,
         360,
         {25, 1},
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
         6'600'000},
        {"12 bit",
         sample::hevc_12,
         "Main 12",
         "2.1",
         "Main",
         640,
         360,
         {25, 1},
         {1, 1},
         progressive,
         yuv420,
         12,
         2,
         2,
         2,
         false,
         0,
         0,
         4'950'000},
        {"grey",
         sample::hevc_grey,
         "Monochrome",
         "2.1",
         "Main",
         640,
         360,
         {25, 1},
         {1, 1},
         progressive,
         ChromaFormat::monochrome,
         8,
         2,
         2,
         2,
         true,
         0,
         0,
         2'199'000},
        {"fields of 576 lines, 25 a second",
         sample::hevc_fields,
         "Main",
         "3",
         "Main",
         720,
         1152,
         {25, 2},
         {64, 45},
         ScanType::interlaced,
         yuv420,
         8,
         2,
         2,
         2,
         false,
         0,
         0,
         6'600'000},
        {"High tier",
         sample::hevc_high_tier,
         "Main",
         "5.1",
         "High",
         3840,
         2160,
         {50, 1},
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
         176'000'000},
    };
    for (const Row& row : rows) {
        INFO(row.name);
        const auto sps = parse(from_hex(row.unit));
        REQUIRE(sps.has_value());
        const es::VideoFormat& format = sps->format;
        CHECK(format.profile == row.profile);
        CHECK(format.level == row.level);
        CHECK(format.tier == row.tier);
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
    }
}

/// profile_tier_level of Main with `sub_layers` more sub-layers, each with profile and level where `each`.
void write_profile(BitWriter& bits, unsigned sub_layers, bool each, bool progressive, bool interlaced) {
    bits.u(2, 0).flag(false).u(5, 1).u(32, 0x60000000).flag(progressive).flag(interlaced).u(2, 0).u(43, 0).u(1, 0);
    bits.u(8, 123);
    for (unsigned i = 0; i < sub_layers; ++i) bits.flag(each).flag(each);
    if (sub_layers > 0) bits.u(2 * (8 - sub_layers), 0);
    for (unsigned i = 0; each && i < sub_layers; ++i) bits.u(64, UINT64_MAX).u(24, 0).u(8, 93);
}

struct Tools {
    unsigned sub_layers = 0;
    bool ordering_of_each = false;
    bool scaling_lists = false;
    bool pcm = false;
    bool reference_sets = false;
    bool long_term = false;
};

/// Up to vui_parameters_present_flag.
BitWriter sequence(const Tools& tools, bool progressive = true, bool interlaced = false) {
    BitWriter bits;
    bits.u(16, 0x4201).u(4, 3).u(3, tools.sub_layers).flag(true);
    write_profile(bits, tools.sub_layers, tools.ordering_of_each, progressive, interlaced);
    bits.ue(0).ue(1).ue(1920).ue(1088).flag(true).ue(0).ue(0).ue(0).ue(4).ue(0).ue(0).ue(4);
    bits.flag(tools.ordering_of_each);
    for (unsigned i = tools.ordering_of_each ? 0 : tools.sub_layers; i <= tools.sub_layers; ++i) bits.ue(4).ue(2).ue(0);
    bits.ue(0).ue(3).ue(0).ue(3).ue(1).ue(1).flag(tools.scaling_lists);
    if (tools.scaling_lists) {
        bits.flag(true);
        for (int list = 0; list < 20; ++list) {
            const bool sent = list % 2 == 0;
            bits.flag(sent);
            if (!sent) bits.ue(1);
            if (sent && list >= 12) bits.se(3);
            for (int i = 0; sent && i < (list < 6 ? 16 : 64); ++i) bits.se(-1);
        }
    }
    bits.u(2, 3).flag(tools.pcm);
    if (tools.pcm) bits.u(8, 0x77).ue(0).ue(2).flag(true);
    bits.ue(tools.reference_sets ? 3 : 0);
    if (tools.reference_sets) {
        bits.ue(2).ue(1).ue(0).flag(true).ue(1).flag(true).ue(0).flag(true);  // three pictures
        bits.flag(true).flag(false).ue(2).flag(true).flag(false).flag(true).flag(false).flag(false).flag(true);
        bits.flag(false).ue(0).ue(1).ue(0).flag(true);
    }
    bits.flag(tools.long_term);
    if (tools.long_term) bits.ue(2).u(8, 5).flag(true).u(8, 9).flag(false);
    return bits.u(2, 3);
}

/// VUI with aspect 4:3 and, behind it, timing and an HRD of two sub-layers.
void write_vui(BitWriter& bits, bool field_seq, bool frame_field_info, unsigned sub_layers, bool sub_picture) {
    bits.flag(true).u(8, 255).u(16, 4).u(16, 3).flag(false).flag(false).flag(true).ue(0).ue(0);
    bits.flag(false).flag(field_seq).flag(frame_field_info);
    bits.flag(true).ue(1).ue(1).ue(1).ue(1);
    bits.flag(true).u(32, 1001).u(32, 60000).flag(true).ue(0).flag(true);
    bits.flag(true).flag(true).flag(sub_picture);
    if (sub_picture) bits.u(8, 1).u(5, 2).flag(false).u(5, 3);
    bits.u(4, 1).u(4, 2);
    if (sub_picture) bits.u(4, 0);
    bits.u(5, 23).u(5, 23).u(5, 23);
    for (unsigned i = 0; i <= sub_layers; ++i) {
        bits.flag(false).flag(i % 2 == 0);
        if (i % 2 == 0) {
            bits.ue(0).ue(1);
        } else {
            bits.flag(true);
        }
        for (const unsigned schedules : {i % 2 == 0 ? 2U : 1U, i % 2 == 0 ? 2U : 1U}) {
            for (unsigned s = 0; s < schedules; ++s) {
                bits.ue(999 + i).ue(1999 + i);
                if (sub_picture) bits.ue(1).ue(1);
                bits.flag(false);
            }
        }
    }
}

TEST_CASE("what stands before and in the VUI is skipped right") {
    for (unsigned choice = 0; choice < 64; ++choice) {
        const Tools tools{.sub_layers = (choice & 1U) != 0 ? 2U : 0U,
                          .ordering_of_each = (choice & 2U) != 0,
                          .scaling_lists = (choice & 4U) != 0,
                          .pcm = (choice & 8U) != 0,
                          .reference_sets = (choice & 16U) != 0,
                          .long_term = (choice & 32U) != 0};
        INFO(choice);
        BitWriter bits = sequence(tools);
        bits.flag(true);
        write_vui(bits, false, true, tools.sub_layers, (choice & 8U) != 0);
        bits.flag(false).flag(false).trailing();
        const auto sps = parse(escaped(bits.bytes()));
        REQUIRE(sps.has_value());
        CHECK(sps->vps_id == 3);
        CHECK(sps->frame_field_info_present);
        CHECK(sps->format.profile == "Main");
        CHECK(sps->format.level == "4.1");
        CHECK(sps->format.width == 1920);
        CHECK(sps->format.height == 1080);
        CHECK(sps->format.frame_rate == Ratio{60000, 1001});
        CHECK(sps->format.aspect == Ratio{4, 3});
        CHECK(sps->format.signalled_bitrate == (1000 + tools.sub_layers) * 128);
        CHECK(sps->format.signalled_buffer_bits == (2000 + tools.sub_layers) * 64);
    }
}

TEST_CASE("coded fields make frames of twice the height at half the rate") {
    BitWriter bits = sequence({}, false, true);
    bits.flag(true);
    write_vui(bits, true, true, 0, false);
    bits.flag(false).flag(false).trailing();
    const auto sps = parse(escaped(bits.bytes()));
    REQUIRE(sps.has_value());
    CHECK(sps->format.height == 2160);
    CHECK(sps->format.frame_rate == Ratio{30000, 1001});
    CHECK(sps->format.scan == ScanType::interlaced);
}

TEST_CASE("the source's scan is told by both flags together") {
    struct Flags {
        bool progressive, interlaced;
        ScanType scan;
    };
    for (const Flags& row : {Flags{true, false, ScanType::progressive}, Flags{false, true, ScanType::interlaced},
                             Flags{true, true, ScanType::unknown}, Flags{false, false, ScanType::unknown}}) {
        BitWriter bits = sequence({}, row.progressive, row.interlaced);
        const auto sps = parse(escaped(bits.flag(false).flag(false).trailing().bytes()));
        REQUIRE(sps.has_value());
        CHECK(sps->format.scan == row.scan);
        CHECK(sps->frame_field_info_present == (row.progressive && row.interlaced));
    }
}

TEST_CASE("too many reference pictures are not believed") {
    for (const std::uint64_t count : {65ULL, 0xFFFFFFFEULL}) {
        BitWriter bits;
        bits.u(16, 0x4201).u(4, 0).u(3, 0).flag(true);
        write_profile(bits, 0, false, true, false);
        bits.ue(0).ue(1).ue(64).ue(64).flag(false).ue(0).ue(0).ue(4).flag(false).ue(4).ue(2).ue(0);
        bits.ue(0).ue(3).ue(0).ue(3).ue(1).ue(1).flag(false).u(2, 3).flag(false).ue(count).u(64, 0).trailing();
        CHECK_FALSE(parse(escaped(bits.bytes())).has_value());
    }
}

TEST_CASE("a video parameter set gives the picture rate") {
    BitWriter bits;
    bits.u(4, 7).u(2, 3).u(6, 0).u(3, 1).flag(true).u(16, 0xFFFF);
    write_profile(bits, 1, true, true, false);
    bits.flag(true).ue(1).ue(1).ue(1).ue(1).ue(1).ue(1).u(6, 2).ue(2).u(6, 0).flag(true).u(32, 1).u(32, 50).flag(false);
    bits.ue(0).flag(false).trailing();
    const auto vps = es::parse_hevc_vps(bits.bytes());
    REQUIRE(vps.has_value());
    CHECK(vps->id == 7);
    CHECK(vps->picture_rate == Ratio{50, 1});
}

}  // namespace
}  // namespace muxtap::test
