// Each header's bytes come from an encoder (FFmpeg's); what they must give was told to that encoder.
#include <catch2/catch.hpp>

#include "analyzer/es_audio/ac3.h"
#include "analyzer/es_audio/adts.h"
#include "analyzer/es_audio/dts.h"
#include "analyzer/es_audio/latm.h"
#include "analyzer/es_audio/mpeg_audio.h"
#include "analyzer/es_audio/opus.h"
#include "analyzer/es_audio/s302m.h"
#include "tests/analyzer/es_audio/samples.h"

namespace muxtap::es {
namespace {

using test::from_hex;

struct Row {
    const char* name;
    FrameResult (*read)(ByteView) noexcept;
    const char* bytes;
    std::size_t frame_bytes;
    std::uint32_t sample_rate;
    unsigned channels;
    const char* layout;
    std::uint32_t bitrate;
    const char* profile;
    std::uint32_t samples;
};

const std::vector<Row>& rows() {
    static const std::vector<Row> table = {
        {"MPEG-1 layer II", read_mpeg_audio, "fffda404", 576, 48'000, 2, "stereo", 192'000, "Layer II", 1152},
        {"MPEG-1 layer III", read_mpeg_audio, "fffb9464", 384, 48'000, 2, "stereo", 128'000, "Layer III", 1152},
        {"MPEG-2 layer II", read_mpeg_audio, "fff584c4", 384, 24'000, 1, "mono", 64'000, "Layer II", 1152},
        {"MPEG-2.5 layer III", read_mpeg_audio, "ffe318c4", 72, 8'000, 1, "mono", 8'000, "Layer III", 576},
        {"MPEG-1 layer I", read_mpeg_audio, "fffFc400", 384, 48'000, 2, "stereo", 384'000, "Layer I", 384},
        {"dual mono", read_mpeg_audio, "fffda484", 576, 48'000, 2, "dual mono", 192'000, "Layer II", 1152},
        {"44.1 kHz with padding", read_mpeg_audio, "fffb9264", 418, 44'100, 2, "stereo", 128'000, "Layer III", 1152},
        {"free format", read_mpeg_audio, "fffd0404", 0, 48'000, 2, "stereo", 0, "Layer II", 1152},
        {"ADTS stereo", read_adts, "fff14c8024fffcde02004c61766335392e", 295, 48'000, 2, "stereo", 0, "LC", 1024},
        {"ADTS 5.1", read_adts, "fff14d802fdffcde02004c61766335392e", 382, 48'000, 6, "5.1", 0, "LC", 1024},
        {"LATM", read_latm, "56e128200011901fe7f90ef01002630bb319a9c97199b971", 299, 48'000, 2, "stereo", 0, "LC",
         1024},
        {"AC-3 5.1", read_ac3, "0b77b50b1e40ebf8403eff99", 1792, 48'000, 6, "5.1", 448'000, "", 1536},
        {"AC-3 mono", read_ac3, "0b77480d0c402f842bc1c77a", 384, 48'000, 1, "mono", 96'000, "", 1536},
        {"E-AC-3 5.1", read_ac3, "0b7702ff3f87c000208020000200400003e01fba", 1536, 48'000, 6, "5.1", 384'000, "", 1536},
        {"DTS", read_dts, "7ffe8001fc3c75b276c005380009ef7bde", 1884, 48'000, 6, "5.1", 1'411'200, "", 512},
        {"SMPTE 302M 16 bits", read_s302m, "140000000000", 5124, 48'000, 2, "stereo", 1'920'000, "", 0},
        {"SMPTE 302M 24 bits", read_s302m, "380040200000", 14'340, 48'000, 4, "", 5'376'000, "", 0},
        {"Opus", read_opus, "7fe0ff1ffcb03243fc2d6308", 290, 48'000, 0, "", 0, "", 960},
    };
    return table;
}

TEST_CASE("a frame header says what the encoder was told") {
    for (const Row& row : rows()) {
        INFO(row.name);
        const auto bytes = from_hex(row.bytes);
        const FrameResult header = row.read(bytes);
        REQUIRE(header.has_value());
        CHECK(header->frame_bytes == row.frame_bytes);
        CHECK(header->sample_rate == row.sample_rate);
        CHECK(unsigned{header->channels} == row.channels);
        CHECK(header->layout == row.layout);
        CHECK(header->bitrate == row.bitrate);
        CHECK(header->profile == row.profile);
        CHECK(header->samples_per_frame == row.samples);
    }
}

TEST_CASE("a header cut short is incomplete as long as it may be one, never something else") {
    for (const Row& row : rows()) {
        INFO(row.name);
        const auto bytes = from_hex(row.bytes);
        bool seen = false;
        for (std::size_t size = 0; size <= bytes.size(); ++size) {
            const FrameResult header = row.read(ByteView(bytes).first(size));
            if (header) seen = true;
            if (!header) {
                CHECK(header.error() == NoFrame::incomplete);
                CHECK_FALSE(seen);
            }
        }
        CHECK(seen);
    }
}

TEST_CASE("whatever bits flip in a header, reading stays within the bytes and what it gives is possible") {
    for (const Row& row : rows()) {
        INFO(row.name);
        const auto bytes = from_hex(row.bytes);
        for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
            for (std::size_t size = 1; size <= bytes.size(); ++size) {
                auto damaged = bytes;
                damaged[bit / 8] = static_cast<std::uint8_t>(damaged[bit / 8] ^ 0x80U >> (bit % 8));
                const FrameResult header = row.read(ByteView(damaged).first(size));
                if (!header || !header->format_told) continue;
                CHECK(header->sample_rate > 0);
                CHECK(header->sample_rate < (1U << 24));
            }
        }
    }
}

TEST_CASE("values that the formats reserve are no frame") {
    const std::vector<std::pair<FrameResult (*)(ByteView) noexcept, const char*>> bad = {
        {read_mpeg_audio, "ffeda404"},               // version 01
        {read_mpeg_audio, "fff9a404 0000"},          // layer 00
        {read_mpeg_audio, "fffdf404"},               // bitrate_index 15
        {read_mpeg_audio, "fffdac04"},               // sampling_frequency 3
        {read_mpeg_audio, "fffda406"},               // emphasis 2
        {read_adts, "fff37c8024fffcde"},             // layer is not 0
        {read_adts, "fff1748024fffcde"},             // sampling_frequency_index 13
        {read_adts, "fff14c800007fcde"},             // shorter than its header
        {read_ac3, "0b77b50bde40ebf8403eff99"},      // fscod 3
        {read_ac3, "0b77b50b2640ebf8403eff99"},      // frmsizecod 38
        {read_ac3, "0b77b50b1e88ebf8403eff99"},      // bsid 17
        {read_ac3, "0b77c2ff3f87c000208020000200"},  // strmtyp 3
        {read_ac3, "0b7742ff3f87c000208020000200"},  // a dependent substream is no start
        {read_ac3, "0b770aff3f87c000208020000200"},  // nor is another program
        {read_dts, "7ffe8001fc3c75b26ac0053800"},    // SFREQ 10
        {read_s302m, "14000030"},                    // 28 bits
        {read_s302m, "14010000"},                    // not a whole number of samples
    };
    for (const auto& [read, hex] : bad) {
        INFO(hex);
        const auto bytes = from_hex(hex);
        const FrameResult header = read(bytes);
        REQUIRE_FALSE(header.has_value());
        CHECK(header.error() == NoFrame::not_here);
    }
}

TEST_CASE("a program_config_element gives the channels that the ADTS header leaves out") {
    test::BitWriter writer;
    writer.put(0xFFF1, 16).put(1, 2).put(3, 4).put(0, 1).put(0, 3).put(0, 4).put(200, 13).put(0x7FF, 11).put(0, 2);
    writer.put(5, 3).put(0, 4).put(1, 2).put(3, 4);
    writer.put(2, 4).put(0, 4).put(1, 4).put(1, 2).put(0, 3).put(0, 4);  // front 2, back 1, one LFE
    writer.put(0, 3);                                                    // no mixdown
    writer.put(0, 5).put(0x10, 5).put(0x11, 5).put(0, 4).put(0, 8);      // one, pair, pair
    const auto bytes = writer.bytes();
    const FrameResult header = read_adts(bytes);
    REQUIRE(header.has_value());
    CHECK(header->channels == 6);
    CHECK(header->layout == "5.1");
    CHECK(header->low_frequency_effects);
}

}  // namespace
}  // namespace muxtap::es
