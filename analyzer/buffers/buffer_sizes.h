#pragma once

#include <cstdint>
#include <optional>

#include "analyzer/report/stream_info.h"

namespace muxtap::analyzer {

/// A transport buffer: its size, and the rate Rx at which it empties (ISO/IEC 13818-1, 2.4.2.4).
struct TransportBuffer {
    std::uint32_t bytes = 512;
    std::uint64_t bits_per_second = 0;

    [[nodiscard]] bool operator==(const TransportBuffer&) const noexcept = default;
};

/// TBsys: 512 bytes at 1 Mb/s (2.4.2.4).
inline constexpr TransportBuffer system_transport_buffer{512, 1'000'000};

/// Most that profile, level and tier of a video stream allow; 0 where it is not known.
struct VideoLimits {
    std::uint64_t bits_per_second = 0;  ///< Rmax[profile, level], or MaxBR of the NAL HRD
    std::uint64_t buffer_bits = 0;      ///< VBVmax[profile, level], or MaxCPB of the NAL HRD
};

/// The transport buffer of a video stream. Rx is 1.2 Rmax for MPEG-2 and MPEG-1 (2.4.2.4), MaxBR of the NAL HRD for
/// H.264 (2.14.3.1) and HEVC (2.17.2): where the stream signals a lower rate of its own, the level's is still taken, so
/// that what is found is certain. Empty where it is not known: other codecs, or a level without limit.
[[nodiscard]] std::optional<TransportBuffer> video_transport_buffer(Codec codec, const VideoLimits& limits) noexcept;

/// The transport buffer of an audio, teletext or subtitle stream: 2 Mb/s; for AAC by its channels (2.4.2.4); teletext
/// 480 bytes at 6.75 Mb/s (ETSI EN 300 472, 5). `channels` may be 0: not known. Empty where no standard says, and for
/// AAC while its channels are not known.
[[nodiscard]] std::optional<TransportBuffer> audio_transport_buffer(Codec codec, unsigned channels) noexcept;

/// Bytes of multiplexing buffer MB and elementary stream buffer EB of a video stream together (2.4.2.4, 2.14.3.1,
/// 2.17.2): BSmux + BSoh + the largest VBV or CPB of the level, of which EB and MB have one part each. Empty where it
/// is not known.
[[nodiscard]] std::optional<std::uint64_t> video_main_buffer_bytes(Codec codec, const VideoLimits& limits) noexcept;

/// Bytes of main buffer B of an audio stream: 3,584 for MPEG audio; AAC by its channels (2.4.2.4); AC-3 and E-AC-3
/// 5,696 in DVB (ETSI TS 101 154), 2,592 for AC-3 in ATSC (ATSC A/53 part 5); SMPTE 302M 65,024 (SMPTE ST 302). Empty
/// where no standard says.
[[nodiscard]] std::optional<std::uint64_t> audio_main_buffer_bytes(Codec codec, unsigned channels, bool atsc) noexcept;

}  // namespace muxtap::analyzer
