#include "client/frames/frames_worker.h"

#include <algorithm>

namespace muxtap::frames {
namespace {

constexpr int most_messages_at_once = 64;
constexpr std::chrono::milliseconds house_keeping_interval{100};

}  // namespace

FramesWorker::FramesWorker(const FramesConfig& config, app::Log& log, std::unique_ptr<client::FeedFollower> follower,
                           std::unique_ptr<OutputSet> outputs)
    : config_(config),
      log_(log),
      follower_(std::move(follower)),
      outputs_(std::move(outputs)),
      identity_{.name = config.worker, .epoch = static_cast<std::uint64_t>(to_unix_ns(unix_now()))},
      next_event_(identity_.epoch / 1000),
      started_(steady_now()) {}

FramesWorker::~FramesWorker() = default;

bool FramesWorker::do_work(std::chrono::milliseconds wait) {
    auto patience = std::min(wait, house_keeping_interval);
    for (int i = 0; i < most_messages_at_once && follower_->receive(*this, patience); ++i) {
        patience = std::chrono::milliseconds{0};
    }
    const SteadyTime now = steady_now();
    if (now >= next_house_keeping_) house_keeping(now);
    if (config_.duration && now - started_ >= *config_.duration) return false;
    if (outputs_->closed()) return false;
    return !(config_.exit_on_end && follower_->all_ended() && all_ended(now));
}

void FramesWorker::house_keeping(SteadyTime now) {
    next_house_keeping_ = now + house_keeping_interval;
    follower_->check_silence(*this, now);
    for (const auto& [followed, stream] : streams_) stream->check(now);
}

bool FramesWorker::all_ended(SteadyTime now) const {
    return std::all_of(streams_.begin(), streams_.end(),
                       [now](const auto& stream) { return stream.second->ended(now); });
}

void FramesWorker::on_stream(const client::FollowedStream& followed, SteadyTime /*now*/) {
    auto reporter =
        std::make_unique<StreamReporter>(followed.probe(), followed.stream(), identity_, *outputs_, next_event_);
    streams_[&followed] = std::make_unique<StreamDecoding>(config_, log_, std::move(reporter));
}

void FramesWorker::on_batch(const client::FollowedStream& followed, const proto::BatchMessage& batch,
                            const std::shared_ptr<feed::ReceivedMessage>& message, const feed::FeedVerdict& verdict,
                            SteadyTime now) {
    streams_.at(&followed)->on_batch(batch, message, verdict, now);
}

void FramesWorker::on_info(const client::FollowedStream& followed, const proto::InfoHeader& info,
                           const feed::FeedVerdict& verdict, SteadyTime now) {
    streams_.at(&followed)->on_info(info, verdict, now);
}

void FramesWorker::put_counters(counters::Exposition& out) const {
    follower_->put_counters(out);
    for (const auto& [followed, stream] : streams_) {
        out.about_stream(followed->probe(), followed->stream(), nullptr);
        stream->put_counters(out);
    }
    out.about_program();
    outputs_->put_counters(out);
}

Result<void> FramesWorker::finish(std::chrono::milliseconds patience) {
    for (const auto& [followed, stream] : streams_) stream->end(steady_now());
    const SteadyTime give_up = steady_now() + patience;
    while (!all_ended(steady_now()) && steady_now() < give_up) {
        std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }
    streams_.clear();
    return outputs_->finish(patience);
}

}  // namespace muxtap::frames
