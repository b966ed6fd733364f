#include "client/frames/pictures/jpeg_writer.h"

#include <turbojpeg.h>

#include <algorithm>
#include <array>
#include <string>

namespace muxtap::frames {
namespace {

/// What libjpeg-turbo takes (JPEG_MAX_DIMENSION).
constexpr unsigned most_samples = 65'500;

}  // namespace

void JpegWriter::CompressorDeleter::operator()(void* compressor) const noexcept {
    tjDestroy(compressor);
}

void JpegWriter::BufferDeleter::operator()(std::uint8_t* buffer) const noexcept {
    tjFree(buffer);
}

JpegWriter::JpegWriter(unsigned quality)
    : quality_(static_cast<int>(std::clamp(quality, 1U, 100U))), compressor_(tjInitCompress()) {}

Result<Image> JpegWriter::write(const Picture& picture) {
    if (picture.width() > most_samples || picture.height() > most_samples)
        return fail("a JPEG image has at most 65,500 samples a side, this picture has " +
                    std::to_string(picture.width()) + "x" + std::to_string(picture.height()));
    const auto width = static_cast<int>(picture.width());
    const auto height = static_cast<int>(picture.height());
    const Plane& luma = evened(picture.luma);
    const std::array<const Plane*, 3> planes = {&luma, &picture.blue, &picture.red};
    std::array<const unsigned char*, 3> samples{};
    std::array<int, 3> strides{};
    for (std::size_t i = 0; i < planes.size(); ++i) {
        samples[i] = planes[i]->samples.data();
        strides[i] = static_cast<int>(planes[i]->width);
    }
    unsigned long size = tjBufSize(width, height, TJSAMP_420);
    if (!compressor_ || !reserve(size)) return fail("cannot encode JPEG: out of memory");
    unsigned char* out = buffer_.get();
    if (tjCompressFromYUVPlanes(compressor_.get(), samples.data(), width, strides.data(), height, TJSAMP_420, &out,
                                &size, quality_, TJFLAG_NOREALLOC) != 0)
        return fail(std::string{"cannot encode JPEG: "} + tjGetErrorStr2(compressor_.get()));
    return Image(out, out + size);
}

bool JpegWriter::reserve(std::size_t size) {
    if (size <= capacity_) return true;
    buffer_.reset();
    capacity_ = 0;
    if (size <= std::size_t{INT32_MAX}) buffer_.reset(tjAlloc(static_cast<int>(size)));
    if (buffer_) capacity_ = size;
    return capacity_ == size;
}

/// libturbojpeg reads a luma plane of even width and height: the last column and row are repeated.
const Plane& JpegWriter::evened(const Plane& luma) {
    if (luma.width % 2 == 0 && luma.height % 2 == 0) return luma;
    even_.width = luma.width + luma.width % 2;
    even_.height = luma.height + luma.height % 2;
    even_.samples.resize(std::size_t{even_.width} * even_.height);
    for (std::size_t y = 0; y < even_.height; ++y) {
        const std::uint8_t* const from = &luma.samples[std::min<std::size_t>(y, luma.height - 1) * luma.width];
        std::uint8_t* const to = &even_.samples[y * even_.width];
        std::copy_n(from, luma.width, to);
        to[even_.width - 1] = from[luma.width - 1];
    }
    return even_;
}

}  // namespace muxtap::frames
