#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "client/frames/finding.h"

namespace muxtap::frames {

/// Tells when captions or subtitles have been missing for longer than a limit, and when they are back. Counts as
/// present: that for which CaptionDecoder::add and TeletextDecoder::add give true. A time of absence begins with the
/// last picture or packet that had some. Used by one thread.
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
    void tell(client::WorkerEvent kind, const MediaTime& time, std::optional<std::chrono::nanoseconds> duration,
              std::string text) const;

    std::chrono::nanoseconds limit_;
    std::string what_;
    bool expected_;
    std::optional<ts::Pid> pid_;
    FindingHandler found_;
    std::optional<MediaTime> last_;  ///< when there were some last, or when it began to be expected
    bool missing_ = false;
};

}  // namespace muxtap::frames
