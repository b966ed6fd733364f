#include "analyzer/es_audio/mpeg_audio.h"

#include <array>

namespace muxtap::es {

namespace {

/// kbit/s by bitrate_index for MPEG-1 layers I, II, III, then MPEG-2 layer I, then MPEG-2 layers II and III.
constexpr std::array<std::array<std::uint16_t, 15>, 5> bitrates = {{
    {0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448},
    {0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384},
    {0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320},
    {0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256},
    {0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160},
}};
constexpr std::array<std::uint32_t, 3> sample_rates = {44'100, 48'000, 32'000};
constexpr std::array<std::string_view, 4> layer_names = {"", "Layer I", "Layer II", "Layer III"};

}  // namespace

FrameResult read_mpeg_audio(ByteView bytes) noexcept {
    if (bytes.empty()) return no_frame(NoFrame::incomplete);
    if (bytes[0] != 0xFF || (bytes.size() > 1 && (bytes[1] & 0xE0U) != 0xE0U)) return no_frame();
    if (bytes.size() < 4) return no_frame(NoFrame::incomplete);
    const unsigned version = bytes[1] >> 3 & 3U;      // 0: MPEG-2.5, 2: MPEG-2, 3: MPEG-1
    const unsigned layer = 4 - (bytes[1] >> 1 & 3U);  // 4: reserved
    const unsigned bitrate_index = bytes[2] >> 4;
    const unsigned rate_index = bytes[2] >> 2 & 3U;
    const unsigned mode = bytes[3] >> 6;
    const unsigned emphasis = bytes[3] & 3U;
    if (version == 1 || layer == 4 || bitrate_index == 15 || rate_index == 3 || emphasis == 2) return no_frame();

    const bool low_rate = version != 3;
    FrameHeader header;
    header.sample_rate = sample_rates[rate_index] >> (version == 3 ? 0U : version == 2 ? 1U : 2U);
    header.bitrate = bitrates[low_rate ? (layer == 1 ? 3 : 4) : layer - 1][bitrate_index] * 1000U;
    header.samples_per_frame = layer == 1 ? 384 : layer == 3 && low_rate ? 576 : 1152;
    header.profile = layer_names[layer];
    header.channels = mode == 3 ? 1 : 2;
    header.layout = mode == 3 ? "mono" : mode == 2 ? "dual mono" : "stereo";
    const unsigned slot = layer == 1 ? 4 : 1;
    const unsigned padding = bytes[2] >> 1 & 1U;
    if (header.bitrate != 0) {
        const std::uint32_t slots = header.samples_per_frame / 8 / slot * header.bitrate / header.sample_rate;
        header.frame_bytes = std::size_t{slots + padding} * slot;
    }
    return header;
}

}  // namespace muxtap::es
