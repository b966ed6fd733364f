#include "client/frames/pictures/filmstrip.h"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace muxtap::frames {
namespace {

void resize(Plane& plane, std::size_t width, unsigned height) {
    plane.width = static_cast<unsigned>(width);
    plane.height = height;
    plane.samples.resize(width * height);
}

/// Puts a picture's luma into the strip's, from column `begin` on.
void place_luma(Plane& strip, const Plane& luma, std::size_t begin) {
    for (std::size_t y = 0; y < luma.height; ++y)
        std::copy_n(&luma.samples[y * luma.width], luma.width, &strip.samples[y * strip.width + begin]);
}

std::uint8_t mean(std::uint8_t one, std::uint8_t other) {
    return static_cast<std::uint8_t>((one + other + 1) / 2);
}

/// One row of chroma of a picture that has `width` columns of luma and begins at column `begin` of the strip's. A
/// sample belongs to two columns of luma. Where these are of two samples of the picture, or of two pictures, it is
/// their mean.
void place_chroma_row(std::uint8_t* strip, const std::uint8_t* chroma, std::size_t width, std::size_t begin) {
    if (begin % 2 == 0) {
        std::copy_n(chroma, (width + 1) / 2, strip + begin / 2);
        return;
    }
    std::uint8_t* out = strip + begin / 2;
    *out = mean(*out, chroma[0]);
    for (std::size_t column = 1; column < width; column += 2)
        *++out = column + 1 < width ? mean(chroma[column / 2], chroma[column / 2 + 1]) : chroma[column / 2];
}

void place_chroma(Plane& strip, const Plane& chroma, std::size_t width, std::size_t begin) {
    for (std::size_t y = 0; y < chroma.height; ++y)
        place_chroma_row(&strip.samples[y * strip.width], &chroma.samples[y * chroma.width], width, begin);
}

}  // namespace

Filmstrip::Filmstrip(std::size_t length) : length_(std::max<std::size_t>(length, 1)) {}

void Filmstrip::add(const Picture& picture) {
    const auto drop_oldest = [&] {
        Picture oldest = std::move(pictures_.front());
        pictures_.pop_front();
        width_ -= oldest.width();
        return oldest;
    };
    if (!pictures_.empty() && pictures_.back().height() != picture.height()) {
        pictures_.clear();
        width_ = 0;
    }
    // The oldest one's memory takes the newest in.
    Picture newest;
    while (!pictures_.empty() && (pictures_.size() >= length_ || width_ + picture.width() > most_width))
        newest = drop_oldest();
    newest = picture;
    width_ += newest.width();
    pictures_.push_back(std::move(newest));
    drawn_ = false;
}

const Picture& Filmstrip::picture() {
    if (!drawn_) draw();
    drawn_ = true;
    return strip_;
}

void Filmstrip::draw() {
    const unsigned height = pictures_.empty() ? 0 : pictures_.back().height();
    const unsigned chroma_height = height / 2 + height % 2;
    const std::size_t chroma_width = (width_ + 1) / 2;
    resize(strip_.luma, width_, height);
    resize(strip_.blue, chroma_width, chroma_height);
    resize(strip_.red, chroma_width, chroma_height);
    std::size_t begin = 0;
    for (const Picture& picture : pictures_) {
        if (picture.width() == 0) continue;
        place_luma(strip_.luma, picture.luma, begin);
        place_chroma(strip_.blue, picture.blue, picture.width(), begin);
        place_chroma(strip_.red, picture.red, picture.width(), begin);
        begin += picture.width();
    }
}

}  // namespace muxtap::frames
