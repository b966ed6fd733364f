#include "analyzer/es_audio/opus.h"

#include "common/base/bit_reader.h"

namespace muxtap::es {

namespace {

/// Samples at 48 kHz of one Opus frame by the config of its table of contents byte.
std::uint32_t samples_of_config(unsigned config) noexcept {
    if (config < 12) return config % 4 == 3 ? 2880 : 480U << (config % 4);  // SILK: 10, 20, 40, 60 ms
    if (config < 16) return 480U << (config % 2);                           // hybrid: 10, 20 ms
    return 120U << (config % 4);                                            // CELT: 2.5, 5, 10, 20 ms
}

}  // namespace

FrameResult read_opus(ByteView bytes) noexcept {
    if (bytes.empty()) return no_frame(NoFrame::incomplete);
    if (bytes[0] != 0x7F || (bytes.size() > 1 && (bytes[1] & 0xE0U) != 0xE0U)) return no_frame();
    if (bytes.size() < 2) return no_frame(NoFrame::incomplete);
    const bool start_trim = (bytes[1] & 0x10U) != 0;
    const bool end_trim = (bytes[1] & 0x08U) != 0;
    const bool extension = (bytes[1] & 0x04U) != 0;
    std::size_t at = 2;
    std::size_t unit_bytes = 0;
    for (;;) {
        if (at >= bytes.size()) return no_frame(NoFrame::incomplete);
        const std::uint8_t part = bytes[at++];
        unit_bytes += part;
        if (part != 255) break;
    }
    if (unit_bytes == 0) return no_frame();
    at += (start_trim ? 2U : 0U) + (end_trim ? 2U : 0U);
    if (extension) {
        if (at >= bytes.size()) return no_frame(NoFrame::incomplete);
        at += 1U + bytes[at];
    }
    if (at + 2 > bytes.size()) return no_frame(NoFrame::incomplete);
    const unsigned count_code = bytes[at] & 3U;
    const std::uint32_t frames = count_code == 0 ? 1 : count_code == 3 ? bytes[at + 1] & 0x3FU : 2;
    FrameHeader header;
    header.sample_rate = 48'000;
    header.samples_per_frame = samples_of_config(bytes[at] >> 3) * frames;
    header.frame_bytes = at + unit_bytes;
    return header;
}

}  // namespace muxtap::es
