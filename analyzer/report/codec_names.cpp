#include <array>

#include "analyzer/report/stream_info.h"

namespace muxtap::analyzer {

namespace {

struct CodecNames {
    const char* key;
    const char* display;
};

/// In the order of `Codec`.
constexpr std::array codec_names = {
    CodecNames{"unknown", "unknown"},
    CodecNames{"mpeg1_video", "MPEG-1 video"},
    CodecNames{"mpeg2_video", "MPEG-2 video"},
    CodecNames{"mpeg4_visual", "MPEG-4 visual"},
    CodecNames{"h264", "H.264"},
    CodecNames{"hevc", "HEVC"},
    CodecNames{"vvc", "VVC"},
    CodecNames{"evc", "EVC"},
    CodecNames{"av1", "AV1"},
    CodecNames{"vc1", "VC-1"},
    CodecNames{"jpeg2000", "JPEG 2000"},
    CodecNames{"jpeg_xs", "JPEG XS"},
    CodecNames{"avs", "AVS"},
    CodecNames{"avs2", "AVS2"},
    CodecNames{"avs3", "AVS3"},
    CodecNames{"dirac", "Dirac"},
    CodecNames{"mpeg1_audio", "MPEG-1 audio"},
    CodecNames{"mpeg2_audio", "MPEG-2 audio"},
    CodecNames{"aac_adts", "AAC"},
    CodecNames{"aac_latm", "AAC (LATM)"},
    CodecNames{"ac3", "AC-3"},
    CodecNames{"eac3", "E-AC-3"},
    CodecNames{"ac4", "AC-4"},
    CodecNames{"dts", "DTS"},
    CodecNames{"dts_uhd", "DTS-UHD"},
    CodecNames{"truehd", "TrueHD"},
    CodecNames{"lpcm", "LPCM"},
    CodecNames{"s302m", "SMPTE 302M"},
    CodecNames{"opus", "Opus"},
    CodecNames{"mpegh_3d_audio", "MPEG-H 3D audio"},
    CodecNames{"dvb_subtitle", "DVB subtitles"},
    CodecNames{"teletext", "teletext"},
    CodecNames{"ttml", "TTML subtitles"},
    CodecNames{"scte27_subtitle", "SCTE 27 subtitles"},
    CodecNames{"arib_caption", "ARIB captions"},
    CodecNames{"scte35", "SCTE 35"},
    CodecNames{"dsmcc", "DSM-CC"},
    CodecNames{"id3_metadata", "ID3 metadata"},
    CodecNames{"klv_metadata", "KLV metadata"},
    CodecNames{"private_sections", "private sections"},
    CodecNames{"private_data", "private data"},
    CodecNames{"other_data", "other data"},
};
static_assert(codec_names.size() == static_cast<std::size_t>(Codec::other_data) + 1);

}  // namespace

const char* display_name(Codec codec) noexcept {
    return codec_names[static_cast<std::size_t>(codec)].display;
}
const char* key_name(Codec codec) noexcept {
    return codec_names[static_cast<std::size_t>(codec)].key;
}

}  // namespace muxtap::analyzer
