#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "analyzer/analyzer.h"
#include "client/feed/feed_follower.h"
#include "client/metrics/file_times.h"
#include "client/metrics/pid_arrivals.h"
#include "client/metrics/records/interval_record.h"

namespace muxtap::metrics {

/// Watches one stream of the feed: hands its packets to an analyzer and keeps what the probe says of it. Goes on over
/// restarts of the probe. Used by one thread.
class StreamWatch {
public:
    /// `time_pids`: also measures the times between the packets of each PID (`IntervalRecord::pid_arrivals`).
    StreamWatch(const analyzer::AnalyzerOptions& options, std::string probe, std::string stream,
                bool time_pids = false);

    /// Packets. `now` is this host's time.
    void on_batch(const proto::BatchMessage& batch, const feed::FeedVerdict& verdict, UnixTime now);

    /// A status: also lets time pass for the analyzer where the probe says that no packets come.
    void on_info(const proto::InfoHeader& info, const feed::FeedVerdict& verdict, UnixTime now);

    /// What the analyzer found since the last call.
    [[nodiscard]] std::vector<analyzer::Event> events() { return analyzer_->events(); }

    /// Fills in what is known of the stream: identity (without `seq`), state (without the probe's silence), source,
    /// figures of the probe, losses, report. The lag's maximum begins anew.
    void describe(IntervalRecord& record);

    [[nodiscard]] std::uint64_t epoch() const noexcept { return epoch_; }
    [[nodiscard]] const std::string& probe() const noexcept { return probe_name_; }
    [[nodiscard]] const std::string& stream() const noexcept { return stream_; }
    [[nodiscard]] std::chrono::nanoseconds lag() const noexcept { return lag_; }
    /// Largest since the last call.
    [[nodiscard]] std::chrono::nanoseconds take_lag_max() noexcept { return std::exchange(lag_max_, {}); }

private:
    void start(const proto::SourceAddress& source);
    void note_source(const proto::SourceAddress& source);
    void note_totals(const proto::Totals& totals, std::uint64_t epoch);
    [[nodiscard]] analyzer::LossBefore take_losses(const proto::Totals& totals, const feed::FeedVerdict& verdict);
    void tell_rtp();
    [[nodiscard]] bool continues_datagram(const proto::BatchHeader& header,
                                          const feed::FeedVerdict& verdict) const noexcept;
    void note_datagrams(const proto::BatchHeader& header, const feed::FeedVerdict& verdict);
    void let_time_pass(const proto::InfoHeader& info);

    analyzer::AnalyzerOptions options_;
    std::string probe_name_;
    std::string stream_;
    std::unique_ptr<analyzer::Analyzer> analyzer_;
    std::optional<FileTimes> file_;  ///< streams of a file have no arrival times
    bool started_ = false;
    std::uint64_t epoch_ = 0;
    StreamSource source_;
    proto::StreamState state_ = proto::StreamState::waiting;
    ProbeFigures probe_;
    Losses losses_;
    ts::RejectCounts told_rejected_;          ///< what the analyzer knows of
    std::uint64_t told_kernel_dropped_ = 0;   ///< likewise
    std::uint64_t next_packet_ = 0;           ///< number of the packet that comes next
    std::chrono::nanoseconds replay_lead_{};  ///< how far the probe's clock is ahead of a capture that it replays
    std::chrono::nanoseconds lag_{};
    std::chrono::nanoseconds lag_max_{};
    std::vector<analyzer::DatagramMark> marks_;  ///< of the newest batch
    std::uint64_t datagrams_ = 0;                ///< that the probe had counted at its end, one that goes on included
    std::optional<PidArrivals> pid_arrivals_;
    std::shared_ptr<const analyzer::Report> previous_;
};

}  // namespace muxtap::metrics
