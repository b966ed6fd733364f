#pragma once

#include <chrono>
#include <cstdint>

namespace muxtap::frames {

/// Numbers pictures in the order in which they are shown, from 0. Where the frame rate is fixed the position decides,
/// so that pictures lost or left out are counted too; else each picture counts as one. Used by one thread.
class FrameCounter {
public:
    /// Frames a second; `numerator` 0: not known or variable.
    [[nodiscard]] std::uint64_t number(std::chrono::nanoseconds position, unsigned numerator, unsigned denominator);

private:
    std::chrono::nanoseconds anchor_{};  ///< position of the picture with `anchor_number_`
    std::uint64_t anchor_number_ = 0;
    std::uint64_t next_ = 0;
    unsigned numerator_ = 0;
    unsigned denominator_ = 0;
    bool begun_ = false;
};

}  // namespace muxtap::frames
