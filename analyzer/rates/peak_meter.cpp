#include "analyzer/rates/peak_meter.h"

#include <algorithm>
#include <cmath>

#include "common/ts/packet_view.h"

namespace muxtap::analyzer {

PeakWindow::PeakWindow(std::chrono::nanoseconds length) : length_(length), ring_(capacity) {}

void PeakWindow::add(UnixTime time, std::uint32_t packets) noexcept {
    if (count_ > 0) {
        Entry& newest = ring_[(oldest_ + count_ - 1) % capacity];
        time = std::max(time, newest.time);
        if (time - newest.time < length_ / static_cast<std::int64_t>(capacity - 1)) {
            newest.packets += packets;
            in_window_ += packets;
            most_ = std::max(most_, in_window_);
            return;
        }
    }
    // A window takes in its end and leaves out its beginning.
    while (count_ > 0 && time - ring_[oldest_].time >= length_) {
        in_window_ -= ring_[oldest_].packets;
        oldest_ = (oldest_ + 1) % capacity;
        --count_;
    }
    // As far apart as they are, no more of them than there is room for lie in a window.
    ring_[(oldest_ + count_) % capacity] = {.time = time, .packets = packets};
    ++count_;
    in_window_ += packets;
    most_ = std::max(most_, in_window_);
}

std::uint64_t PeakWindow::peak_bps() const noexcept {
    const double seconds = static_cast<double>(length_.count()) * 1e-9;
    return static_cast<std::uint64_t>(std::llround(static_cast<double>(most_) * ts::packet_size * 8 / seconds));
}

}  // namespace muxtap::analyzer
