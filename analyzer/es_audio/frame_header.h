#pragma once

#include <cstdint>
#include <string_view>

#include "common/base/bytes.h"
#include "common/base/result.h"

namespace muxtap::es {

/// What the header of one audio frame says. Texts are constants.
struct FrameHeader {
    std::size_t frame_bytes = 0;  ///< from this header to the next one; 0 when the header does not tell
    std::string_view profile;
    std::string_view layout;
    std::uint32_t sample_rate = 0;  ///< Hz
    std::uint32_t bitrate = 0;      ///< bits per second; 0 when not signalled
    std::uint32_t samples_per_frame = 0;
    std::uint8_t channels = 0;  ///< 0 when this frame does not tell
    std::uint8_t bits_per_sample = 0;
    bool low_frequency_effects = false;
    bool format_told = true;  ///< false: the frame goes by a configuration that was sent before
    bool open_end = false;    ///< more of the same frame may follow behind the bytes looked at
};

/// Why no frame header was read.
enum class NoFrame : std::uint8_t {
    not_here,    ///< these bytes are no frame header
    incomplete,  ///< as far as they go they may be one
};

/// A frame header at the start of the bytes given.
using FrameResult = Result<FrameHeader, NoFrame>;

[[nodiscard]] inline tl::unexpected<NoFrame> no_frame(NoFrame why = NoFrame::not_here) noexcept {
    return tl::unexpected<NoFrame>(why);
}

}  // namespace muxtap::es
