#pragma once

#include <atomic>
#include <map>
#include <memory>

#include "client/feed/feed_follower.h"
#include "client/frames/stream_decoding.h"

namespace muxtap::frames {

/// Follows the feed and decodes each of its streams. A stage: one thread calls `do_work` until it says that it is over,
/// then `finish`.
class FramesWorker : private client::FeedHandler {
public:
    FramesWorker(const FramesConfig& config, app::Log& log, std::unique_ptr<client::FeedFollower> follower,
                 std::unique_ptr<OutputSet> outputs);
    ~FramesWorker() override;
    FramesWorker(const FramesWorker&) = delete;
    FramesWorker& operator=(const FramesWorker&) = delete;

    /// Takes what has come, at most this long waiting. False when an end is reached.
    [[nodiscard]] bool do_work(std::chrono::milliseconds wait);

    /// Of the feed, of decoding and of the outputs.
    void put_counters(counters::Exposition& out) const;

    /// Decodes what waits, then lets the outputs send what they can, for at most about `patience`. The error says what
    /// was lost.
    [[nodiscard]] Result<void> finish(std::chrono::milliseconds patience);

private:
    void on_stream(const client::FollowedStream& followed, SteadyTime now) override;
    void on_batch(const client::FollowedStream& followed, const proto::BatchMessage& batch,
                  const std::shared_ptr<feed::ReceivedMessage>& message, const feed::FeedVerdict& verdict,
                  SteadyTime now) override;
    void on_info(const client::FollowedStream& followed, const proto::InfoHeader& info,
                 const feed::FeedVerdict& verdict, SteadyTime now) override;

    void house_keeping(SteadyTime now);
    [[nodiscard]] bool all_ended(SteadyTime now) const;

    const FramesConfig& config_;
    app::Log& log_;
    std::unique_ptr<client::FeedFollower> follower_;
    std::unique_ptr<OutputSet> outputs_;
    client::WorkerIdentity identity_;
    std::atomic<std::uint64_t> next_event_;
    std::map<const client::FollowedStream*, std::unique_ptr<StreamDecoding>> streams_;
    SteadyTime started_;
    SteadyTime next_house_keeping_{};
};

}  // namespace muxtap::frames
