#include "analyzer/es_audio/adts.h"

#include "analyzer/es_audio/audio_specific_config.h"

namespace muxtap::es {

FrameResult read_adts(ByteView bytes) noexcept {
    if (bytes.empty()) return no_frame(NoFrame::incomplete);
    if (bytes[0] != 0xFF || (bytes.size() > 1 && (bytes[1] & 0xF6U) != 0xF0U)) return no_frame();
    if (bytes.size() < 7) return no_frame(NoFrame::incomplete);
    const bool protection_absent = (bytes[1] & 1U) != 0;
    const unsigned profile = bytes[2] >> 6;
    const unsigned configuration = (bytes[2] & 1U) << 2 | bytes[3] >> 6;
    const unsigned raw_data_blocks = (bytes[6] & 3U) + 1;
    const std::size_t header_bytes = protection_absent ? 7 : 9;
    FrameHeader header;
    header.sample_rate = aac_sample_rate(bytes[2] >> 2 & 15U);
    header.frame_bytes = (bytes[3] & 3U) << 11 | unsigned{bytes[4]} << 3 | unsigned{bytes[5]} >> 5;
    if (header.sample_rate == 0 || header.frame_bytes <= header_bytes) return no_frame();
    header.profile = aac_profile_name(profile + 1);
    header.samples_per_frame = 1024 * raw_data_blocks;
    ChannelLayout layout = layout_of_aac(configuration);
    if (configuration == 0 && raw_data_blocks == 1 && bytes.size() > header_bytes) {
        constexpr unsigned id_pce = 5;
        BitReader reader(bytes.subspan(header_bytes));
        if (reader.u(3) == id_pce) layout = read_program_config(reader);
    }
    header.channels = layout.channels;
    header.low_frequency_effects = layout.low_frequency_effects;
    header.layout = layout.name;
    return header;
}

}  // namespace muxtap::es
