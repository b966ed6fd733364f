#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "client/frames/finding.h"
#include "client/frames/media_time.h"

namespace muxtap::frames {

/// Appends a row of a screen as a line of text: cells without character (0) are spaces, spaces at both ends and blank
/// rows are left out.
void append_line(std::string& content, std::u32string_view row);

/// A text on the screen.
struct ShownText {
    std::string content;  ///< UTF-8, lines separated by line feeds
    MediaTime begin;      ///< when it was shown first
};

/// Tells the texts of one channel as findings.
class CaptionTeller {
public:
    /// `found` outlives this object.
    CaptionTeller(ts::Pid pid, std::string channel, std::string language, const FindingHandler& found);

    /// `text` went from the screen at `end`. Nothing is told of an empty one.
    void tell(const ShownText& text, const MediaTime& end) const;

private:
    ts::Pid pid_;
    std::string channel_;
    std::string language_;
    const FindingHandler* found_;
};

}  // namespace muxtap::frames
