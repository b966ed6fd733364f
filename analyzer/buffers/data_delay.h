#pragma once

#include <chrono>
#include <cstdint>

#include "analyzer/report/stream_info.h"

namespace muxtap::analyzer {

/// How long data of a codec may stay in the system target decoder: 1 s; 10 s for H.264 (ISO/IEC 13818-1, 2.14.3.1),
/// HEVC (2.17.2) and their successors, and MPEG-4 visual and audio (2.11.2.2); 60 s for still pictures (2.4.2.7).
[[nodiscard]] std::chrono::nanoseconds longest_delay(Codec codec, bool still_pictures) noexcept;

enum class DelayVerdict : std::uint8_t {
    ok,
    too_long,  ///< data_delay_error (TR 101 290, 3.10)
};

/// Judges the delay of an access unit: from the arrival of its first byte to its decoding time, `margin`. A negative
/// one is late, which is an underflow and not a matter of delay. `still_pictures`: the stream is announced as such
/// (video_stream_descriptor, AVC_video_descriptor).
[[nodiscard]] DelayVerdict delay_verdict(Codec codec, std::chrono::nanoseconds margin,
                                         bool still_pictures = false) noexcept;

}  // namespace muxtap::analyzer
