#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

#include "client/frames/pictures/picture_judge.h"

namespace muxtap::frames::test {

/// A judge, the pictures of a fixed rate that it gets, and what it found.
struct JudgeRig {
    std::chrono::nanoseconds period;
    PictureLimits limits{};
    std::vector<Finding> findings{};
    PictureJudge judge{limits, [this](const Finding& finding) { findings.push_back(finding); }};
    std::uint64_t shown = 0;  ///< pictures, also those that were skipped

    JudgeRig(std::chrono::nanoseconds picture_period, const PictureLimits& picture_limits = {})
        : period(picture_period), limits(picture_limits) {}
    JudgeRig(const JudgeRig&) = delete;
    JudgeRig& operator=(const JudgeRig&) = delete;
    ~JudgeRig() = default;

    /// Of the picture of this number.
    [[nodiscard]] MediaTime time_of(std::uint64_t number) const {
        MediaTime time;
        time.position = period * static_cast<std::int64_t>(number);
        time.captured = UnixTime{std::chrono::hours{400'000} + time.position};
        time.packet = 1000 * number;
        return time;
    }

    PictureFacts show(const Picture& picture) { return judge.judge(picture, time_of(shown++)); }
    /// The facts of the last one.
    PictureFacts show(const Picture& picture, unsigned times) {
        PictureFacts facts;
        for (unsigned i = 0; i < times; ++i) facts = show(picture);
        return facts;
    }
};

}  // namespace muxtap::frames::test
