#pragma once

#include <chrono>
#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

#include "client/frames/finding.h"

namespace muxtap::test {

/// A moment on the time line of a program. Its PTS and packet number go with it.
[[nodiscard]] inline frames::MediaTime at_ms(std::int64_t milliseconds) {
    const std::chrono::milliseconds time{milliseconds};
    return {.position = time,
            .pts = ts::Timestamp::from_ticks(static_cast<std::uint64_t>(milliseconds) * 90),
            .captured = UnixTime{std::chrono::seconds{1'700'000'000} + time},
            .packet = static_cast<std::uint64_t>(milliseconds) + 7};
}

/// What tests look at of a text.
struct Told {
    std::string channel;
    std::string content;
    std::int64_t begin_ms = 0;
    std::int64_t duration_ms = 0;

    [[nodiscard]] bool operator==(const Told&) const = default;
    friend std::ostream& operator<<(std::ostream& out, const Told& told) {
        return out << told.channel << " \"" << told.content << "\" " << told.begin_ms << " + " << told.duration_ms;
    }
};

/// Takes findings in.
class FoundTexts {
public:
    [[nodiscard]] frames::FindingHandler handler() {
        return [this](const frames::Finding& finding) { findings_.push_back(finding); };
    }
    [[nodiscard]] const std::vector<frames::Finding>& findings() const noexcept { return findings_; }
    [[nodiscard]] std::vector<Told> told() const {
        const auto milliseconds = [](std::chrono::nanoseconds time) { return time / std::chrono::milliseconds{1}; };
        std::vector<Told> all;
        for (const frames::Finding& finding : findings_) {
            all.push_back({finding.channel, finding.content, milliseconds(finding.time.position),
                           finding.duration ? milliseconds(*finding.duration) : -1});
        }
        return all;
    }

private:
    std::vector<frames::Finding> findings_;
};

}  // namespace muxtap::test
