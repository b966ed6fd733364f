#include "analyzer/es_audio/s302m.h"

#include "analyzer/es_audio/channel_layout.h"

namespace muxtap::es {

FrameResult read_s302m(ByteView bytes) noexcept {
    if (bytes.size() < 4) return no_frame(NoFrame::incomplete);
    const std::uint32_t packet_bytes = read_u16(bytes, 0);
    const unsigned channels = ((bytes[2] >> 6) + 1U) * 2;
    const unsigned bits_code = bytes[3] >> 4 & 3U;
    if (bits_code == 3 || packet_bytes == 0 || (bytes[3] & 0x0FU) != 0) return no_frame();
    FrameHeader header;
    header.sample_rate = 48'000;
    header.bits_per_sample = static_cast<std::uint8_t>(16 + 4 * bits_code);
    // Two samples take twice their bits and flags, a whole number of bytes.
    const std::uint32_t bytes_of_pair = (header.bits_per_sample + 4U) * 2 / 8;
    const std::uint32_t pairs_of_channels = channels / 2;
    if (packet_bytes % (bytes_of_pair * pairs_of_channels) != 0) return no_frame();
    const ChannelLayout layout = layout_of_count(channels, false);
    header.channels = layout.channels;
    header.layout = channels == 2 ? layout.name : std::string_view{};
    header.bitrate = header.sample_rate * channels * (header.bits_per_sample + 4U);
    header.frame_bytes = 4 + packet_bytes;
    return header;
}

}  // namespace muxtap::es
