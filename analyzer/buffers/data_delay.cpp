#include "analyzer/buffers/data_delay.h"

namespace muxtap::analyzer {

std::chrono::nanoseconds longest_delay(Codec codec, bool still_pictures) noexcept {
    using std::chrono::seconds;
    if (still_pictures) return seconds(60);
    switch (codec) {
        case Codec::mpeg4_visual:
        case Codec::h264:
        case Codec::hevc:
        case Codec::vvc:
        case Codec::evc:
        case Codec::aac_latm: return seconds(10);
        default: return seconds(1);
    }
}

DelayVerdict delay_verdict(Codec codec, std::chrono::nanoseconds margin, bool still_pictures) noexcept {
    return margin > longest_delay(codec, still_pictures) ? DelayVerdict::too_long : DelayVerdict::ok;
}

}  // namespace muxtap::analyzer
