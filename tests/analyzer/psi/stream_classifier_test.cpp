#include "analyzer/psi/stream_classifier.h"

#include <catch2/catch.hpp>

#include "tests/analyzer/psi/sections.h"

namespace muxtap::psi {
namespace {

using namespace muxtap::psi::test;
using analyzer::Codec;
using analyzer::MediaKind;

TEST_CASE("what a stream is follows from stream_type, descriptors and who registered the program") {
    struct Row {
        const char* name;
        std::uint8_t stream_type;
        ByteVector descriptors;
        const char* registration;
        StreamClass meaning;
    };
    const auto registered = [](const char* identifier) { return descriptor_bytes(0x05, std::string_view(identifier)); };
    const auto extended = [](std::uint8_t tag) { return descriptor_bytes(0x7F, ByteVector{tag, 0, 0, 0, 0}); };
    const std::vector<Row> rows = {
        {"MPEG-1 video", 0x01, {}, "", {MediaKind::video, Codec::mpeg1_video}},
        {"MPEG-2 video", 0x02, {}, "", {MediaKind::video, Codec::mpeg2_video}},
        {"MPEG-1 audio", 0x03, {}, "", {MediaKind::audio, Codec::mpeg1_audio}},
        {"MPEG-2 audio", 0x04, {}, "", {MediaKind::audio, Codec::mpeg2_audio}},
        {"private sections", 0x05, {}, "", {MediaKind::data, Codec::private_sections}},
        {"private data", 0x06, {}, "", {MediaKind::data, Codec::private_data}},
        {"DSM-CC", 0x0B, {}, "", {MediaKind::data, Codec::dsmcc}},
        {"AAC in ADTS", 0x0F, {}, "", {MediaKind::audio, Codec::aac_adts}},
        {"MPEG-4 visual", 0x10, {}, "", {MediaKind::video, Codec::mpeg4_visual}},
        {"AAC in LATM", 0x11, {}, "", {MediaKind::audio, Codec::aac_latm}},
        {"H.264", 0x1B, {}, "", {MediaKind::video, Codec::h264}},
        {"JPEG 2000", 0x21, {}, "", {MediaKind::video, Codec::jpeg2000}},
        {"HEVC", 0x24, {}, "", {MediaKind::video, Codec::hevc}},
        {"HEVC, temporal subset", 0x25, {}, "", {MediaKind::video, Codec::hevc}},
        {"MPEG-H audio", 0x2D, {}, "", {MediaKind::audio, Codec::mpegh_3d_audio}},
        {"JPEG XS", 0x32, {}, "", {MediaKind::video, Codec::jpeg_xs}},
        {"VVC", 0x33, {}, "", {MediaKind::video, Codec::vvc}},
        {"EVC", 0x35, {}, "", {MediaKind::video, Codec::evc}},
        {"AVS", 0x42, {}, "", {MediaKind::video, Codec::avs}},
        {"Dirac", 0xD1, {}, "", {MediaKind::video, Codec::dirac}},
        {"VC-1", 0xEA, registered("VC-1"), "", {MediaKind::video, Codec::vc1}},
        {"AC-3 of ATSC", 0x81, {}, "GA94", {MediaKind::audio, Codec::ac3}},
        {"AC-3 registered by itself", 0x81, registered("AC-3"), "", {MediaKind::audio, Codec::ac3}},
        {"AC-3 beside splice information", 0x81, {}, "CUEI", {MediaKind::audio, Codec::ac3}},
        {"SCTE 27", 0x82, {}, "SCTE", {MediaKind::subtitle, Codec::scte27_subtitle}},
        {"SCTE 27 beside splice information", 0x82, {}, "CUEI", {MediaKind::subtitle, Codec::scte27_subtitle}},
        {"DTS, nothing registered", 0x82, {}, "", {MediaKind::audio, Codec::dts}},
        {"SCTE 35", 0x86, {}, "CUEI", {MediaKind::splice_information, Codec::scte35}},
        {"SCTE 35, nothing registered", 0x86, {}, "", {MediaKind::splice_information, Codec::scte35}},
        {"E-AC-3 of ATSC", 0x87, {}, "GA94", {MediaKind::audio, Codec::eac3}},
        {"DigiCipher II", 0x80, {}, "GA94", {MediaKind::video, Codec::mpeg2_video}},
        {"0x80 of no one known", 0x80, {}, "", {MediaKind::unknown, Codec::unknown}},
        {"Blu-ray LPCM", 0x80, {}, "HDMV", {MediaKind::audio, Codec::lpcm}},
        {"Blu-ray DTS", 0x82, {}, "HDMV", {MediaKind::audio, Codec::dts}},
        {"Blu-ray TrueHD", 0x83, {}, "HDMV", {MediaKind::audio, Codec::truehd}},
        {"Blu-ray DTS-HD, no splice information", 0x86, {}, "HDMV", {MediaKind::audio, Codec::dts}},
        {"AC-3 of DVB", 0x06, descriptor_bytes(0x6A, ByteVector{0}), "", {MediaKind::audio, Codec::ac3}},
        {"E-AC-3 of DVB", 0x06, descriptor_bytes(0x7A, ByteVector{0}), "", {MediaKind::audio, Codec::eac3}},
        {"DTS of DVB", 0x06, descriptor_bytes(0x7B, ByteVector{0}), "", {MediaKind::audio, Codec::dts}},
        {"AC-4", 0x06, extended(0x15), "", {MediaKind::audio, Codec::ac4}},
        {"DTS-UHD", 0x06, extended(0x21), "", {MediaKind::audio, Codec::dts_uhd}},
        {"TTML", 0x06, extended(0x20), "", {MediaKind::subtitle, Codec::ttml}},
        {"teletext", 0x06, descriptor_bytes(0x56, ByteVector{}), "", {MediaKind::teletext, Codec::teletext}},
        {"VBI teletext", 0x06, descriptor_bytes(0x46, ByteVector{}), "", {MediaKind::teletext, Codec::teletext}},
        {"DVB subtitles", 0x06, descriptor_bytes(0x59, ByteVector{}), "", {MediaKind::subtitle, Codec::dvb_subtitle}},
        {"ARIB captions",
         0x06,
         descriptor_bytes(0xFD, ByteVector{0, 8, 0x3D}),
         "",
         {MediaKind::subtitle, Codec::arib_caption}},
        {"SMPTE 302M", 0x06, registered("BSSD"), "", {MediaKind::audio, Codec::s302m}},
        {"Opus", 0x06, registered("Opus"), "", {MediaKind::audio, Codec::opus}},
        {"HEVC registered", 0x06, registered("HEVC"), "", {MediaKind::video, Codec::hevc}},
        {"AV1", 0x06, registered("AV01"), "", {MediaKind::video, Codec::av1}},
        {"KLV", 0x06, registered("KLVA"), "", {MediaKind::data, Codec::klv_metadata}},
        {"ID3", 0x06, registered("ID3 "), "", {MediaKind::data, Codec::id3_metadata}},
        {"ID3 in metadata PES packets",
         0x15,
         descriptor_bytes(0x26, ByteVector{0xFF, 0xFF, 'I', 'D', '3', ' ', 0xFF, 'I', 'D', '3', ' ', 0, 0x0F}),
         "",
         {MediaKind::data, Codec::id3_metadata}},
        {"metadata of no one known", 0x15, {}, "", {MediaKind::data, Codec::other_data}},
        {"reserved", 0x70, {}, "", {MediaKind::unknown, Codec::unknown}},
        {"user private", 0xF0, {}, "", {MediaKind::unknown, Codec::unknown}},
        {"user private, registered", 0xF0, registered("AC-3"), "", {MediaKind::audio, Codec::ac3}},
        {"descriptor cut off", 0x06, {0x6A, 5, 0}, "", {MediaKind::data, Codec::private_data}},
    };
    for (const Row& row : rows) {
        INFO(row.name);
        const StreamClass meaning = classify_stream(row.stream_type, DescriptorLoop(row.descriptors), row.registration);
        CHECK(analyzer::key_name(meaning.kind) == std::string(analyzer::key_name(row.meaning.kind)));
        CHECK(analyzer::key_name(meaning.codec) == std::string(analyzer::key_name(row.meaning.codec)));
    }
}

TEST_CASE("no stream type and no registration makes it stumble") {
    for (unsigned type = 0; type < 256; ++type)
        for (const char* registration : {"", "HDMV", "GA94", "x"})
            (void)classify_stream(static_cast<std::uint8_t>(type), DescriptorLoop(ByteView{}), registration);
}

}  // namespace
}  // namespace muxtap::psi
