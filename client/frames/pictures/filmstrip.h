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

    /// As wide as the pictures there are. Where they are together wider than a JPEG can be, the oldest are left out.
    /// Valid until the next call of `add` or `picture`.
    [[nodiscard]] const Picture& picture();

    static constexpr std::size_t most_width = 65'500;

private:
    void draw();

    std::size_t length_;
    std::deque<Picture> pictures_;
    std::size_t width_ = 0;  ///< of all of them
    Picture strip_;
    bool drawn_ = false;  ///< the strip shows the pictures
};

}  // namespace muxtap::frames
