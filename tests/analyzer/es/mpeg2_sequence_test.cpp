#include "analyzer/es/mpeg2_sequence.h"

#include <catch2/catch.hpp>

#include "tests/analyzer/es/bit_writer.h"
#include "tests/analyzer/es/sample_headers.h"

namespace muxtap::test {
namespace {

using analyzer::ScanType;
using es::ChromaFormat;
using es::Ratio;

struct Row {
    const char* name;
    const char* block;
    const char* profile;
    const char* level;
    unsigned width, height;
    Ratio frame_rate;
    Ratio aspect;
    ScanType scan;
    ChromaFormat chroma;
    unsigned primaries;
    std::uint64_t bitrate, buffer_bits, level_bitrate, level_buffer_bits;
};

TEST_CASE("sequence headers of FFmpeg say what it was asked for") {
    const std::vector<Row> rows = {
        {"interlaced, 16:9, colour",
         sample::mpeg2_main_main,
         "Main",
         "Main",
         720,
         576,
         {25, 1},
         {64, 45},
         ScanType::unknown,
         ChromaFormat::yuv420,
         5,
         8'000'000,
         1'835'008,
         15'000'000,
         1'835'008},
        {"High 1440",
         sample::mpeg2_main_1440,
         "Main",
         "High 1440",
         1440,
         1080,
         {30000, 1001},
         {4, 3},
         ScanType::unknown,
         ChromaFormat::yuv420,
         2,
         0,
         2'850'816,
         60'000'000,
         7'340'032},
        {"4:2:2 profile",
         sample::mpeg2_422,
         "4:2:2",
         "Main",
         720,
         576,
         {25, 1},
         {16, 15},
         ScanType::progressive,
         ChromaFormat::yuv422,
         2,
         30'000'000,
         9'011'200,
         50'000'000,
         9'437'184},
        {"MPEG-1",
         sample::mpeg1_pal,
         "",
         "",
         352,
         288,
         {25, 1},
         {1, 1},
         ScanType::progressive,
         ChromaFormat::yuv420,
         2,
         0,
         49'152,
         0,
         0},
        {"MPEG-1, 525 lines",
         sample::mpeg1_ntsc,
         "",
         "",
         352,
         240,
         {30000, 1001},
         {200, 219},
         ScanType::progressive,
         ChromaFormat::yuv420,
         2,
         1'150'000,
         327'680,
         0,
         0},
    };
    for (const Row& row : rows) {
        INFO(row.name);
        const auto format = es::parse_mpeg2_sequence(from_hex(row.block));
        REQUIRE(format.has_value());
        CHECK(format->profile == row.profile);
        CHECK(format->level == row.level);
        CHECK(format->width == row.width);
        CHECK(format->height == row.height);
        CHECK(format->frame_rate == row.frame_rate);
        CHECK(format->aspect == row.aspect);
        CHECK(format->scan == row.scan);
        CHECK(format->chroma == row.chroma);
        CHECK(format->codec == (*row.profile != 0 ? analyzer::Codec::mpeg2_video : analyzer::Codec::mpeg1_video));
        CHECK(format->bit_depth == 8);
        CHECK(format->colour_primaries == row.primaries);
        CHECK(format->signalled_bitrate == row.bitrate);
        CHECK(format->signalled_buffer_bits == row.buffer_bits);
        CHECK(format->level_bitrate == row.level_bitrate);
        CHECK(format->level_buffer_bits == row.level_buffer_bits);
    }
}

struct Sequence {
    unsigned width = 720, height = 576, aspect = 2, rate = 3;
    std::uint64_t bitrate = 10'000;
    bool matrices = false;
    unsigned profile_and_level = 0x48, chroma = 1, width_extension = 0, bitrate_extension = 0;
    unsigned rate_n = 0, rate_d = 0;
    unsigned display_width = 0, display_height = 0;
};

std::vector<std::uint8_t> block_of(const Sequence& sequence) {
    BitWriter bits;
    bits.u(32, 0x1B3).u(12, sequence.width).u(12, sequence.height).u(4, sequence.aspect).u(4, sequence.rate);
    bits.u(18, sequence.bitrate).flag(true).u(10, 112).flag(false).flag(sequence.matrices);
    for (int i = 0; sequence.matrices && i < 64; ++i) bits.u(8, 16);
    bits.flag(sequence.matrices);
    for (int i = 0; sequence.matrices && i < 64; ++i) bits.u(8, 17);
    bits.align().u(32, 0x1B5).u(4, 1).u(8, sequence.profile_and_level).flag(false).u(2, sequence.chroma);
    bits.u(2, sequence.width_extension).u(2, 0).u(12, sequence.bitrate_extension).flag(true).u(8, 0).flag(false);
    bits.u(2, sequence.rate_n).u(5, sequence.rate_d);
    if (sequence.display_width != 0) {
        bits.align().u(32, 0x1B5).u(4, 2).u(3, 5).flag(false).u(14, sequence.display_width).flag(true);
        bits.u(14, sequence.display_height);
    }
    bits.align().u(32, 0x1B2).u(8, 'x');
    return bits.align().bytes();
}

TEST_CASE("fields of header and extension are put together") {
    const auto format = es::parse_mpeg2_sequence(block_of({.width = 3840 % 4096,
                                                           .rate = 6,
                                                           .bitrate = 1,
                                                           .matrices = true,
                                                           .profile_and_level = 0x42,
                                                           .width_extension = 1,
                                                           .bitrate_extension = 1,
                                                           .rate_n = 1,
                                                           .rate_d = 2}));
    REQUIRE(format.has_value());
    CHECK(format->width == 3840 + 4096);
    CHECK(format->signalled_bitrate == ((1U << 18) + 1) * 400);
    CHECK(format->frame_rate == Ratio{100, 3});
    CHECK(format->level == "High P");
}

TEST_CASE("a display size counts where the picture comes out as 4:3 or 16:9 with it") {
    struct Display {
        const char* name;
        Sequence sequence;
        Ratio aspect;
    };
    const std::vector<Display> rows = {
        {"none", {.aspect = 2}, {16, 15}},
        {"a 4:3 part of a 16:9 picture", {.aspect = 2, .display_width = 540, .display_height = 576}, {64, 45}},
        {"704 of 720", {.aspect = 2, .display_width = 704, .display_height = 576}, {16, 15}},
        {"meaningless", {.aspect = 3, .display_width = 1, .display_height = 1}, {64, 45}},
        {"square samples", {.aspect = 1, .display_width = 540, .display_height = 576}, {1, 1}},
        {"forbidden code", {.aspect = 0}, {0, 0}},
        {"reserved code", {.aspect = 9}, {0, 0}},
    };
    for (const Display& row : rows) {
        INFO(row.name);
        const auto format = es::parse_mpeg2_sequence(block_of(row.sequence));
        REQUIRE(format.has_value());
        CHECK(format->aspect == row.aspect);
    }
}

TEST_CASE("a sequence header that cannot be is not believed") {
    CHECK_FALSE(es::parse_mpeg2_sequence(block_of({.width = 0})).has_value());
    CHECK_FALSE(es::parse_mpeg2_sequence(block_of({.height = 0})).has_value());
    CHECK_FALSE(es::parse_mpeg2_sequence(block_of({.chroma = 0})).has_value());
    CHECK_FALSE(es::parse_mpeg2_sequence(from_hex("000001b32d0240331388")).has_value());
    CHECK_FALSE(es::parse_mpeg2_sequence({}).has_value());
    const auto reserved = es::parse_mpeg2_sequence(block_of({.rate = 15, .profile_and_level = 0xFF}));
    REQUIRE(reserved.has_value());
    CHECK_FALSE(reserved->frame_rate.known());
    CHECK(reserved->profile.empty());
}

TEST_CASE("a picture coding extension tells frames and fields apart") {
    struct Coding {
        unsigned structure;
        bool repeat, progressive;
    };
    for (const Coding& row :
         {Coding{3, false, true}, Coding{3, true, true}, Coding{3, false, false}, Coding{1, false, false}}) {
        BitWriter bits;
        bits.u(8, 0xB5).u(4, 8).u(16, 0xFFFF).u(2, 0).u(2, row.structure).u(6, 0).flag(row.repeat).flag(false);
        bits.flag(row.progressive).flag(false);
        const auto coding = es::parse_mpeg2_picture_coding(bits.bytes());
        REQUIRE(coding.has_value());
        CHECK(coding->frame_picture == (row.structure == 3));
        CHECK(coding->repeat_first_field == row.repeat);
        CHECK(coding->progressive_frame == row.progressive);
    }
    CHECK_FALSE(es::parse_mpeg2_picture_coding(from_hex("b51482000100")).has_value());
    CHECK_FALSE(es::parse_mpeg2_picture_coding(from_hex("b58f")).has_value());
}

}  // namespace
}  // namespace muxtap::test
