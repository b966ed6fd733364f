#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "common/app/log.h"
#include "common/feed/publisher.h"
#include "common/feed/status_board.h"
#include "probe/capture_stage.h"

namespace muxtap::probe {

/// Sum over all streams and capture threads of one moment.
struct ProbeTotals {
    std::size_t streams = 0;
    std::uint64_t packets = 0;
    std::uint64_t bytes = 0;
    std::uint64_t rejected = 0;
    std::uint64_t rtp_lost = 0;
    std::uint64_t queue_dropped = 0;
    std::uint64_t kernel_dropped = 0;
    std::uint64_t merged_frames = 0;
    std::uint64_t frames = 0;
};

/// Tells what the probe is doing: a status line on a terminal, log lines, final totals. Used by the main thread.
class StatusReport {
public:
    struct Settings {
        bool status_line = false;  ///< stderr is a terminal and the line is wanted
        bool pcap_stats = false;
        std::string interface;  ///< or the file's name
        bool is_file = false;
    };
    StatusReport(Settings settings, app::Log& log, const feed::StatusBoard& board,
                 const std::vector<std::unique_ptr<CaptureStage>>& stages, const feed::PublisherCounters& publisher);

    /// Once an interval.
    void tick();
    /// At the end: totals of every stream and of the whole.
    void finish();

private:
    [[nodiscard]] ProbeTotals collect(const std::vector<feed::StreamStatus>& statuses) const;
    void log_streams(const std::vector<feed::StreamStatus>& statuses, double seconds);
    void note_changes(const std::vector<feed::StreamStatus>& statuses);
    void warn_once(const ProbeTotals& totals);

    struct Seen {
        std::uint64_t bytes = 0;
        std::uint64_t packets = 0;
        bool announced = false;
        bool silent = false;
    };
    Settings settings_;
    app::Log& log_;
    const feed::StatusBoard& board_;
    const std::vector<std::unique_ptr<CaptureStage>>& stages_;
    const feed::PublisherCounters& publisher_;
    std::map<std::string, Seen> seen_;
    std::uint64_t last_bytes_ = 0;
    std::uint64_t last_kernel_dropped_ = 0;
    std::uint64_t last_queue_dropped_ = 0;
    SteadyTime last_tick_ = steady_now();
    bool merged_warned_ = false;
};

}  // namespace muxtap::probe
