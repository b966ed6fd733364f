#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "common/base/clock.h"
#include "common/ts/timestamp.h"

namespace muxtap::frames {

/// When a picture, a block of sound or a caption is shown, and when its data was captured.
struct MediaTime {
    /// On the time line of its program: the PTS since the first one, unrolled over its wraps. Goes on over jumps of the
    /// clock and over losses; never goes back by more than the reordering of pictures. Video, sound and text of a
    /// program share it.
    std::chrono::nanoseconds position{};
    /// PTS of its PES header, or what the parser made of it where the header has none.
    std::optional<ts::Timestamp> pts;
    /// Capture time of the datagram with the first packet of its PES packet.
    UnixTime captured{};
    std::uint64_t packet = 0;  ///< number of that packet in its stream since the probe's epoch

    [[nodiscard]] bool operator==(const MediaTime&) const = default;
};

}  // namespace muxtap::frames
