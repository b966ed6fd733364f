#include "analyzer/es/picture_rhythm.h"

#include <algorithm>

namespace muxtap::es {
namespace {

constexpr auto ticks_per_second = static_cast<std::int64_t>(ts::Timestamp::ticks_per_second);
/// A step between pictures beyond this is a jump of the time stamps. Still pictures come at up to 60 s.
constexpr std::int64_t longest_step = 61 * ticks_per_second;

Ratio rate_of(std::array<std::uint32_t, 16> distances) noexcept {
    std::sort(distances.begin(), distances.end());
    const std::uint32_t median = distances[distances.size() / 2];
    // Steps of rates such as 60000/1001 alternate by a tick: the mean of those near the median is finer.
    std::uint64_t sum = 0;
    std::uint64_t count = 0;
    for (const std::uint32_t value : distances) {
        if (value < median - median / 20 || value > median + median / 20) continue;
        sum += value;
        ++count;
    }
    if (sum == 0) return {};
    const double rate = static_cast<double>(ticks_per_second) * static_cast<double>(count) / static_cast<double>(sum);
    static constexpr Ratio common[] = {{24000, 1001}, {24, 1},        {25, 1},  {30000, 1001}, {30, 1},
                                       {48000, 1001}, {48, 1},        {50, 1},  {60000, 1001}, {60, 1},
                                       {100, 1},      {120000, 1001}, {120, 1}, {15, 1},       {12, 1},
                                       {10, 1},       {15000, 1001}};
    Ratio best;
    double best_error = 0.01;
    for (const Ratio& candidate : common) {
        const double value = static_cast<double>(candidate.numerator) / candidate.denominator;
        const double error = std::max(rate / value, value / rate) - 1;
        if (error >= best_error) continue;
        best = candidate;
        best_error = error;
    }
    return best.known() ? best : reduced(static_cast<std::uint64_t>(ticks_per_second), median);
}

}  // namespace

void PictureRhythm::interrupted() noexcept {
    last_.reset();
    group_whole_ = false;
    interval_whole_ = false;
}

void PictureRhythm::distance(std::int64_t ticks) noexcept {
    distances_[distance_count_++] = static_cast<std::uint32_t>(ticks);
    if (distance_count_ < needed) return;
    distance_count_ = 0;
    measured_ = rate_of(distances_);
}

void PictureRhythm::picture(std::optional<ts::Timestamp> decoding_time, bool random_access,
                            analyzer::VideoInfo& info) noexcept {
    ++info.pictures;
    if (decoding_time && last_) {
        const std::int64_t step = decoding_time->ticks_since(*last_);
        if (step > 0 && step <= longest_step) {
            distance(step);
        } else {
            interval_whole_ = false;
        }
    }
    if (decoding_time) {
        last_ = decoding_time;
    } else {
        // The next step would be that of more than one picture.
        last_.reset();
    }
    if (!random_access) {
        if (in_group_ != UINT32_MAX) ++in_group_;
        return;
    }
    ++info.random_access_points;
    if (group_whole_) {
        info.gop_last = in_group_;
        info.gop_min = info.gop_min == 0 ? in_group_ : std::min(info.gop_min, in_group_);
        info.gop_max = std::max(info.gop_max, in_group_);
    }
    if (interval_whole_ && decoding_time && last_random_access_) {
        const std::int64_t ticks = decoding_time->ticks_since(*last_random_access_);
        info.random_access_interval_last_ns = ticks * 100'000 / 9;
        info.random_access_interval_max_ns =
            std::max(info.random_access_interval_max_ns, info.random_access_interval_last_ns);
    }
    group_whole_ = true;
    interval_whole_ = decoding_time.has_value();
    last_random_access_ = decoding_time;
    in_group_ = 1;
}

}  // namespace muxtap::es
