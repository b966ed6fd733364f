#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace muxtap::analyzer {

/// What an elementary stream is for.
enum class MediaKind : std::uint8_t { video, audio, subtitle, teletext, splice_information, data, unknown };

/// Format of an elementary stream. New ones are added at the end of their group.
enum class Codec : std::uint8_t {
    unknown,
    mpeg1_video,
    mpeg2_video,
    mpeg4_visual,
    h264,
    hevc,
    vvc,
    evc,
    av1,
    vc1,
    jpeg2000,
    jpeg_xs,
    avs,
    avs2,
    avs3,
    dirac,
    mpeg1_audio,
    mpeg2_audio,
    aac_adts,
    aac_latm,
    ac3,
    eac3,
    ac4,
    dts,
    dts_uhd,
    truehd,
    lpcm,
    s302m,
    opus,
    mpegh_3d_audio,
    dvb_subtitle,
    teletext,
    ttml,
    scte27_subtitle,
    arib_caption,
    scte35,
    dsmcc,
    id3_metadata,
    klv_metadata,
    private_sections,
    private_data,
    other_data,
};

enum class ScanType : std::uint8_t { unknown, progressive, interlaced, mixed };

/// Closed captions, wherever they lie in the picture data.
struct CaptionInfo {
    bool cea608 = false;
    bool cea708 = false;
    std::vector<std::uint8_t> cea608_channels;  ///< CC1..CC4 seen, as 1..4, sorted
    std::vector<std::uint8_t> cea708_services;  ///< service numbers seen, sorted
    std::uint64_t pictures_with_captions = 0;

    [[nodiscard]] bool operator==(const CaptionInfo&) const noexcept = default;
};

/// What the headers of a video stream say.
struct VideoInfo {
    std::string profile;      ///< "High", "Main 10"; empty while not known
    std::string level;        ///< "4.1"
    std::string tier;         ///< "Main" or "High" for HEVC, else empty
    std::uint16_t width = 0;  ///< of the picture shown, after cropping, in luma samples
    std::uint16_t height = 0;
    std::uint32_t frame_rate_numerator = 0;  ///< frames per second; 0/0 while not known
    std::uint32_t frame_rate_denominator = 0;
    bool frame_rate_measured = false;       ///< from the time stamps, as the headers do not tell
    std::uint16_t sample_aspect_width = 0;  ///< shape of a sample; 0 while not known
    std::uint16_t sample_aspect_height = 0;
    std::uint16_t display_aspect_width = 0;  ///< shape of the picture, reduced: 16:9
    std::uint16_t display_aspect_height = 0;
    ScanType scan = ScanType::unknown;
    std::string chroma;                    ///< "4:2:0"
    std::uint8_t bit_depth = 0;            ///< of luma; 0 while not known
    std::string colour_primaries;          ///< "BT.709", "BT.2020"; empty when not signalled
    std::string transfer_characteristics;  ///< "BT.709", "PQ", "HLG"
    std::string matrix_coefficients;
    bool full_range = false;
    std::uint64_t max_bitrate = 0;        ///< of the level or as signalled, bits per second; 0 when not known
    std::uint64_t coded_buffer_bits = 0;  ///< CPB/VBV size in bits, as signalled or largest of the level; 0 unknown
    std::uint64_t level_bitrate = 0;      ///< most that profile and level allow, bits per second; 0 when not known
    std::uint64_t level_buffer_bits = 0;  ///< and the largest CPB/VBV they allow, in bits
    /// Access units seen: PES packets that start one. Two fields in two PES packets count as two, several access units
    /// in one PES packet as one.
    std::uint64_t pictures = 0;
    std::uint64_t random_access_points = 0;
    std::uint32_t gop_last = 0;  ///< pictures from one random access point to the next; 0 while not known
    std::uint32_t gop_min = 0;
    std::uint32_t gop_max = 0;
    std::int64_t random_access_interval_last_ns = 0;  ///< by PTS or DTS
    std::int64_t random_access_interval_max_ns = 0;
    std::optional<std::uint8_t> active_format;  ///< AFD, 4 bits (ETSI TS 101 154, annex B)
    CaptionInfo captions;

    [[nodiscard]] bool operator==(const VideoInfo&) const noexcept = default;
};

/// What the headers of an audio stream say.
struct AudioInfo {
    std::string profile;            ///< "Layer II", "LC", "HE-AAC"; empty where there is none
    std::uint32_t sample_rate = 0;  ///< Hz; 0 while not known
    std::uint8_t channels = 0;      ///< low-frequency channel included; 0 while not known
    bool low_frequency_effects = false;
    std::string channel_layout;        ///< "stereo", "5.1", "dual mono"
    std::uint32_t bitrate = 0;         ///< as signalled, bits per second; 0 when it is not or varies
    std::uint8_t bits_per_sample = 0;  ///< PCM only
    std::uint32_t samples_per_frame = 0;
    bool frame_headers_seen = false;  ///< false: what is said here comes from descriptors

    [[nodiscard]] bool operator==(const AudioInfo&) const noexcept = default;
};

/// One page or channel of subtitles or teletext, from a descriptor.
struct SubtitleService {
    std::string language;         ///< ISO 639-2, as sent
    std::string type;             ///< "teletext subtitle page", "DVB subtitles (hard of hearing)", ...
    std::uint16_t page = 0;       ///< teletext page 100..899, or composition_page_id
    std::uint16_t ancillary = 0;  ///< ancillary_page_id

    [[nodiscard]] bool operator==(const SubtitleService&) const noexcept = default;
};

/// What a teletext or DVB subtitle stream was seen to carry. Cumulative.
struct TextInfo {
    std::uint64_t pes_packets = 0;
    std::uint64_t with_content = 0;       ///< that carried more than stuffing
    std::uint64_t foreign = 0;            ///< whose data_identifier or form is not that of the format
    std::uint64_t teletext_units = 0;     ///< EBU teletext data units that are not subtitles
    std::uint64_t subtitle_units = 0;     ///< EBU teletext subtitle data units
    std::uint64_t subtitle_segments = 0;  ///< DVB subtitling segments that are not stuffing

    [[nodiscard]] bool operator==(const TextInfo&) const noexcept = default;
};

/// What is known of an elementary stream from PMT, descriptors and its own headers.
struct StreamInfo {
    MediaKind kind = MediaKind::unknown;
    Codec codec = Codec::unknown;
    std::optional<VideoInfo> video;
    std::optional<AudioInfo> audio;
    std::optional<TextInfo> text;
    bool headers_seen = false;  ///< the stream's own headers have been read, not only descriptors

    [[nodiscard]] bool operator==(const StreamInfo&) const noexcept = default;
};

/// "H.264", "AC-3", "DVB subtitles": for people.
[[nodiscard]] const char* display_name(Codec codec) noexcept;
/// "h264", "ac3": for JSON.
[[nodiscard]] const char* key_name(Codec codec) noexcept;
[[nodiscard]] const char* key_name(MediaKind kind) noexcept;
[[nodiscard]] const char* key_name(ScanType scan) noexcept;

}  // namespace muxtap::analyzer
