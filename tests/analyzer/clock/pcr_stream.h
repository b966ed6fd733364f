#pragma once

#include <cstdint>
#include <random>
#include <vector>

#include "analyzer/clock/pcr_tracker.h"

namespace muxtap::analyzer::test {

/// PCRs as a multiplexer of constant rate sends them: exact to the tick by byte position.
struct PcrStream {
    double bits_per_second = 10e6;
    double interval_seconds = 0.030;
    double first_ticks = 1e9;

    /// Sample number `i`, its byte position a whole number of packets from the one before.
    [[nodiscard]] PcrSample at(std::uint64_t i) const {
        const double packets = interval_seconds * bits_per_second / 8 / 188;
        const auto packet = static_cast<std::uint64_t>(static_cast<double>(i) * packets);
        const std::uint64_t position = packet * 188 + 10;
        const double seconds = static_cast<double>(position) * 8 / bits_per_second;
        const auto ticks = static_cast<std::uint64_t>(first_ticks + seconds * 27e6);
        return {.pcr = ts::Pcr::from_ticks(ticks),
                .byte_position = position,
                .time = from_unix_ns(1'700'000'000'000'000'000 + static_cast<std::int64_t>(seconds * 1e9)),
                .arrival_times = true};
    }
    [[nodiscard]] std::vector<PcrSample> samples(std::uint64_t count) const {
        std::vector<PcrSample> made;
        for (std::uint64_t i = 0; i < count; ++i) made.push_back(at(i));
        return made;
    }
};

[[nodiscard]] inline ts::Pcr shifted(ts::Pcr pcr, std::int64_t ticks) {
    constexpr auto modulus = static_cast<std::int64_t>(ts::Pcr::modulus);
    return ts::Pcr::from_ticks(
        static_cast<std::uint64_t>((static_cast<std::int64_t>(pcr.ticks()) + ticks + modulus) % modulus));
}

[[nodiscard]] inline std::int64_t ticks_of(double seconds) {
    return static_cast<std::int64_t>(seconds * 27e6);
}

/// What all outcomes said together.
struct Totals {
    std::uint64_t repetition = 0;
    std::uint64_t warnings = 0;
    std::uint64_t discontinuity = 0;
    std::uint64_t jumps = 0;
    std::uint64_t accuracy = 0;
};

[[nodiscard]] inline Totals feed(PcrTracker& tracker, const std::vector<PcrSample>& samples) {
    Totals totals;
    for (const PcrSample& sample : samples) {
        const PcrOutcome outcome = tracker.add(sample);
        totals.repetition += outcome.repetition_error ? 1U : 0U;
        totals.warnings += outcome.repetition_warning ? 1U : 0U;
        totals.discontinuity += outcome.discontinuity_error ? 1U : 0U;
        totals.jumps += outcome.jump ? 1U : 0U;
        totals.accuracy += outcome.accuracy_errors;
    }
    return totals;
}

}  // namespace muxtap::analyzer::test
