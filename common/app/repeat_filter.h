#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/base/clock.h"

namespace muxtap::app {

/// Lets the first of equal lines through and holds back those within an interval behind it; then tells how many they
/// were. Pure; used by one thread at a time.
class RepeatFilter {
public:
    /// Lines that are remembered; what is new beyond that is let through.
    static constexpr std::size_t most_lines = 256;

    /// The newest of lines that were held back, and how many they were.
    struct Repeats {
        std::string line;
        int level = 0;
        std::uint64_t count = 0;
        UnixTime first{};
    };

    explicit RepeatFilter(std::chrono::nanoseconds interval) noexcept : interval_(interval) {}

    /// Whether the line is to be written now. `key` is what makes two lines the same.
    [[nodiscard]] bool lets_through(const std::string& key, const std::string& line, int level, SteadyTime now,
                                    UnixTime wall);

    /// What was held back and whose interval is over; its next interval begins. Forgets lines that came once only.
    [[nodiscard]] std::vector<Repeats> due(SteadyTime now);
    /// All that was held back.
    [[nodiscard]] std::vector<Repeats> rest();

private:
    struct Entry {
        SteadyTime begun{};
        Repeats held;
    };
    std::chrono::nanoseconds interval_;
    std::map<std::string, Entry> entries_;
};

}  // namespace muxtap::app
