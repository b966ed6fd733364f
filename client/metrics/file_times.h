#pragma once

#include <vector>

#include "analyzer/analyzer.h"
#include "analyzer/clock/file_clock.h"

namespace muxtap::metrics {

/// Hands the packets of a file to an analyzer with times by their PCRs: when the probe read them says nothing. Keeps
/// packets until it knows their time, up to a few megabytes.
class FileTimes {
public:
    FileTimes() : clock_({.bitrate = {}, .start_bytes = most_kept, .hold_bytes = 400'000}) {}

    /// The next packets, with what is missing before them.
    void add(analyzer::Analyzer& analyzer, ByteView packets, const analyzer::LossBefore& before);

    /// Nothing follows: hands on what was kept.
    void finish(analyzer::Analyzer& analyzer);

private:
    static constexpr std::size_t most_kept = std::size_t{4} << 20;

    void hand_on(analyzer::Analyzer& analyzer, bool last);

    analyzer::FileClock clock_;
    std::vector<std::uint8_t> kept_;
    std::vector<analyzer::FileSegment> segments_;
    analyzer::LossBefore before_;
};

}  // namespace muxtap::metrics
