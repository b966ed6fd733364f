#include "client/frames/streams/time_line.h"

namespace muxtap::frames {
namespace {

constexpr std::int64_t furthest_ticks =
    std::chrono::seconds{TimeLine::furthest}.count() * static_cast<std::int64_t>(ts::Timestamp::ticks_per_second);
/// What a jump is taken to last: the duration of a picture at 25 a second.
constexpr std::int64_t jump_ticks = 3600;

}  // namespace

bool TimeLine::belongs(const Run& run, ts::Timestamp stamp, UnixTime captured) noexcept {
    const std::int64_t step = stamp.ticks_since(run.newest);
    if (step > -furthest_ticks && step < furthest_ticks) return true;
    // The source was away, and its clock went on.
    const std::int64_t apart = step - time_to_ticks(captured - run.captured);
    return apart > -furthest_ticks && apart < furthest_ticks;
}

std::int64_t TimeLine::place(Run& run, ts::Timestamp stamp, UnixTime captured) noexcept {
    const std::int64_t step = stamp.ticks_since(run.newest);
    const std::int64_t position = run.position + step;
    if (step > 0) run = {.newest = stamp, .position = position, .captured = captured};
    return position;
}

std::chrono::nanoseconds TimeLine::position(ts::Timestamp stamp, UnixTime captured) {
    if (!run_) run_ = Run{.newest = stamp, .position = 0, .captured = captured};
    if (belongs(*run_, stamp, captured)) return ticks_to_time(place(*run_, stamp, captured));
    if (before_ && belongs(*before_, stamp, captured)) return ticks_to_time(place(*before_, stamp, captured));
    ++jumps_;
    // The clock may have gone back to the one from before, and that one gone on since.
    if (!before_ || before_->position < run_->position) before_ = run_;
    run_ = Run{.newest = stamp, .position = before_->position + jump_ticks, .captured = captured};
    return ticks_to_time(run_->position);
}

}  // namespace muxtap::frames
