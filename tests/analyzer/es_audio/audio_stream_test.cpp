#include "analyzer/es_audio/audio_stream.h"

#include <catch2/catch.hpp>

#include "tests/analyzer/es_audio/samples.h"

namespace muxtap::es {
namespace {

using analyzer::AudioInfo;
using analyzer::Codec;
using test::frames_of;
using test::from_hex;
using Wants = AudioStream::Wants;

struct Sample {
    const char* name;
    Codec codec;
    const char* header;
    std::size_t frame_bytes;
    std::uint32_t sample_rate;
    unsigned channels;
};

const std::vector<Sample>& samples() {
    static const std::vector<Sample> table = {
        {"layer II", Codec::mpeg1_audio, "fffda404", 576, 48'000, 2},
        {"layer II at 24 kHz", Codec::mpeg2_audio, "fff584c4", 384, 24'000, 1},
        {"ADTS", Codec::aac_adts, "fff14c8024fffcde02004c61", 295, 48'000, 2},
        {"LATM", Codec::aac_latm, "56e128200011901fe7f90ef01002630bb319a9c9", 299, 48'000, 2},
        {"AC-3", Codec::ac3, "0b77b50b1e40ebf8403eff99", 1792, 48'000, 6},
        {"E-AC-3", Codec::eac3, "0b7702ff3f87c000208020000200400003e01fba", 1536, 48'000, 6},
        {"E-AC-3 announced as AC-3", Codec::ac3, "0b7702ff3f87c000208020000200400003e01fba", 1536, 48'000, 6},
        {"DTS", Codec::dts, "7ffe8001fc3c75b276c005380009ef7bde", 1884, 48'000, 6},
    };
    return table;
}

std::vector<std::uint8_t> joined(const std::vector<std::uint8_t>& one, const std::vector<std::uint8_t>& other) {
    auto bytes = one;
    bytes.insert(bytes.end(), other.begin(), other.end());
    return bytes;
}

TEST_CASE("two frames in a row tell the format, wherever the first one begins") {
    for (const Sample& sample : samples()) {
        INFO(sample.name);
        const auto frames = frames_of(sample.header, sample.frame_bytes, 3);
        // The tail of an earlier frame may hold bytes that look like the start of a sync word, or like all of one.
        for (const char* tail : {"", "00", "ff", "ffff", "56e0 0b77 7ffe", "fffda404 0000", "0b 7f 56 ff"}) {
            INFO(tail);
            AudioStream stream(sample.codec);
            CHECK(stream.look(joined(from_hex(tail), frames), false) == Wants::enough);
            CHECK(stream.info().sample_rate == sample.sample_rate);
            CHECK(unsigned{stream.info().channels} == sample.channels);
            CHECK(stream.info().frame_headers_seen);
            CHECK(stream.changed());
            CHECK_FALSE(stream.changed());
        }
    }
}

TEST_CASE("AAC that is announced as MPEG audio is AAC after two PES packets") {
    const auto adts = frames_of("fff14c8024fffcde02004c61", 295, 1);
    for (const Codec announced : {Codec::mpeg1_audio, Codec::mpeg2_audio}) {
        AudioStream stream(announced);
        CHECK(stream.look(adts, true) == Wants::enough);
        CHECK(stream.codec() == announced);
        CHECK_FALSE(stream.info().frame_headers_seen);
        CHECK(stream.look(adts, true) == Wants::enough);
        CHECK(stream.look(adts, true) == Wants::enough);
        CHECK(stream.codec() == Codec::aac_adts);
        CHECK(stream.info().sample_rate == 48'000);
        CHECK(unsigned{stream.info().channels} == 2);
    }
    AudioStream layer_two(Codec::mpeg1_audio);
    (void)layer_two.look(adts, true);
    (void)layer_two.look(frames_of("fffda404", 576, 3), true);
    CHECK(layer_two.codec() == Codec::mpeg1_audio);
    CHECK(layer_two.info().sample_rate == 48'000);
}

TEST_CASE("a PES packet cut at any byte gives the same as whole") {
    for (const Sample& sample : samples()) {
        INFO(sample.name);
        const auto bytes = joined(from_hex("a5ff560b7fa5"), frames_of(sample.header, sample.frame_bytes, 2));
        AudioStream whole(sample.codec);
        (void)whole.look(bytes, true);
        REQUIRE(whole.info().frame_headers_seen);
        for (std::size_t cut = 1; cut < bytes.size(); ++cut) {
            AudioStream stream(sample.codec);
            if (stream.look(ByteView(bytes).first(cut), false) == Wants::more) (void)stream.look(bytes, true);
            REQUIRE(stream.info() == whole.info());
        }
        // Byte by byte.
        AudioStream stream(sample.codec);
        Wants wants = Wants::more;
        for (std::size_t size = 1; size <= bytes.size() && wants == Wants::more; ++size)
            wants = stream.look(ByteView(bytes).first(size), size == bytes.size());
        REQUIRE(stream.info() == whole.info());
    }
}

TEST_CASE("one frame a PES packet: a weak sync word needs a second packet that agrees") {
    for (const Sample& sample : samples()) {
        INFO(sample.name);
        const auto frame = frames_of(sample.header, sample.frame_bytes, 1);
        AudioStream stream(sample.codec);
        CHECK(stream.look(frame, false) == Wants::more);
        CHECK(stream.look(frame, true) == Wants::enough);
        const bool strong = sample.codec == Codec::ac3 || sample.codec == Codec::eac3 || sample.codec == Codec::dts;
        CHECK(stream.info().frame_headers_seen == strong);
        CHECK(stream.look(frame, true) == Wants::enough);
        CHECK(stream.info().frame_headers_seen);
    }
}

TEST_CASE("noise tells nothing") {
    for (const Sample& sample : samples()) {
        INFO(sample.name);
        AudioStream stream(sample.codec);
        std::uint32_t state = 12'345;
        for (int packet = 0; packet < 300; ++packet) {
            std::vector<std::uint8_t> bytes(4096);
            for (auto& byte : bytes) {
                state = state * 1'664'525U + 1'013'904'223U;
                byte = static_cast<std::uint8_t>(state >> 24);
            }
            (void)stream.look(bytes, true);
        }
        CHECK_FALSE(stream.info().frame_headers_seen);
    }
}

TEST_CASE("a changed format is reported once, a single odd header not at all") {
    const auto stereo = frames_of("fffda404", 576, 3);
    const auto mono = frames_of("fffda4c4", 576, 3);
    AudioStream stream(Codec::mpeg1_audio);
    (void)stream.look(stereo, true);
    CHECK(stream.changed());
    // A flipped bit makes the first header another one; the frame behind it says that it is wrong.
    auto damaged = stereo;
    damaged[3] = 0xC4;
    (void)stream.look(damaged, true);
    CHECK_FALSE(stream.changed());
    CHECK(stream.info().channels == 2);
    (void)stream.look(mono, true);
    CHECK(stream.changed());
    CHECK(stream.info().channels == 1);
    CHECK(stream.info().channel_layout == "mono");
    (void)stream.look(mono, true);
    CHECK_FALSE(stream.changed());
}

TEST_CASE("a bit rate that changed is the new one; one that keeps changing is not told") {
    AudioStream stream(Codec::mpeg1_audio);
    const auto at_192 = frames_of("fffda404", 576, 2);
    const auto at_256 = frames_of("fffdc404", 768, 2);
    (void)stream.look(at_192, true);
    CHECK(stream.info().bitrate == 192'000);
    (void)stream.look(at_256, true);
    CHECK(stream.info().bitrate == 256'000);
    for (int i = 0; i < 4; ++i) {
        (void)stream.look(at_192, true);
        (void)stream.look(at_256, true);
    }
    CHECK(stream.info().bitrate == 0);
    (void)stream.changed();
    (void)stream.look(at_192, true);
    CHECK_FALSE(stream.changed());
}

TEST_CASE("LATM waits for a configuration and keeps it") {
    const auto without = frames_of("56e152ffa8108d47", 3 + 0x152, 3);
    const auto with = frames_of("56e128200011901fe7f90ef01002630bb319a9c9", 299, 2);
    AudioStream stream(Codec::aac_latm);
    (void)stream.look(without, true);
    CHECK_FALSE(stream.info().frame_headers_seen);
    (void)stream.look(with, true);
    CHECK(stream.info().sample_rate == 48'000);
    CHECK(stream.changed());
    (void)stream.look(without, true);
    CHECK_FALSE(stream.changed());
    CHECK(stream.info().sample_rate == 48'000);
}

TEST_CASE("302M and Opus are at the start of the PES packet") {
    auto pcm = frames_of("140000000000", 5124, 1);
    AudioStream s302m(Codec::s302m);
    (void)s302m.look(ByteView(pcm).first(4096), true);
    (void)s302m.look(ByteView(pcm).first(4096), true);
    CHECK(s302m.info().channels == 2);
    CHECK(s302m.info().bits_per_sample == 16);
    CHECK(s302m.info().sample_rate == 48'000);

    const auto opus_bytes = frames_of("7fe0ff1ffcb03243fc2d6308", 290, 2);
    AudioStream opus(Codec::opus);
    (void)opus.look(opus_bytes, true);
    CHECK(opus.info().sample_rate == 48'000);
    CHECK(opus.info().samples_per_frame == 960);
    CHECK(opus.info().channels == 0);
}

TEST_CASE("once the format is known, the bytes up to the first header do, but for one PES packet in 64") {
    for (const Sample& sample : samples()) {
        INFO(sample.name);
        const auto frames = frames_of(sample.header, sample.frame_bytes, 3);
        for (const char* tail : {"", "a5a5a5"}) {
            const auto bytes = joined(from_hex(tail), frames);
            AudioStream stream(sample.codec);
            (void)stream.look(bytes, true);
            REQUIRE(stream.info().frame_headers_seen);
            int more = 0;
            for (int i = 0; i < 640; ++i) {
                if (stream.look(ByteView(bytes).first(100), false) != Wants::more) continue;
                ++more;
                CHECK(stream.look(bytes, false) == Wants::enough);
            }
            CHECK(more <= 10);
        }
    }
}

TEST_CASE("of a format that is only named nothing is read") {
    for (const Codec codec : {Codec::ac4, Codec::truehd, Codec::lpcm, Codec::h264, Codec::unknown}) {
        AudioStream stream(codec);
        CHECK(stream.look(frames_of("fffda404", 576, 3), false) == Wants::enough);
        CHECK(stream.info() == AudioInfo{});
        CHECK_FALSE(stream.changed());
    }
}

TEST_CASE("an empty or short PES packet wants more, and gets over it when there is no more") {
    AudioStream stream(Codec::mpeg1_audio);
    CHECK(stream.look({}, false) == Wants::more);
    CHECK(stream.look(from_hex("ff"), false) == Wants::more);
    CHECK(stream.look(from_hex("ff"), true) == Wants::enough);
    CHECK(stream.look({}, true) == Wants::enough);
    (void)stream.look(frames_of("fffda404", 576, 2), false);
    CHECK(stream.info().frame_headers_seen);
}

}  // namespace
}  // namespace muxtap::es
