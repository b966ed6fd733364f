#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "client/feed/feed_follower.h"
#include "client/metrics/interval_clock.h"
#include "client/metrics/log_follower.h"
#include "client/metrics/metrics_config.h"
#include "client/metrics/sink_queue.h"
#include "client/metrics/stream_watch.h"

namespace muxtap::metrics {

/// Follows the feed, watches each stream and makes the records: one a stream at the end of each interval, and events at
/// once. A stage: one thread calls `do_work` until it says that it is over, then `finish`.
class MetricsWorker : private client::FeedHandler {
public:
    /// Records of a stream that has ended go on for so long.
    static constexpr std::chrono::seconds after_end{60};

    MetricsWorker(const MetricsConfig& config, app::Log& log, std::unique_ptr<client::FeedFollower> follower,
                  std::vector<std::unique_ptr<SinkQueue>> sinks);

    /// Takes what has come, at most this long waiting, and makes the records that are due. False when an end is
    /// reached.
    [[nodiscard]] bool do_work(std::chrono::milliseconds wait);

    /// Of the feed and of the sinks.
    void put_counters(counters::Exposition& out) const;

    /// Waits until the sinks have sent what they can, each for at most about `patience`. The error says what was lost.
    [[nodiscard]] Result<void> finish(std::chrono::milliseconds patience);

private:
    struct Stream {
        StreamWatch watch;
        SteadyTime ended{};  ///< when the probe said so; 0 while it goes on
    };

    void on_stream(const client::FollowedStream& followed, SteadyTime now) override;
    void on_batch(const client::FollowedStream& followed, const proto::BatchMessage& batch,
                  const std::shared_ptr<feed::ReceivedMessage>& message, const feed::FeedVerdict& verdict,
                  SteadyTime now) override;
    void on_info(const client::FollowedStream& followed, const proto::InfoHeader& info,
                 const feed::FeedVerdict& verdict, SteadyTime now) override;
    void on_probe_silence(std::string_view probe, bool silent, std::chrono::nanoseconds silent_for,
                          SteadyTime now) override;

    void note_host(const proto::InfoHeader& info);
    void tell_verdict(StreamWatch& watch, const feed::FeedVerdict& verdict);
    void tell_findings(StreamWatch& watch);
    void tell(client::EventRecord event);
    void tell(client::WorkerEvent kind, const StreamWatch* watch, std::string text, std::uint64_t count = 0);
    void make_records(UnixTime end);
    void send(Record::Content content);
    [[nodiscard]] WorkerFigures figures() const;
    void house_keeping(SteadyTime now);
    [[nodiscard]] bool reached_end(SteadyTime now) const;

    const MetricsConfig& config_;
    app::Log& log_;
    std::unique_ptr<client::FeedFollower> follower_;
    std::vector<std::unique_ptr<SinkQueue>> sinks_;
    client::WorkerIdentity identity_;
    std::uint64_t next_event_;
    IntervalClock clock_;
    std::map<const client::FollowedStream*, Stream> streams_;
    std::map<std::string, std::shared_ptr<const proto::HostFigures>, std::less<>> hosts_;  ///< by probe
    std::vector<LogFollower> log_files_;
    std::string last_log_line_;  ///< newest of the interval under way
    SteadyTime started_;
    SteadyTime next_house_keeping_{};
    bool last_records_made_ = false;  ///< with everything in them after all streams have ended
};

}  // namespace muxtap::metrics
