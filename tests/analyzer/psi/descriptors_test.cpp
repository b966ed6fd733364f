#include "analyzer/psi/descriptors.h"

#include <catch2/catch.hpp>

#include "analyzer/psi/audio_descriptors.h"
#include "analyzer/psi/subtitle_descriptors.h"
#include "tests/analyzer/psi/sections.h"

namespace muxtap::psi {
namespace {

using namespace muxtap::psi::test;

std::vector<std::uint8_t> tags_of(const ByteVector& bytes) {
    std::vector<std::uint8_t> tags;
    for (const Descriptor one : DescriptorLoop(bytes)) tags.push_back(one.tag);
    return tags;
}

TEST_CASE("a loop ends before the descriptor that does not fit") {
    const ByteVector whole = {1, 2, 9, 9, 3, 0, 5, 1, 7};
    CHECK(tags_of(whole) == std::vector<std::uint8_t>{1, 3, 5});
    CHECK(DescriptorLoop(whole).is_sound());
    for (std::size_t size = 0; size < whole.size(); ++size) {
        const ByteVector cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
        CAPTURE(size);
        CHECK(tags_of(cut).size() == (size >= 6 ? 2U : size >= 4 ? 1U : 0U));
        CHECK(DescriptorLoop(cut).is_sound() == (size == 0 || size == 4 || size == 6));
    }
}

TEST_CASE("a format_identifier is text, or hexadecimal where it is none") {
    CHECK(registration_text(0x43554549) == "CUEI");
    CHECK(registration_text(0x0102AB43) == "0x0102AB43");
    CHECK(registration_text(Descriptor{0x05, {}}).empty());
}

TEST_CASE("languages come from the descriptor that says most") {
    struct Row {
        const char* name;
        ByteVector descriptors;
        const char* languages;
        const char* audio_type;
    };
    const std::vector<Row> rows = {
        {"none", {}, "", ""},
        {"ISO 639", descriptor_bytes(0x0A, ByteVector{'f', 'r', 'a', 0}), "fra", ""},
        {"two", descriptor_bytes(0x0A, ByteVector{'f', 'r', 'a', 0, 'd', 'e', 'u', 0}), "fra,deu", ""},
        {"commentary", descriptor_bytes(0x0A, ByteVector{'q', 'a', 'd', 3}), "qad", "visual impaired commentary"},
        {"hearing impaired", descriptor_bytes(0x0A, ByteVector{'e', 'n', 'g', 2}), "eng", "hearing impaired"},
        {"cut off", descriptor_bytes(0x0A, ByteVector{'e', 'n', 'g'}), "", ""},
        {"zeros", descriptor_bytes(0x0A, ByteVector{0, 0, 0, 0}), "", ""},
        {"supplementary audio", descriptor_bytes(0x7F, ByteVector{0x06, 0x80 | 1 << 2 | 1, 'e', 'n', 'g'}), "eng",
         "visual impaired commentary"},
        {"subtitles", descriptor_bytes(0x59, ByteVector{'n', 'o', 'r', 0x10, 0, 1, 0, 2}), "nor", ""},
        {"teletext", descriptor_bytes(0x56, ByteVector{'s', 'w', 'e', 0x10, 0x99, 's', 'w', 'e', 0x09, 0x00}), "swe",
         ""},
    };
    for (const Row& row : rows) {
        INFO(row.name);
        const StreamLanguage language = stream_language(DescriptorLoop(row.descriptors));
        CHECK(language.languages == row.languages);
        CHECK(language.audio_type == row.audio_type);
    }
}

TEST_CASE("pages of subtitles and teletext are named") {
    ByteVector bytes = descriptor_bytes(0x59, ByteVector{'f', 'r', 'a', 0x20, 0,   3,   0,    4, 'f', 'r', 'a', 0x12, 0,
                                                         1,   0,   2,   'd',  'e', 'u', 0x24, 0, 5,   0,   5,   1});
    append(bytes,
           descriptor_bytes(0x56, ByteVector{'e', 'n', 'g', 0x02 << 3 | 0, 0x88, 'e', 'n', 'g', 0x05 << 3 | 1, 0x50}));
    append(bytes, descriptor_bytes(0x7F, ByteVector{0x20, 'i', 't', 'a', 0x10 << 2, 0}));
    const auto services = subtitle_services(DescriptorLoop(bytes));
    REQUIRE(services.size() == 6);
    CHECK(services[0] == analyzer::SubtitleService{"fra", "DVB subtitles (hard of hearing)", 3, 4});
    CHECK(services[1] == analyzer::SubtitleService{"fra", "DVB subtitles (16:9)", 1, 2});
    CHECK(services[2] == analyzer::SubtitleService{"deu", "DVB subtitles (hard of hearing, high definition)", 5, 5});
    CHECK(services[3] == analyzer::SubtitleService{"eng", "teletext subtitle page", 888, 0});
    CHECK(services[4] == analyzer::SubtitleService{"eng", "teletext subtitle page (hard of hearing)", 150, 0});
    CHECK(services[5] == analyzer::SubtitleService{"ita", "TTML subtitles (hard of hearing)", 0, 0});
}

TEST_CASE("audio is described as far as the descriptor goes") {
    struct Row {
        const char* name;
        ByteVector descriptors;
        bool described;
        analyzer::AudioInfo info;
    };
    const auto with = [](std::string profile, std::uint32_t rate, std::uint8_t channels, std::string layout,
                         std::uint32_t bitrate) {
        analyzer::AudioInfo info;
        info.profile = std::move(profile);
        info.sample_rate = rate;
        info.channels = channels;
        info.channel_layout = std::move(layout);
        info.bitrate = bitrate;
        return info;
    };
    const auto opus = [](ByteVector extension) {
        ByteVector bytes = descriptor_bytes(0x05, std::string_view("Opus"));
        const ByteVector more = descriptor_bytes(0x7F, extension);
        bytes.insert(bytes.end(), more.begin(), more.end());
        return bytes;
    };
    const std::vector<Row> rows = {
        {"nothing", {}, false, {}},
        {"AC-3 without component_type", descriptor_bytes(0x6A, ByteVector{0x40, 8}), false, {}},
        {"AC-3 stereo", descriptor_bytes(0x6A, ByteVector{0x80, 0x42}), true, with("", 0, 2, "stereo", 0)},
        {"AC-3 multichannel: number open", descriptor_bytes(0x6A, ByteVector{0x80, 0x44}), true,
         with("", 0, 0, "multichannel", 0)},
        {"E-AC-3 mono", descriptor_bytes(0x7A, ByteVector{0x80, 0xC0}), true, with("", 0, 1, "mono", 0)},
        {"AC-3 flags without their byte", descriptor_bytes(0x6A, ByteVector{0x80}), false, {}},
        {"ATSC AC-3, 48 kHz, 192 kb/s, 2/0", descriptor_bytes(0x81, ByteVector{0x08, 10 << 2, 2 << 1}), true,
         with("", 48000, 2, "stereo", 192000)},
        {"ATSC AC-3, at most 448 kb/s, 3/2", descriptor_bytes(0x81, ByteVector{0x08, (32 + 15) << 2, 7 << 1}), true,
         with("", 48000, 0, "3/2", 0)},
        {"Opus stereo", opus({0x80, 2}), true, with("", 48000, 2, "stereo", 0)},
        {"Opus dual mono", opus({0x80, 0}), true, with("", 48000, 2, "dual mono", 0)},
        {"Opus with a channel_config_code of its own", opus({0x80, 0x81}), false, {}},
        {"Opus cut short", opus({0x80}), false, {}},
        {"not registered as Opus", descriptor_bytes(0x7F, ByteVector{0x80, 2}), false, {}},
        {"AAC", descriptor_bytes(0x7C, ByteVector{0x2C, 0}), true, with("HE-AAC", 0, 0, "", 0)},
    };
    for (const Row& row : rows) {
        INFO(row.name);
        const auto info = described_audio(DescriptorLoop(row.descriptors));
        REQUIRE(info.has_value() == row.described);
        if (info) CHECK(*info == row.info);
    }
    const ByteVector six = opus({0x80, 6});
    const auto surround = described_audio(DescriptorLoop(six));
    REQUIRE(surround.has_value());
    CHECK(surround->channels == 6);
    CHECK(surround->low_frequency_effects);
}

TEST_CASE("a descriptor of any length cut anywhere is read or refused") {
    for (unsigned tag = 0; tag < 256; ++tag)
        for (std::size_t size = 0; size < 24; ++size)
            for (const std::uint8_t fill : ByteVector{0x00, 0x06, 0x20, 0x81, 0xFF}) {
                const ByteVector bytes = descriptor_bytes(static_cast<std::uint8_t>(tag), ByteVector(size, fill));
                const DescriptorLoop loop(bytes);
                const Descriptor one = *loop.begin();
                (void)stream_language(loop);
                (void)subtitle_services(loop);
                (void)described_audio(loop);
                (void)component_tag(loop);
                (void)service_names(one);
                (void)short_event(one);
                (void)ca_reference(one);
                (void)registration_text(one);
            }
}

}  // namespace
}  // namespace muxtap::psi
