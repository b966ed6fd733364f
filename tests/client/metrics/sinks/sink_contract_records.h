#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "client/metrics/records/record.h"

/// Records as the worker makes them, of a stream that never was.
namespace muxtap::metrics::test {

/// A stream with one program of 20 Mb/s: PAT, PMT, SDT, EIT, TDT, video with PCR, two audio streams, teletext and null
/// packets. Its counters grow from record to record.
class StreamOfRecords {
public:
    using Change = std::function<void(IntervalRecord&, analyzer::Report&)>;

    /// `start`: end of the first interval, a multiple of a second.
    explicit StreamOfRecords(UnixTime start, std::string stream = "239.1.1.1:5000", std::string probe = "cap-a");

    /// The next interval. `change` may change what the record says; what it changes in the report's counters stays.
    [[nodiscard]] RecordPtr next(const Change& change = {});
    [[nodiscard]] std::vector<RecordPtr> next_many(std::size_t count);
    /// An event at the end of the newest interval.
    [[nodiscard]] RecordPtr event(analyzer::EventKind kind, std::string text,
                                  const std::function<void(analyzer::Event&)>& change = {});

    /// The worker did not make records for this long.
    void skip(std::chrono::seconds time) { time_ += time; }
    /// Nothing comes on this PID from now on.
    void silence(ts::Pid pid) { silent_ = pid; }

private:
    void grow(analyzer::Report& report) const;

    std::string stream_;
    std::string probe_;
    UnixTime time_;
    std::uint64_t events_ = 1'000'000;
    ts::Pid silent_ = 0x2000;
    Losses losses_;
    std::shared_ptr<const analyzer::Report> report_;
    std::shared_ptr<const analyzer::Report> before_;
};

inline constexpr ts::Pid video_pid = 257;
inline constexpr ts::Pid audio_pid = 258;
inline constexpr ts::Pid teletext_pid = 260;

/// 2026-01-01T00:00:00Z
[[nodiscard]] UnixTime new_year() noexcept;

}  // namespace muxtap::metrics::test
