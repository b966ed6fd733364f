#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>

#include "client/feed/feed_follower.h"
#include "client/record/record_config.h"
#include "client/record/status_report.h"
#include "client/record/stream_recorder.h"

namespace muxtap::record {

/// Follows the feed and hands each stream's packets to its recorder. A stage: one thread calls `do_work` until it says
/// that it is over, then `finish`.
class Recorder : private client::FeedHandler {
public:
    /// Connects. Checks that the output can be written as far as its name is known already.
    [[nodiscard]] static Result<std::unique_ptr<Recorder>> create(const RecordConfig& config, app::Log& log,
                                                                  service::Health& health, OutputOpener& opener);

    /// Records what has come and looks after timers; waits at most this long when there is nothing. False when an end
    /// is reached.
    [[nodiscard]] bool do_work(std::chrono::milliseconds wait);

    /// Closes all files. The error is why the run did not succeed.
    [[nodiscard]] Result<void> finish(EndReason otherwise);

    /// What each stream is doing; rates since the last call.
    [[nodiscard]] std::vector<StreamReport> report(SteadyTime now);
    /// Of the feed and of what was recorded.
    void put_counters(counters::Exposition& out) const;
    [[nodiscard]] bool disk_alarm() const noexcept { return context_.alarm.active(); }

private:
    struct Stream {
        Stream(RecordingContext& context, const client::FollowedStream& stream)
            : followed(stream), recorder(context, stream.probe(), stream.stream()) {}

        const client::FollowedStream& followed;
        StreamRecorder recorder;
        std::uint64_t reported_packets = 0;
    };

    Recorder(const RecordConfig& config, app::Log& log, OutputOpener& opener,
             std::unique_ptr<client::FeedFollower> follower);

    void on_stream(const client::FollowedStream& followed, SteadyTime now) override;
    void on_batch(const client::FollowedStream& followed, const proto::BatchMessage& batch,
                  const std::shared_ptr<feed::ReceivedMessage>& message, const feed::FeedVerdict& verdict,
                  SteadyTime now) override;
    void on_info(const client::FollowedStream& followed, const proto::InfoHeader& info,
                 const feed::FeedVerdict& verdict, SteadyTime now) override;
    [[nodiscard]] bool may_take(const Stream& stream, SteadyTime now);
    void tick(SteadyTime now);
    [[nodiscard]] SteadyTime next_due(SteadyTime now) const;
    [[nodiscard]] bool reached_end(SteadyTime now);
    [[nodiscard]] bool all_written() const;
    void wait_for_reader();

    const RecordConfig& config_;
    app::Log& log_;
    RecordingContext context_;
    std::unique_ptr<client::FeedFollower> follower_;
    std::map<const client::FollowedStream*, Stream> streams_;
    RepeatLimiter second_on_stdout_{std::chrono::minutes{1}};
    std::uint64_t taken_packets_ = 0;
    const Stream* on_stdout_ = nullptr;
    SteadyTime started_;
    SteadyTime last_report_;
    SteadyTime next_house_keeping_{};
    std::optional<EndReason> end_;
    SteadyTime end_since_{};
    std::optional<Error> failure_;
};

}  // namespace muxtap::record
