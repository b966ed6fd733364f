#pragma once

#include <memory>
#include <string>
#include <vector>

#include "client/frames/pictures/picture.h"

namespace muxtap::frames {

/// Draws lines of text into the lower left corner of a picture, white on a darkened ground, sized by the picture's
/// height and cut at its edge. Used by one thread.
class Overlay {
public:
    Overlay();
    ~Overlay();
    Overlay(const Overlay&) = delete;
    Overlay& operator=(const Overlay&) = delete;

    /// UTF-8, top line first.
    void draw(Picture& picture, const std::vector<std::string>& lines);

private:
    class Canvas;

    std::unique_ptr<Canvas> canvas_;
};

}  // namespace muxtap::frames
