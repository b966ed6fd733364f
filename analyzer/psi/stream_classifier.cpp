#include "analyzer/psi/stream_classifier.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

namespace muxtap::psi {

namespace {

using analyzer::Codec;
using analyzer::MediaKind;

struct TypeRow {
    std::uint8_t stream_type;
    StreamClass meaning;
};

constexpr StreamClass video(Codec codec) {
    return {MediaKind::video, codec};
}
constexpr StreamClass audio(Codec codec) {
    return {MediaKind::audio, codec};
}
constexpr StreamClass data(Codec codec) {
    return {MediaKind::data, codec};
}
constexpr StreamClass subtitle(Codec codec) {
    return {MediaKind::subtitle, codec};
}

/// Stream types that mean the same everywhere (ISO/IEC 13818-1, table 2-34), and those of others that are not in use
/// for anything else.
constexpr std::array fixed_types = {
    TypeRow{0x01, video(Codec::mpeg1_video)},
    TypeRow{0x02, video(Codec::mpeg2_video)},
    TypeRow{0x03, audio(Codec::mpeg1_audio)},
    TypeRow{0x04, audio(Codec::mpeg2_audio)},
    TypeRow{0x05, data(Codec::private_sections)},
    TypeRow{0x06, data(Codec::private_data)},
    TypeRow{0x07, data(Codec::other_data)},  // MHEG
    TypeRow{0x08, data(Codec::dsmcc)},
    TypeRow{0x09, data(Codec::other_data)},  // ITU-T H.222.1
    TypeRow{0x0A, data(Codec::dsmcc)},
    TypeRow{0x0B, data(Codec::dsmcc)},
    TypeRow{0x0C, data(Codec::dsmcc)},
    TypeRow{0x0D, data(Codec::dsmcc)},
    TypeRow{0x0E, data(Codec::other_data)},  // auxiliary
    TypeRow{0x0F, audio(Codec::aac_adts)},
    TypeRow{0x10, video(Codec::mpeg4_visual)},
    TypeRow{0x11, audio(Codec::aac_latm)},
    TypeRow{0x12, data(Codec::other_data)},  // SL or FlexMux in PES packets
    TypeRow{0x13, data(Codec::other_data)},  // SL or FlexMux in sections
    TypeRow{0x14, data(Codec::dsmcc)},
    TypeRow{0x15, data(Codec::other_data)},  // metadata, in five ways
    TypeRow{0x16, data(Codec::other_data)},
    TypeRow{0x17, data(Codec::other_data)},
    TypeRow{0x18, data(Codec::other_data)},
    TypeRow{0x19, data(Codec::other_data)},
    TypeRow{0x1A, data(Codec::other_data)},  // IPMP
    TypeRow{0x1B, video(Codec::h264)},
    TypeRow{0x1C, audio(Codec::unknown)},  // ISO/IEC 14496-3 without a transport syntax of its own
    TypeRow{0x1D, subtitle(Codec::unknown)},
    TypeRow{0x1E, video(Codec::unknown)},  // auxiliary video
    TypeRow{0x1F, video(Codec::h264)},     // scalable
    TypeRow{0x20, video(Codec::h264)},     // multiview
    TypeRow{0x21, video(Codec::jpeg2000)},
    TypeRow{0x22, video(Codec::mpeg2_video)},  // stereoscopic
    TypeRow{0x23, video(Codec::h264)},
    TypeRow{0x24, video(Codec::hevc)},
    TypeRow{0x25, video(Codec::hevc)},
    TypeRow{0x26, video(Codec::h264)},
    TypeRow{0x27, data(Codec::other_data)},  // timeline and external media
    TypeRow{0x28, video(Codec::hevc)},
    TypeRow{0x29, video(Codec::hevc)},
    TypeRow{0x2A, video(Codec::hevc)},
    TypeRow{0x2B, video(Codec::hevc)},
    TypeRow{0x2C, data(Codec::other_data)},  // green access units
    TypeRow{0x2D, audio(Codec::mpegh_3d_audio)},
    TypeRow{0x2E, audio(Codec::mpegh_3d_audio)},
    TypeRow{0x2F, data(Codec::other_data)},  // quality access units
    TypeRow{0x30, data(Codec::other_data)},  // media orchestration
    TypeRow{0x31, video(Codec::hevc)},
    TypeRow{0x32, video(Codec::jpeg_xs)},
    TypeRow{0x33, video(Codec::vvc)},
    TypeRow{0x34, video(Codec::vvc)},
    TypeRow{0x35, video(Codec::evc)},
    TypeRow{0x36, video(Codec::unknown)},  // LCEVC
    TypeRow{0x42, video(Codec::avs)},
    TypeRow{0xD1, video(Codec::dirac)},
    TypeRow{0xD2, video(Codec::avs2)},
    TypeRow{0xD4, video(Codec::avs3)},
    TypeRow{0xEA, video(Codec::vc1)},
};

/// User private stream types as ATSC and SCTE use them, and everyone who says nothing else.
constexpr std::array atsc_types = {
    TypeRow{0x81, audio(Codec::ac3)},
    TypeRow{0x82, subtitle(Codec::scte27_subtitle)},
    TypeRow{0x83, data(Codec::private_sections)},  // SCTE 19 isochronous data
    TypeRow{0x84, audio(Codec::eac3)},
    TypeRow{0x85, data(Codec::private_sections)},  // ATSC program identifier
    TypeRow{0x86, StreamClass{MediaKind::splice_information, Codec::scte35}},
    TypeRow{0x87, audio(Codec::eac3)},
    TypeRow{0x88, audio(Codec::dts)},
    TypeRow{0x95, data(Codec::private_sections)},  // ATSC data service table
    TypeRow{0xC1, audio(Codec::ac3)},              // sample-encrypted
    TypeRow{0xC2, audio(Codec::eac3)},
    TypeRow{0xCF, audio(Codec::aac_adts)},
    TypeRow{0xDB, video(Codec::h264)},
};

/// The same numbers on a Blu-ray disc (registered as "HDMV").
constexpr std::array hdmv_types = {
    TypeRow{0x80, audio(Codec::lpcm)},       TypeRow{0x81, audio(Codec::ac3)},        TypeRow{0x82, audio(Codec::dts)},
    TypeRow{0x83, audio(Codec::truehd)},     TypeRow{0x84, audio(Codec::eac3)},       TypeRow{0x85, audio(Codec::dts)},
    TypeRow{0x86, audio(Codec::dts)},        TypeRow{0x90, subtitle(Codec::unknown)},  // presentation graphics
    TypeRow{0x91, data(Codec::other_data)},                                            // interactive graphics
    TypeRow{0x92, subtitle(Codec::unknown)},                                           // text subtitles
    TypeRow{0xA1, audio(Codec::eac3)},       TypeRow{0xA2, audio(Codec::dts)},
};

struct RegistrationRow {
    std::string_view format_identifier;
    StreamClass meaning;
};

/// What a registration_descriptor of the stream itself says (SMPTE registration authority).
constexpr std::array registrations = {
    RegistrationRow{"AC-3", audio(Codec::ac3)},         RegistrationRow{"EAC3", audio(Codec::eac3)},
    RegistrationRow{"AC-4", audio(Codec::ac4)},         RegistrationRow{"DTS1", audio(Codec::dts)},
    RegistrationRow{"DTS2", audio(Codec::dts)},         RegistrationRow{"DTS3", audio(Codec::dts)},
    RegistrationRow{"mlpa", audio(Codec::truehd)},      RegistrationRow{"BSSD", audio(Codec::s302m)},
    RegistrationRow{"Opus", audio(Codec::opus)},        RegistrationRow{"HEVC", video(Codec::hevc)},
    RegistrationRow{"VVC ", video(Codec::vvc)},         RegistrationRow{"AV01", video(Codec::av1)},
    RegistrationRow{"VC-1", video(Codec::vc1)},         RegistrationRow{"drac", video(Codec::dirac)},
    RegistrationRow{"AVSV", video(Codec::avs)},         RegistrationRow{"AVS2", video(Codec::avs2)},
    RegistrationRow{"AVS3", video(Codec::avs3)},        RegistrationRow{"KLVA", data(Codec::klv_metadata)},
    RegistrationRow{"ID3 ", data(Codec::id3_metadata)}, RegistrationRow{"VANC", data(Codec::other_data)},
};

template <typename Rows>
std::optional<StreamClass> look_up(const Rows& rows, std::uint8_t stream_type) {
    const auto row = std::find_if(rows.begin(), rows.end(),
                                  [&](const TypeRow& candidate) { return candidate.stream_type == stream_type; });
    if (row == rows.end()) return std::nullopt;
    return row->meaning;
}

std::optional<StreamClass> by_registration(std::string_view format_identifier) {
    const auto row = std::find_if(registrations.begin(), registrations.end(), [&](const RegistrationRow& candidate) {
        return candidate.format_identifier == format_identifier;
    });
    if (row == registrations.end()) return std::nullopt;
    return row->meaning;
}

/// What a DVB extension_descriptor says of the stream it belongs to.
std::optional<StreamClass> by_extension(std::uint8_t tag) {
    switch (tag) {
        case extension::ac4: return audio(Codec::ac4);
        case extension::dts_hd:
        case extension::dts_neural: return audio(Codec::dts);
        case extension::dts_uhd: return audio(Codec::dts_uhd);
        case extension::ttml_subtitling: return subtitle(Codec::ttml);
        default: return std::nullopt;
    }
}

/// ARIB STD-B10, 6.2.20: data_component_id 0x0008 is captions and superimposed text, 0x0012 the same of one segment.
bool is_arib_caption(ByteView bytes) {
    if (bytes.size() < 2) return false;
    const std::uint16_t id = read_u16(bytes, 0);
    return id == 0x0008 || id == 0x0012;
}

/// What one descriptor says of the stream it belongs to, where its meaning is not bound to a stream_type.
std::optional<StreamClass> by_descriptor(Descriptor one) {
    switch (one.tag) {
        case descriptor::registration: return by_registration(registration_text(one));
        case descriptor::ac3:
        case descriptor::atsc_ac3: return audio(Codec::ac3);
        case descriptor::eac3:
        case descriptor::atsc_eac3: return audio(Codec::eac3);
        case descriptor::dts: return audio(Codec::dts);
        case descriptor::aac: return audio(Codec::aac_adts);
        case descriptor::teletext:
        case descriptor::vbi_teletext: return StreamClass{MediaKind::teletext, Codec::teletext};
        case descriptor::subtitling: return subtitle(Codec::dvb_subtitle);
        case descriptor::vbi_data: return data(Codec::other_data);
        case descriptor::arib_data_component:
            if (is_arib_caption(one.data)) return subtitle(Codec::arib_caption);
            return std::nullopt;
        default: break;
    }
    if (const auto tag = one.extension_tag()) return by_extension(*tag);
    return std::nullopt;
}

std::optional<StreamClass> by_descriptors(DescriptorLoop loop) {
    for (const Descriptor one : loop)
        if (const auto meaning = by_descriptor(one)) return meaning;
    return std::nullopt;
}

/// metadata_format_identifier of a metadata_descriptor (ISO/IEC 13818-1, 2.6.60).
std::optional<StreamClass> by_metadata(DescriptorLoop loop) {
    const auto one = loop.find(descriptor::metadata);
    if (!one || one->data.size() < 2) return std::nullopt;
    const std::size_t application = read_u16(one->data, 0) == 0xFFFF ? 6 : 2;
    if (one->data.size() < application + 5 || one->data[application] != 0xFF) return std::nullopt;
    return by_registration(registration_text(read_u32(one->data, application + 1)));
}

}  // namespace

StreamClass classify_stream(std::uint8_t stream_type, DescriptorLoop descriptors,
                            std::string_view program_registration) {
    if (stream_type == 0x06) {
        if (const auto meaning = by_descriptors(descriptors)) return *meaning;
        return data(Codec::private_data);
    }
    if (stream_type >= 0x15 && stream_type <= 0x19) {
        if (const auto meaning = by_metadata(descriptors)) return *meaning;
        if (const auto meaning = by_descriptors(descriptors); meaning && meaning->kind == MediaKind::data)
            return *meaning;
    }
    if (const auto meaning = look_up(fixed_types, stream_type)) return *meaning;
    if (stream_type < 0x80) return {};
    const auto own = descriptors.find(descriptor::registration);
    const bool hdmv = program_registration == "HDMV" || (own && registration_text(*own) == "HDMV");
    if (hdmv)
        if (const auto meaning = look_up(hdmv_types, stream_type)) return *meaning;
    // A registration of the stream's own is surer than a number that anyone may use.
    if (const auto meaning = by_descriptors(descriptors)) return *meaning;
    const bool scte =
        program_registration == "CUEI" || program_registration == "SCTE" || program_registration == "GA94";
    if (stream_type == 0x80 && scte) return video(Codec::mpeg2_video);  // DigiCipher II
    // Multiplexers for anything but cable use Blu-ray's number for DTS without its registration.
    if (stream_type == 0x82 && !scte) return audio(Codec::dts);
    if (const auto meaning = look_up(atsc_types, stream_type)) return *meaning;
    return {MediaKind::unknown, Codec::unknown};
}

}  // namespace muxtap::psi
