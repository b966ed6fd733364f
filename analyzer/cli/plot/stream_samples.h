#pragma once

#include <map>
#include <vector>

#include "analyzer/report/report.h"
#include "common/ts/pcr.h"

namespace muxtap::analyze {

/// Packets of each PID up to a time.
struct RateSample {
    double seconds = 0;  ///< since the first packet
    std::map<ts::Pid, std::uint64_t> packets;
};

/// One PCR.
struct PcrSample {
    double seconds = 0;      ///< since the first packet
    double interval_ms = 0;  ///< since the PCR before
    double jitter_us = 0;    ///< by how much it came later after the one before than the two say
};

/// What plots show of a stream.
struct PlotData {
    std::vector<RateSample> rates;
    std::map<ts::Pid, std::vector<PcrSample>> pcrs;
    analyzer::Report report;  ///< at the end
};

/// Collects what plots show while a stream is analysed. The number of samples is bounded: when there are too many,
/// every other one goes.
class StreamSamples {
public:
    /// The next packets. Those without a time are left out.
    void add(const analyzer::PacketBlock& block);

    /// What was collected; the collection is empty then.
    [[nodiscard]] PlotData take(analyzer::Report report);

private:
    struct Clock {
        std::uint64_t count = 0;
        std::uint64_t every = 1;  ///< of so many PCRs one is kept
        ts::Pcr last = ts::Pcr::from_ticks(0);
        UnixTime time{};
    };
    void on_pcr(ts::Pid pid, ts::Pcr pcr, UnixTime time);
    void sample(UnixTime now);

    PlotData data_;
    std::map<ts::Pid, std::uint64_t> packets_;
    std::map<ts::Pid, Clock> clocks_;
    std::chrono::nanoseconds step_{std::chrono::milliseconds{100}};
    bool started_ = false;
    UnixTime start_{};
    UnixTime next_{};
};

}  // namespace muxtap::analyze
