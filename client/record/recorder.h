#pragma once

#include <array>
#include <chrono>
#include <map>
#include <memory>
#include <string>

#include "client/record/feed_events.h"
#include "client/record/record_config.h"
#include "common/base/repeat_limiter.h"
#include "client/record/silence_watch.h"
#include "client/record/status_report.h"
#include "client/record/stream_recorder.h"
#include "common/feed/feed_tracker.h"
#include "common/feed/subscriber.h"
#include "proto/feed_decoder.h"

namespace muxtap::record {

/// Receives the feed and hands each stream's packets to its recorder; watches for silence and for what is no feed.
/// A stage: one thread calls `do_work` until it says that it is over, then `finish`.
class Recorder {
public:
    /// Streams beyond this number are refused: a probe gone wrong must not use up memory and folders.
    static constexpr std::size_t most_streams = 4096;

    /// Connects. Checks that the output can be written as far as its name is known already.
    [[nodiscard]] static Result<std::unique_ptr<Recorder>> create(const RecordConfig& config, app::Log& log,
                                                                  OutputOpener& opener);

    /// Records what has come and looks after timers; waits at most this long when there is nothing. False when an end
    /// is reached.
    [[nodiscard]] bool do_work(std::chrono::milliseconds wait);

    /// Closes all files. The error is why the run did not succeed.
    [[nodiscard]] Result<void> finish(EndReason otherwise);

    /// What each stream is doing; rates since the last call.
    [[nodiscard]] std::vector<StreamReport> report(SteadyTime now);
    [[nodiscard]] bool disk_alarm() const noexcept { return context_.alarm.active(); }

private:
    using Key = std::pair<std::string, std::string>;
    struct Stream {
        Stream(RecordingContext& context, const Key& key, SteadyTime now)
            : recorder(context, key.first, key.second), silence(context.config.silence, now) {}

        [[nodiscard]] StreamName name() const noexcept { return {recorder.probe(), recorder.stream()}; }

        StreamRecorder recorder;
        SilenceWatch silence;
        proto::StreamState state = proto::StreamState::waiting;  ///< as the probe says
        std::uint64_t reported_packets = 0;
        RepeatLimiter gaps{std::chrono::seconds{5}};
        RepeatLimiter stale{std::chrono::seconds{30}};
        std::optional<SteadyTime> stale_since;  ///< older messages come, and nothing else
    };

    Recorder(const RecordConfig& config, app::Log& log, OutputOpener& opener,
             std::unique_ptr<feed::Subscriber> subscriber);

    void on_message(std::shared_ptr<feed::ReceivedMessage> message, SteadyTime now);
    void on_batch(const proto::BatchMessage& batch, std::shared_ptr<feed::ReceivedMessage> message, SteadyTime now);
    void on_info(const proto::InfoHeader& info, SteadyTime now);
    void refuse(std::string_view reason, RepeatLimiter& limiter, SteadyTime now);
    [[nodiscard]] Stream* find_stream(std::string_view probe, std::string_view name, SteadyTime now);
    void heard_probe(std::string_view probe, SteadyTime now);
    void heard_packets(Stream& stream, SteadyTime now);
    [[nodiscard]] bool stale(const feed::FeedVerdict& verdict, Stream& stream, std::uint64_t epoch, SteadyTime now);
    void note_gap(Stream& stream, std::uint64_t batches, std::uint64_t packets, SteadyTime now);
    void note_restart(Stream& stream, std::uint64_t epoch, std::uint64_t missed_batches);
    void check_silence(SteadyTime now);
    void tick(SteadyTime now);
    [[nodiscard]] SteadyTime next_due(SteadyTime now) const;
    [[nodiscard]] bool reached_end(SteadyTime now);
    [[nodiscard]] bool all_written() const;
    void wait_for_reader();

    const RecordConfig& config_;
    app::Log& log_;
    RecordingContext context_;
    std::unique_ptr<feed::Subscriber> subscriber_;
    proto::FeedDecoder decoder_;
    feed::FeedTracker tracker_;
    std::map<Key, Stream, std::less<>> streams_;
    std::map<std::string, SilenceWatch, std::less<>> probes_;
    SilenceWatch everything_;
    std::shared_ptr<feed::ReceivedMessage> spare_;
    std::array<RepeatLimiter, proto::feed_reject_count> refusals_;
    RepeatLimiter too_many_{std::chrono::seconds{10}};
    RepeatLimiter second_on_stdout_{std::chrono::minutes{1}};
    std::uint64_t refused_ = 0;
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
