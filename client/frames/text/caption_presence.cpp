#include "client/frames/text/caption_presence.h"

#include <utility>

#include "common/text/numbers.h"

namespace muxtap::frames {
namespace {

std::string seconds_text(std::chrono::nanoseconds time) {
    const double seconds = std::chrono::duration<double>(time).count();
    return text::fixed(seconds, time % std::chrono::seconds{1} == std::chrono::nanoseconds{0} ? 0 : 1) + " s";
}

}  // namespace

CaptionPresence::CaptionPresence(std::chrono::nanoseconds limit, std::string what, bool expected,
                                 std::optional<ts::Pid> pid, FindingHandler found)
    : limit_(limit), what_(std::move(what)), expected_(expected), pid_(pid), found_(std::move(found)) {}

void CaptionPresence::passed(const MediaTime& time) {
    if (limit_ <= std::chrono::nanoseconds{0}) return;
    if (!last_ && expected_) last_ = time;
    if (!last_ || missing_ || time.position - last_->position <= limit_) return;
    missing_ = true;
    tell(client::WorkerEvent::captions_missing_began, *last_, std::nullopt,
         "no " + what_ + " for " + seconds_text(limit_));
}

void CaptionPresence::seen(const MediaTime& time) {
    if (limit_ <= std::chrono::nanoseconds{0}) return;
    passed(time);
    if (missing_) {
        const std::chrono::nanoseconds absence = time.position - last_->position;
        tell(client::WorkerEvent::captions_missing_ended, time, absence,
             what_ + " again after " + seconds_text(absence));
    }
    missing_ = false;
    if (!last_ || time.position > last_->position) last_ = time;
}

void CaptionPresence::tell(client::WorkerEvent kind, const MediaTime& time,
                           std::optional<std::chrono::nanoseconds> duration, std::string text) const {
    found_({.kind = kind,
            .time = time,
            .pid = pid_,
            .duration = duration,
            .channel = {},
            .language = {},
            .content = {},
            .text = std::move(text)});
}

}  // namespace muxtap::frames
