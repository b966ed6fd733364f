#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "client/feed/feed_events.h"
#include "client/feed/feed_selection.h"
#include "client/feed/receive_queue.h"
#include "client/feed/silence_watch.h"
#include "common/base/repeat_limiter.h"
#include "common/counters/exposition.h"
#include "common/feed/feed_tracker.h"
#include "common/feed/subscriber.h"
#include "common/service/health.h"
#include "proto/feed_decoder.h"

namespace muxtap::client {

/// What has come of a stream's messages since the worker follows it.
struct FeedCounts {
    std::uint64_t batches = 0;
    std::uint64_t packets = 0;
    std::uint64_t lost_batches = 0;
    std::uint64_t lost_packets = 0;  ///< as far as known
    std::uint64_t probe_restarts = 0;
};

/// One stream of one probe as it comes to a worker. Lives as long as its follower.
class FollowedStream {
public:
    FollowedStream(std::string_view probe, std::string_view stream, std::chrono::nanoseconds silence, SteadyTime now)
        : probe_(probe), stream_(stream), silence_(silence, now) {}

    [[nodiscard]] const std::string& probe() const noexcept { return probe_; }
    [[nodiscard]] const std::string& stream() const noexcept { return stream_; }
    [[nodiscard]] StreamName name() const noexcept { return {probe_, stream_}; }
    /// As the probe said last.
    [[nodiscard]] proto::StreamState state() const noexcept { return state_; }
    /// No packets have come for a while.
    [[nodiscard]] bool silent() const noexcept { return silence_.silent(); }
    [[nodiscard]] const FeedCounts& counts() const noexcept { return counts_; }

private:
    friend class FeedFollower;
    std::string probe_;
    std::string stream_;
    proto::StreamState state_ = proto::StreamState::waiting;
    SilenceWatch silence_;
    FeedCounts counts_;
    RepeatLimiter gaps_{std::chrono::seconds{5}};
    RepeatLimiter stale_{std::chrono::seconds{30}};
    std::optional<SteadyTime> stale_since_;  ///< older messages come, and nothing else
};

/// What a worker makes of the feed.
class FeedHandler {
public:
    virtual ~FeedHandler() = default;

    /// The first message of a stream has come and is about to be handed over.
    virtual void on_stream(const FollowedStream& stream, SteadyTime now) = 0;

    /// Packets. `message` holds the payload; who keeps a copy of the pointer keeps the payload. The header's texts and
    /// lists die when the call returns. The verdict is never `stale`.
    virtual void on_batch(const FollowedStream& stream, const proto::BatchMessage& batch,
                          const std::shared_ptr<feed::ReceivedMessage>& message, const feed::FeedVerdict& verdict,
                          SteadyTime now) = 0;

    /// A status; borrowed as the header of a batch. Called before the stream's `state` becomes the status's.
    virtual void on_info(const FollowedStream& stream, const proto::InfoHeader& info, const feed::FeedVerdict& verdict,
                         SteadyTime now) = 0;

    /// Nothing at all has come of a probe for a while, or it is heard again.
    virtual void on_probe_silence(std::string_view /*probe*/, bool /*silent*/, std::chrono::nanoseconds /*silent_for*/,
                                  SteadyTime /*now*/) {}
};

/// Receives a feed and follows its streams: refuses what is not of the feed, tells gaps, restarts and silence, logs
/// them, and hands the rest to a handler. Used by one thread.
class FeedFollower {
public:
    /// Streams beyond this number are refused: a probe gone wrong must not use up memory.
    static constexpr std::size_t most_streams = 4096;

    /// How messages come in: when they are asked for, or ahead in a thread of their own.
    enum class Receiving : std::uint8_t { in_turn, ahead };

    /// `health` hears of every message of a probe, and outlives the follower, as the log does.
    [[nodiscard]] static Result<std::unique_ptr<FeedFollower>> connect(const FeedSelection& selection, app::Log& log,
                                                                       service::Health& health,
                                                                       Receiving receiving = Receiving::in_turn);

    /// Waits for a message, at most this long, and hands it over. False when none came.
    bool receive(FeedHandler& handler, std::chrono::milliseconds wait);

    /// Looks for streams and probes that have fallen silent; to be called some times a second.
    void check_silence(FeedHandler& handler, SteadyTime now);

    /// Messages that were not of the feed, so far.
    [[nodiscard]] std::uint64_t refused() const noexcept { return refused_; }
    [[nodiscard]] std::size_t streams() const noexcept { return streams_.size(); }
    /// Received ahead and not yet handed over.
    [[nodiscard]] std::size_t waiting_bytes() const { return queue_ ? queue_->waiting_bytes() : 0; }
    /// There are streams, and all of them have ended.
    [[nodiscard]] bool all_ended() const noexcept;
    [[nodiscard]] bool probe_silent(std::string_view probe) const noexcept;
    /// The counters of what has come, of all streams.
    void put_counters(counters::Exposition& out) const;

private:
    using Key = std::pair<std::string, std::string>;

    FeedFollower(const FeedSelection& selection, app::Log& log, service::Health& health);
    void on_message(const std::shared_ptr<feed::ReceivedMessage>& message, FeedHandler& handler, SteadyTime now);
    void on_batch(const proto::BatchMessage& batch, const std::shared_ptr<feed::ReceivedMessage>& message,
                  FeedHandler& handler, SteadyTime now);
    void on_info(const proto::InfoHeader& info, FeedHandler& handler, SteadyTime now);
    void refuse(std::string_view reason, RepeatLimiter& limiter, SteadyTime now);
    [[nodiscard]] FollowedStream* find_stream(std::string_view probe, std::string_view name, FeedHandler& handler,
                                              SteadyTime now);
    void heard_probe(std::string_view probe, FeedHandler& handler, SteadyTime now);
    [[nodiscard]] bool stale(const feed::FeedVerdict& verdict, FollowedStream& stream, std::uint64_t epoch,
                             SteadyTime now);
    void tell(const feed::FeedVerdict& verdict, FollowedStream& stream, std::uint64_t epoch, std::uint64_t before,
              SteadyTime now);
    void check_stream(FollowedStream& stream, SteadyTime now);

    FeedSelection selection_;
    app::Log& log_;
    service::Health& health_;
    std::unique_ptr<feed::Subscriber> subscriber_;  ///< one of these two
    std::unique_ptr<ReceiveQueue> queue_;
    proto::FeedDecoder decoder_;
    feed::FeedTracker tracker_;
    std::map<Key, FollowedStream, std::less<>> streams_;
    std::map<std::string, SilenceWatch, std::less<>> probes_;
    SilenceWatch everything_;
    std::shared_ptr<feed::ReceivedMessage> spare_;
    std::array<RepeatLimiter, proto::feed_reject_count> refusals_;
    RepeatLimiter left_out_{std::chrono::seconds{10}};
    std::uint64_t refused_ = 0;
};

}  // namespace muxtap::client
