#pragma once

#include <cstddef>
#include <deque>

#include "client/frames/pictures/picture.h"

namespace muxtap::frames {

/// The last pictures side by side, the oldest on the left. Used by one thread.
class Filmstrip {
public:
    /// `length`: pictures, at least 1.
    explicit Filmstrip(std::size_t length);

    /// Pictures of another height begin the strip anew.
    void add(const Picture& picture);

    /// As wide as the pictures there are.
    [[nodiscard]] const Picture& picture();

private:
    std::size_t length_;
};

}  // namespace muxtap::frames
