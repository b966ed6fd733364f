#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "client/frames/finding.h"

namespace muxtap::frames {

/// Tells when captions or subtitles have been missing for longer than a limit, and when they are back. Counts as
/// present: any cc_data that is not stuffing, any subtitle page. Used by one thread.
class CaptionPresence {
public:
    /// `limit` 0: never tells. `what`: "closed captions" or "teletext subtitles on page 888". Without `expected`
    /// nothing is told before they have been seen once.
    CaptionPresence(std::chrono::nanoseconds limit, std::string what, bool expected, std::optional<ts::Pid> pid,
                    FindingHandler found);

    /// Time goes on: to be called with the time of each picture or packet.
    void passed(const MediaTime& time);
    void seen(const MediaTime& time);

private:
    std::chrono::nanoseconds limit_;
};

}  // namespace muxtap::frames
