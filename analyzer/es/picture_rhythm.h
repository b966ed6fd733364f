#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "analyzer/es/video_format.h"
#include "analyzer/report/stream_info.h"
#include "common/ts/timestamp.h"

namespace muxtap::es {

/// How pictures follow each other: groups of pictures, random access points, and the frame rate by time stamps.
/// Fixed size, never allocates.
class PictureRhythm {
public:
    /// An access unit in decoding order, with its DTS or, where there is none, its PTS: counts it in `info`.
    void picture(std::optional<ts::Timestamp> decoding_time, bool random_access, analyzer::VideoInfo& info) noexcept;

    /// Pictures may be missing before the next one: what spans the gap is not measured.
    void interrupted() noexcept;

    /// Access units per second by the median of the distances of their time stamps, as soon as there are 16; common
    /// rates within 1 % are named exactly. Newest value; 0/0 while not known.
    [[nodiscard]] Ratio measured_rate() const noexcept { return measured_; }

private:
    void distance(std::int64_t ticks) noexcept;

    std::optional<ts::Timestamp> last_;
    std::optional<ts::Timestamp> last_random_access_;
    bool group_whole_ = false;     ///< every picture since the last random access point was seen
    bool interval_whole_ = false;  ///< and time went on evenly
    std::uint32_t in_group_ = 0;
    static constexpr std::size_t needed = 16;
    std::array<std::uint32_t, needed> distances_{};
    std::size_t distance_count_ = 0;
    Ratio measured_;
};

}  // namespace muxtap::es
