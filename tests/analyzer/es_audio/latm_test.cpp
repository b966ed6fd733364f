#include "analyzer/es_audio/latm.h"

#include <catch2/catch.hpp>

#include "analyzer/es_audio/audio_specific_config.h"
#include "tests/analyzer/es_audio/samples.h"

namespace muxtap::es {
namespace {

using test::BitWriter;

void put_sync(BitWriter& writer, unsigned length) {
    writer.put(0x2B7, 11).put(length, 13);
}

/// StreamMuxConfig of audioMuxVersion 0 up to the AudioSpecificConfig, one program of one layer.
void put_mux_config(BitWriter& writer) {
    writer.put(0, 1).put(0, 1).put(1, 1).put(0, 6).put(0, 4).put(0, 3);
}

TEST_CASE("explicit SBR and PS make HE-AAC, with the rate and channels that come out of the decoder") {
    struct Row {
        const char* name;
        unsigned object;
        unsigned configuration;
        const char* profile;
        unsigned channels;
        const char* layout;
    };
    for (const Row& row : {Row{"SBR", 5, 2, "HE-AAC", 2, "stereo"}, Row{"SBR mono", 5, 1, "HE-AAC", 1, "mono"},
                           Row{"PS", 29, 1, "HE-AAC v2", 2, "stereo"}}) {
        INFO(row.name);
        BitWriter writer;
        put_sync(writer, 100);
        put_mux_config(writer);
        writer.put(row.object, 5).put(6, 4).put(row.configuration, 4).put(3, 4).put(2, 5).put(0, 3).put(0, 32);
        const auto bytes = writer.bytes();
        const FrameResult header = read_latm(bytes);
        REQUIRE(header.has_value());
        CHECK(header->profile == row.profile);
        CHECK(header->sample_rate == 48'000);
        CHECK(unsigned{header->channels} == row.channels);
        CHECK(header->layout == row.layout);
        CHECK(header->samples_per_frame == 2048);
        CHECK(header->frame_bytes == 103);
    }
}

TEST_CASE("SBR signalled behind a core whose length is told is found, and without a length it is not looked for") {
    for (const bool version_1 : {true, false}) {
        BitWriter writer;
        put_sync(writer, 100);
        if (version_1) {
            writer.put(0, 1).put(1, 1).put(0, 1).put(0, 2).put(0xFF, 8).put(1, 1).put(0, 6).put(0, 4).put(0, 3);
            writer.put(0, 2).put(16 + 11 + 5 + 1 + 4, 8);  // AudioSpecificConfig's bits
        } else {
            put_mux_config(writer);
        }
        writer.put(2, 5).put(6, 4).put(2, 4).put(0, 3);
        writer.put(0x2B7, 11).put(5, 5).put(1, 1).put(3, 4).put(0, 32);
        const auto bytes = writer.bytes();
        const FrameResult header = read_latm(bytes);
        REQUIRE(header.has_value());
        CHECK(header->profile == (version_1 ? "HE-AAC" : "LC"));
        CHECK(header->sample_rate == (version_1 ? 48'000 : 24'000));
    }
}

TEST_CASE("a frame that goes by an earlier configuration tells its length only") {
    const auto bytes = test::from_hex("56e152ffa8108d47");
    const FrameResult header = read_latm(bytes);
    REQUIRE(header.has_value());
    CHECK_FALSE(header->format_told);
    CHECK(header->frame_bytes == 3 + 0x152);
}

TEST_CASE("a sampling frequency may be written out, and object types above 31 are escaped") {
    BitWriter writer;
    writer.put(31, 5).put(42 - 32, 6).put(15, 4).put(38'400, 24).put(2, 4).put(0, 16);
    const auto bytes = writer.bytes();
    BitReader reader(bytes);
    const auto config = read_audio_specific_config(reader, std::nullopt);
    REQUIRE(config.has_value());
    CHECK(config->profile == "xHE-AAC");
    CHECK(config->sample_rate == 38'400);
    CHECK(config->channels == 2);
}

}  // namespace
}  // namespace muxtap::es
