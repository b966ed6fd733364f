#include "analyzer/buffers/buffer_sizes.h"

#include <array>

namespace muxtap::analyzer {

namespace {

constexpr std::uint64_t audio_leak = 2'000'000;

/// AAC: up to so many channels (ISO/IEC 13818-1, 2.4.2.4).
struct AacRow {
    unsigned channels;
    std::uint64_t bits_per_second;
    std::uint64_t main_bytes;
};
constexpr std::array<AacRow, 4> aac_rows = {
    {{2, 2'000'000, 3'584}, {8, 5'529'600, 8'976}, {12, 8'294'400, 12'804}, {48, 33'177'600, 51'216}}};

const AacRow* aac_row(unsigned channels) noexcept {
    if (channels == 0) return nullptr;
    for (const AacRow& row : aac_rows)
        if (channels <= row.channels) return &row;
    return nullptr;
}

bool is_mpeg12_video(Codec codec) noexcept {
    return codec == Codec::mpeg1_video || codec == Codec::mpeg2_video;
}
bool has_nal_hrd(Codec codec) noexcept {
    return codec == Codec::h264 || codec == Codec::hevc;
}

}  // namespace

std::optional<TransportBuffer> video_transport_buffer(Codec codec, const VideoLimits& limits) noexcept {
    if (limits.bits_per_second == 0) return std::nullopt;
    if (is_mpeg12_video(codec)) return TransportBuffer{512, limits.bits_per_second + limits.bits_per_second / 5};
    if (has_nal_hrd(codec)) return TransportBuffer{512, limits.bits_per_second};
    return std::nullopt;
}

std::optional<TransportBuffer> audio_transport_buffer(Codec codec, unsigned channels) noexcept {
    switch (codec) {
        case Codec::mpeg1_audio:
        case Codec::mpeg2_audio:
        case Codec::ac3:
        case Codec::eac3: return TransportBuffer{512, audio_leak};
        case Codec::aac_adts:
        case Codec::aac_latm: {
            const AacRow* const row = aac_row(channels);
            if (row == nullptr) return std::nullopt;
            return TransportBuffer{512, row->bits_per_second};
        }
        case Codec::teletext: return TransportBuffer{480, 6'750'000};
        default: return std::nullopt;
    }
}

std::optional<std::uint64_t> video_main_buffer_bytes(Codec codec, const VideoLimits& limits) noexcept {
    if (limits.bits_per_second == 0 || limits.buffer_bits == 0) return std::nullopt;
    if (!is_mpeg12_video(codec) && !has_nal_hrd(codec)) return std::nullopt;
    // BSmux is 4 ms, BSoh 1/750 s of the highest rate, of H.264 and HEVC at least 2 Mb/s.
    constexpr std::uint64_t least = 2'000'000;
    const std::uint64_t rate = has_nal_hrd(codec) && limits.bits_per_second < least ? least : limits.bits_per_second;
    return (rate / 250 + rate / 750 + limits.buffer_bits) / 8;
}

std::optional<std::uint64_t> audio_main_buffer_bytes(Codec codec, unsigned channels, bool atsc) noexcept {
    switch (codec) {
        case Codec::mpeg1_audio:
        case Codec::mpeg2_audio: return 3'584;
        case Codec::ac3: return atsc ? 2'592 : 5'696;
        case Codec::eac3:
            if (atsc) return std::nullopt;
            return 5'696;
        case Codec::s302m: return 65'024;
        case Codec::aac_adts:
        case Codec::aac_latm: {
            const AacRow* const row = aac_row(channels);
            if (row == nullptr) return std::nullopt;
            return row->main_bytes;
        }
        default: return std::nullopt;
    }
}

}  // namespace muxtap::analyzer
