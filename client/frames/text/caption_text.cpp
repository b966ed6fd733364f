#include "client/frames/text/caption_text.h"

#include <algorithm>
#include <utility>

#include "analyzer/psi/text_conversion.h"

namespace muxtap::frames {
namespace {

bool is_blank(char32_t character) {
    return character == 0 || character == U' ' || character == U'\u00A0';
}

}  // namespace

void append_line(std::string& content, std::u32string_view row) {
    const auto begin = std::find_if_not(row.begin(), row.end(), is_blank);
    if (begin == row.end()) return;
    const auto end = std::find_if_not(row.rbegin(), row.rend(), is_blank).base();
    if (!content.empty()) content.push_back('\n');
    std::for_each(begin, end,
                  [&](char32_t character) { psi::append_utf8(content, character == 0 ? U' ' : character); });
}

CaptionTeller::CaptionTeller(ts::Pid pid, std::string channel, std::string language, const FindingHandler& found)
    : pid_(pid), channel_(std::move(channel)), language_(std::move(language)), found_(&found) {}

void CaptionTeller::tell(const ShownText& text, const MediaTime& end) const {
    if (text.content.empty()) return;
    Finding finding{.kind = client::WorkerEvent::caption,
                    .time = text.begin,
                    .pid = pid_,
                    .duration = std::max(end.position - text.begin.position, std::chrono::nanoseconds{0}),
                    .channel = channel_,
                    .language = language_,
                    .content = text.content,
                    .text = channel_ + ": "};
    for (const char c : text.content) {
        if (c == '\n') {
            finding.text += " / ";
        } else {
            finding.text.push_back(c);
        }
    }
    (*found_)(std::move(finding));
}

}  // namespace muxtap::frames
