#include "analyzer/es_audio/latm.h"

#include "analyzer/es_audio/audio_specific_config.h"

namespace muxtap::es {

namespace {

constexpr std::size_t sync_header_bytes = 3;

/// LatmGetValue(): up to four bytes.
std::uint32_t read_latm_value(BitReader& reader) noexcept {
    const unsigned bytes = reader.u(2) + 1;
    return reader.u(8 * bytes);
}

std::optional<FrameHeader> read_stream_mux_config(BitReader& reader) noexcept {
    const bool version_1 = reader.flag();
    if (version_1 && reader.flag()) return std::nullopt;  // audioMuxVersionA 1 is not defined
    if (version_1) (void)read_latm_value(reader);         // taraBufferFullness
    const bool same_time_framing = reader.flag();
    reader.skip(6);  // numSubFrames
    const unsigned more_programs = reader.u(4);
    const unsigned more_layers = reader.u(3);
    if (!reader.exhausted() && (!same_time_framing || more_programs != 0 || more_layers != 0)) return std::nullopt;
    if (!version_1) return read_audio_specific_config(reader, std::nullopt);
    const std::uint32_t length_bits = read_latm_value(reader);
    return read_audio_specific_config(reader, length_bits);
}

}  // namespace

FrameResult read_latm(ByteView bytes) noexcept {
    if (bytes.empty()) return no_frame(NoFrame::incomplete);
    if (bytes[0] != 0x56 || (bytes.size() > 1 && (bytes[1] & 0xE0U) != 0xE0U)) return no_frame();
    if (bytes.size() <= sync_header_bytes) return no_frame(NoFrame::incomplete);
    const std::size_t length = (bytes[1] & 0x1FU) << 8 | bytes[2];
    if (length == 0) return no_frame();
    FrameHeader header;
    const bool same_stream_mux = (bytes[3] & 0x80U) != 0;
    if (same_stream_mux) {
        header.format_told = false;
    } else {
        const std::size_t there = bytes.size() - sync_header_bytes;
        BitReader reader(bytes.subspan(sync_header_bytes, there < length ? there : length));
        reader.skip(1);
        const auto config = read_stream_mux_config(reader);
        // A configuration is far shorter than what one packet brings: beyond 64 bytes it is not one.
        if (!config) {
            const bool cut_off = reader.exhausted() && there < length && there < 64;
            return no_frame(cut_off ? NoFrame::incomplete : NoFrame::not_here);
        }
        header = *config;
    }
    header.frame_bytes = sync_header_bytes + length;
    return header;
}

}  // namespace muxtap::es
