#include "client/frames/frame_counter.h"

#include <algorithm>
#include <cmath>

namespace muxtap::frames {

std::uint64_t FrameCounter::number(std::chrono::nanoseconds position, unsigned numerator, unsigned denominator) {
    if (!begun_ || numerator != numerator_ || denominator != denominator_) {
        anchor_ = position;
        anchor_number_ = next_;
        numerator_ = numerator;
        denominator_ = denominator;
        begun_ = true;
    }
    std::uint64_t number = next_;
    if (numerator_ != 0 && denominator_ != 0) {
        const double seconds = std::chrono::duration<double>(position - anchor_).count();
        const auto frames = std::llround(seconds * numerator_ / denominator_);
        // A picture shown before the first one that was seen has no number of its own.
        const std::int64_t counted = static_cast<std::int64_t>(anchor_number_) + frames;
        number = static_cast<std::uint64_t>(std::max<std::int64_t>(counted, 0));
    }
    next_ = std::max(next_, number + 1);
    return number;
}

}  // namespace muxtap::frames
