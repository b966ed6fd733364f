#include "client/feed/feed_follower.h"

#include <algorithm>

#include "common/counters/capture_series.h"

namespace muxtap::client {
namespace {

/// A probe says something about each of its streams once a second.
constexpr std::chrono::milliseconds shortest_probe_silence{2500};
const RepeatLimiter refusal_limiter{std::chrono::seconds{10}};

/// How long after a stream's last packets its probe must have been heard to be alive without it.
std::chrono::nanoseconds evidence(std::chrono::nanoseconds silence) {
    return std::min<std::chrono::nanoseconds>(silence, std::chrono::seconds{1}) / 2;
}

template <std::size_t... numbers>
std::array<RepeatLimiter, sizeof...(numbers)> make_refusal_limiters(std::index_sequence<numbers...> /*reasons*/) {
    return {((void)numbers, refusal_limiter)...};
}

void put_state(const FollowedStream& stream, bool probe_silent, counters::Exposition& out) {
    const bool ended = stream.state() == proto::StreamState::ended;
    const std::string_view now = ended             ? "ended"
                                 : probe_silent    ? "probe_silent"
                                 : stream.silent() ? "silent"
                                                   : proto::name_of(stream.state());
    counters::put_state(counters::stream_states, now, out);
}

}  // namespace

FeedFollower::FeedFollower(const FeedSelection& selection, app::Log& log, service::Health& health)
    : selection_(selection),
      log_(log),
      health_(health),
      everything_(std::max<std::chrono::nanoseconds>(selection.silence, shortest_probe_silence), steady_now()),
      refusals_(make_refusal_limiters(std::make_index_sequence<proto::feed_reject_count>{})) {
    health_.expect_feed(everything_.longest());
}

Result<std::unique_ptr<FeedFollower>> FeedFollower::connect(const FeedSelection& selection, app::Log& log,
                                                            service::Health& health, Receiving receiving) {
    auto subscriber = feed::Subscriber::connect({.endpoints = selection.endpoints,
                                                 .prefixes = topic_prefixes(selection.streams),
                                                 .buffer_bytes = selection.receive_buffer_bytes});
    if (!subscriber) return tl::unexpected<Error>(subscriber.error());
    std::unique_ptr<FeedFollower> follower(new FeedFollower(selection, log, health));
    if (receiving == Receiving::ahead) {
        follower->queue_ = std::make_unique<ReceiveQueue>(std::move(*subscriber), selection.receive_buffer_bytes);
    } else {
        follower->subscriber_ = std::move(*subscriber);
    }
    return follower;
}

bool FeedFollower::receive(FeedHandler& handler, std::chrono::milliseconds wait) {
    if (queue_) {
        const auto message = queue_->take(wait);
        if (message) on_message(message, handler, steady_now());
        return message != nullptr;
    }
    // A message whose packets a handler keeps is its; the next one needs another.
    if (!spare_ || spare_.use_count() > 1) spare_ = std::make_shared<feed::ReceivedMessage>();
    if (!subscriber_->receive(*spare_, wait)) return false;
    on_message(spare_, handler, steady_now());
    return true;
}

void FeedFollower::on_message(const std::shared_ptr<feed::ReceivedMessage>& message, FeedHandler& handler,
                              SteadyTime now) {
    const auto decoded = decoder_.decode(message->frames());
    if (!decoded) {
        refuse(proto::name_of(decoded.error()), refusals_[static_cast<std::size_t>(decoded.error())], now);
    } else if (const auto* batch = std::get_if<proto::BatchMessage>(&*decoded)) {
        on_batch(*batch, message, handler, now);
    } else {
        on_info(std::get<proto::InfoHeader>(*decoded), handler, now);
    }
}

void FeedFollower::refuse(std::string_view reason, RepeatLimiter& limiter, SteadyTime now) {
    ++refused_;
    if (const auto count = limiter.note(now)) log_feed_refused(log_, reason, *count, refused_);
}

FollowedStream* FeedFollower::find_stream(std::string_view probe, std::string_view name, FeedHandler& handler,
                                          SteadyTime now) {
    const auto found = streams_.find(Key{probe, name});
    if (found != streams_.end()) return &found->second;
    if (!is_chosen(selection_.streams, name)) {
        refuse("not_chosen", left_out_, now);
        return nullptr;
    }
    if (streams_.size() >= most_streams) {
        refuse("too_many_streams", left_out_, now);
        return nullptr;
    }
    log_stream_found(log_, {probe, name});
    FollowedStream& stream = streams_.try_emplace(Key{probe, name}, probe, name, selection_.silence, now).first->second;
    handler.on_stream(stream, now);
    return &stream;
}

void FeedFollower::heard_probe(std::string_view probe, FeedHandler& handler, SteadyTime now) {
    (void)everything_.heard(now);
    health_.heard(now);
    auto found = probes_.find(probe);
    if (found == probes_.end()) {
        found = probes_.emplace(std::string{probe}, SilenceWatch(everything_.longest(), now)).first;
    }
    const auto silent_for = found->second.silent_for(now);
    if (found->second.heard(now) != SilenceEvent::came_back) return;
    log_probe_back(log_, probe, silent_for);
    handler.on_probe_silence(probe, false, silent_for, now);
    for (auto& [key, stream] : streams_) {
        if (key.first == probe) stream.silence_.excuse(now);
    }
}

bool FeedFollower::stale(const feed::FeedVerdict& verdict, FollowedStream& stream, std::uint64_t epoch,
                         SteadyTime now) {
    if (verdict.kind != feed::FeedVerdict::Kind::stale) {
        stream.stale_since_.reset();
        return false;
    }
    if (const auto count = stream.stale_.note(now)) log_feed_stale(log_, stream.name(), epoch, *count);
    if (!stream.stale_since_) stream.stale_since_ = now;
    // A probe that was restarted after its clock was set back has an earlier epoch. When for a while nothing else
    // comes, it is the only one there is.
    if (now - *stream.stale_since_ >= selection_.silence) {
        tracker_.forget(stream.probe_, stream.stream_);
        stream.stale_since_.reset();
    }
    return true;
}

void FeedFollower::tell(const feed::FeedVerdict& verdict, FollowedStream& stream, std::uint64_t epoch,
                        std::uint64_t before, SteadyTime now) {
    stream.counts_.lost_batches += verdict.missing_batches;
    stream.counts_.lost_packets += verdict.missing_packets;
    if (verdict.kind == feed::FeedVerdict::Kind::new_epoch) {
        ++stream.counts_.probe_restarts;
        stream.state_ = proto::StreamState::waiting;
        log_probe_restarted(log_, stream.name(), epoch, before);
    } else if (verdict.missing_batches > 0) {
        if (const auto count = stream.gaps_.note(now)) {
            log_feed_gap(log_, stream.name(), verdict.missing_batches, verdict.missing_packets, *count);
        }
    }
}

void FeedFollower::on_batch(const proto::BatchMessage& batch, const std::shared_ptr<feed::ReceivedMessage>& message,
                            FeedHandler& handler, SteadyTime now) {
    const proto::BatchHeader& header = batch.header;
    FollowedStream* stream = find_stream(header.probe, header.stream, handler, now);
    if (stream == nullptr) return;
    heard_probe(header.probe, handler, now);
    const feed::FeedVerdict verdict = tracker_.on_batch(header);
    if (stale(verdict, *stream, header.epoch, now)) return;
    tell(verdict, *stream, header.epoch, header.seq, now);
    const auto silent_for = stream->silence_.silent_for(now);
    if (stream->silence_.heard(now) == SilenceEvent::came_back) log_source_back(log_, stream->name(), silent_for);
    stream->state_ = proto::StreamState::live;
    ++stream->counts_.batches;
    stream->counts_.packets += header.packets;
    handler.on_batch(*stream, batch, message, verdict, now);
}

void FeedFollower::on_info(const proto::InfoHeader& info, FeedHandler& handler, SteadyTime now) {
    FollowedStream* stream = find_stream(info.probe, info.stream, handler, now);
    if (stream == nullptr) return;
    heard_probe(info.probe, handler, now);
    const feed::FeedVerdict verdict = tracker_.on_info(info);
    if (stale(verdict, *stream, info.epoch, now)) return;
    tell(verdict, *stream, info.epoch, verdict.missing_batches, now);
    if (info.state == proto::StreamState::ended && stream->state_ != proto::StreamState::ended) {
        log_source_ended(log_, stream->name(), info.epoch);
    }
    handler.on_info(*stream, info, verdict, now);
    stream->state_ = info.state;
}

void FeedFollower::check_silence(FeedHandler& handler, SteadyTime now) {
    if (probes_.empty() && everything_.check(now) == SilenceEvent::fell_silent) {
        log_nobody_heard(log_, selection_.endpoints, everything_.silent_for(now));
    }
    for (auto& entry : probes_) {
        const std::string& name = entry.first;
        SilenceWatch& probe = entry.second;
        const auto has_ended = [&](const auto& stream) {
            return stream.first.first != name || stream.second.state_ == proto::StreamState::ended;
        };
        if (std::all_of(streams_.begin(), streams_.end(), has_ended)) probe.excuse(now);
        if (probe.check(now) != SilenceEvent::fell_silent) continue;
        log_probe_silent(log_, name, probe.silent_for(now));
        handler.on_probe_silence(name, true, probe.silent_for(now), now);
    }
    for (auto& entry : streams_) check_stream(entry.second, now);
}

void FeedFollower::check_stream(FollowedStream& stream, SteadyTime now) {
    // A stream is silent only if its probe was heard well after the stream's last packets; else the probe is.
    const auto probe = probes_.find(stream.probe_);
    const bool probe_alive =
        probe != probes_.end() && probe->second.last() - stream.silence_.last() >= evidence(selection_.silence);
    if (stream.state_ == proto::StreamState::ended) stream.silence_.excuse(now);
    if (!probe_alive || stream.silence_.check(now) != SilenceEvent::fell_silent) return;
    log_source_silent(log_, stream.name(), stream.state_, stream.silence_.silent_for(now));
}

bool FeedFollower::all_ended() const noexcept {
    const auto ended = [](const auto& entry) { return entry.second.state_ == proto::StreamState::ended; };
    return !streams_.empty() && std::all_of(streams_.begin(), streams_.end(), ended);
}

bool FeedFollower::probe_silent(std::string_view probe) const noexcept {
    const auto found = probes_.find(probe);
    return found != probes_.end() && found->second.silent();
}

void FeedFollower::put_counters(counters::Exposition& out) const {
    using counters::Family;
    const auto number = [](std::uint64_t count) { return static_cast<double>(count); };
    out.about_program();
    out.put(Family::worker_streams, {}, number(streams_.size()));
    out.put(Family::worker_refused, {}, number(refused_));
    out.put(Family::worker_queue, {}, number(waiting_bytes()));
    for (const auto& [key, stream] : streams_) {
        out.about_stream(stream.probe_, stream.stream_, nullptr);
        const FeedCounts& counts = stream.counts_;
        out.put(Family::feed_batches, {}, number(counts.batches));
        out.put(Family::feed_packets, {}, number(counts.packets));
        out.put(Family::feed_probe_restarts, {}, number(counts.probe_restarts));
        out.put(Family::lost, {"feed", "batches"}, number(counts.lost_batches));
        out.put(Family::lost, {"feed", "ts_packets"}, number(counts.lost_packets));
        put_state(stream, probe_silent(stream.probe_), out);
    }
}

}  // namespace muxtap::client
