#include "analyzer/es_audio/ac3.h"

#include <catch2/catch.hpp>

#include "analyzer/es_audio/audio_stream.h"
#include "tests/analyzer/es_audio/samples.h"

namespace muxtap::es {
namespace {

using test::BitWriter;

struct Shape {
    unsigned type = 0;
    unsigned id = 0;
    unsigned acmod = 7;
    bool lfe = true;
    unsigned chanmap = 0;  ///< 0: none
    bool joint_objects = false;
    bool mixing_data = false;
};

constexpr std::size_t frame_bytes = 512;

/// One E-AC-3 syncframe of 512 bytes and six blocks at 48 kHz: 128 kbit/s.
std::vector<std::uint8_t> substream(const Shape& shape) {
    BitWriter writer;
    writer.put(0x0B77, 16).put(shape.type, 2).put(shape.id, 3).put(frame_bytes / 2 - 1, 11).put(0, 2).put(3, 2);
    writer.put(shape.acmod, 3).put(shape.lfe ? 1 : 0, 1).put(16, 5);
    for (unsigned i = 0; i < (shape.acmod == 0 ? 2U : 1U); ++i) writer.put(31, 5).put(0, 1);
    if (shape.type == 1) {
        writer.put(shape.chanmap != 0 ? 1 : 0, 1);
        if (shape.chanmap != 0) writer.put(shape.chanmap, 16);
    }
    writer.put(shape.mixing_data ? 1 : 0, 1);
    if (shape.mixing_data) {
        writer.put(1, 2).put(0, 6).put(0, 6);       // 3/2: downmix levels
        if (shape.lfe) writer.put(1, 1).put(7, 5);  // lfemixlevcod
        if (shape.type == 0) {
            writer.put(0, 1).put(0, 1).put(3, 2).put(2, 5);  // no scales, mixdef 3 of 4 bytes
            writer.put(0, 8 * 4 - 5).put(1, 1);              // mixdata, frmmixcfginfoe
            for (unsigned block = 0; block < 6; ++block) writer.put(block & 1U, 1).put(0, (block & 1U) != 0 ? 5 : 0);
        }
    }
    writer.put(1, 1).put(0, 5);  // infomdat
    if (shape.acmod == 2) writer.put(0, 4);
    if (shape.acmod >= 6) writer.put(0, 2);
    writer.put(0, 1);
    if (shape.acmod == 0) writer.put(0, 1);
    writer.put(0, 1);  // sourcefscod
    writer.put(shape.joint_objects ? 1 : 0, 1);
    if (shape.joint_objects) writer.put(1, 6).put(1, 8).put(16, 8);
    auto bytes = writer.bytes();
    bytes.resize(frame_bytes);
    return bytes;
}

std::vector<std::uint8_t> joined(const std::vector<Shape>& shapes) {
    std::vector<std::uint8_t> bytes;
    for (const Shape& shape : shapes) {
        const auto frame = substream(shape);
        bytes.insert(bytes.end(), frame.begin(), frame.end());
    }
    return bytes;
}

constexpr unsigned back_pair = 0x0200;
constexpr unsigned sides = 0x1800;
constexpr unsigned top_pair = 0x0004;

TEST_CASE("dependent substreams add their channels and their rate to the independent one") {
    struct Row {
        const char* name;
        std::vector<Shape> shapes;
        unsigned channels;
        const char* layout;
        std::uint32_t bitrate;
        const char* profile;
        std::size_t bytes;
    };
    const Shape main{};
    const std::vector<Row> rows = {
        {"alone", {main, main}, 6, "5.1", 128'000, "", 512},
        {"7.1: sides again and back", {main, {1, 0, 6, false, sides | back_pair}, main}, 8, "7.1", 256'000, "", 1024},
        {"two dependents",
         {main, {1, 0, 2, false, back_pair}, {1, 1, 2, false, top_pair}, main},
         10,
         "",
         384'000,
         "",
         1536},
        {"no channel map: its own channels, all there already",
         {main, {1, 0, 2, false}, main},
         6,
         "5.1",
         256'000,
         "",
         1024},
        {"another program does not count",
         {main, {0, 1}, {1, 0, 2, false, back_pair}, main},
         6,
         "5.1",
         128'000,
         "",
         1536},
        {"Atmos", {{0, 0, 7, true, 0, true}, main}, 6, "5.1", 128'000, "Dolby Atmos", 512},
        {"Atmos behind mixing data", {{0, 0, 7, true, 0, true, true}, main}, 6, "5.1", 128'000, "Dolby Atmos", 512},
        {"mixing data without Atmos", {{0, 0, 7, true, 0, false, true}, main}, 6, "5.1", 128'000, "", 512},
        {"Atmos in the dependent",
         {main, {1, 0, 7, true, back_pair, true, true}, main},
         8,
         "7.1",
         256'000,
         "Dolby Atmos",
         1024},
        {"dual mono", {{0, 0, 0, false}, {0, 0, 0, false}}, 2, "dual mono", 128'000, "", 512},
    };
    for (const Row& row : rows) {
        INFO(row.name);
        const auto bytes = joined(row.shapes);
        const FrameResult header = read_ac3(bytes);
        REQUIRE(header.has_value());
        CHECK(unsigned{header->channels} == row.channels);
        CHECK(header->layout == row.layout);
        CHECK(header->bitrate == row.bitrate);
        CHECK(header->profile == row.profile);
        CHECK(header->frame_bytes == row.bytes);
        CHECK_FALSE(header->open_end);
    }
}

TEST_CASE("a 7.1 stream is told from its first PES packet, however that is cut") {
    const Shape main{};
    const auto bytes = joined({main, {1, 0, 6, false, sides | back_pair}, main});
    for (std::size_t cut = 1; cut < bytes.size(); ++cut) {
        AudioStream stream(analyzer::Codec::eac3);
        const auto first = stream.look(ByteView(bytes).first(cut), false);
        if (first == AudioStream::Wants::more) (void)stream.look(bytes, true);
        REQUIRE(unsigned{stream.info().channels} == 8);
        REQUIRE(stream.info().bitrate == 256'000);
    }
}

TEST_CASE("a stream that turns to Atmos or 7.1 behind the same first header is noticed") {
    const Shape main{};
    const auto before = joined({main, main});
    const auto after = joined({main, {1, 0, 6, false, sides | back_pair}, main});
    AudioStream stream(analyzer::Codec::eac3);
    for (int i = 0; i < 10; ++i) (void)stream.look(before, true);
    CHECK(unsigned{stream.info().channels} == 6);
    for (int i = 0; i < 64; ++i) (void)stream.look(after, true);
    CHECK(unsigned{stream.info().channels} == 8);
}

TEST_CASE("half rate AC-3 has half the rate") {
    auto bytes = test::from_hex("0b77b50b1e40ebf8403eff99");
    bytes[5] = static_cast<std::uint8_t>(9U << 3);
    const FrameResult header = read_ac3(bytes);
    REQUIRE(header.has_value());
    CHECK(header->sample_rate == 24'000);
    CHECK(header->bitrate == 224'000);
    CHECK(header->frame_bytes == 1792);
}

}  // namespace
}  // namespace muxtap::es
