#include "client/record/recorder.h"

#include <algorithm>
#include <limits>
#include <thread>

namespace muxtap::record {
namespace {

constexpr int most_messages_at_once = 64;
constexpr std::chrono::milliseconds house_keeping_interval{100};
/// A probe says something about each of its streams once a second.
constexpr std::chrono::milliseconds shortest_probe_silence{2500};
/// For a reader of standard output that is slow when the run ends.
constexpr std::chrono::milliseconds patience_at_end{500};
const RepeatLimiter refusal_limiter{std::chrono::seconds{10}};

/// How long after a stream's last packets its probe must have been heard to be alive without it.
std::chrono::nanoseconds evidence(std::chrono::nanoseconds silence) {
    return std::min<std::chrono::nanoseconds>(silence, std::chrono::seconds{1}) / 2;
}

/// What is known of the output before the first packet comes.
Result<void> check_output(const RecordConfig& config) {
    if (config.to_stdout) return {};
    if (auto folder = check_folder_writable(config.output.fixed_folder()); !folder) return folder;
    if (!config.output.is_fixed()) return {};
    const std::string& path = config.output.text();
    if (config.existing == ExistingPolicy::fail && highest_existing(path) == 0U) {
        return fail("\"" + path + "\" exists (--existing append, next or overwrite would go on)");
    }
    return check_file_writable(path);
}

template <std::size_t... numbers>
std::array<RepeatLimiter, sizeof...(numbers)> make_refusal_limiters(std::index_sequence<numbers...> /*reasons*/) {
    return {((void)numbers, refusal_limiter)...};
}

}  // namespace

Recorder::Recorder(const RecordConfig& config, app::Log& log, OutputOpener& opener,
                   std::unique_ptr<feed::Subscriber> subscriber)
    : config_(config),
      log_(log),
      context_(config, log, opener),
      subscriber_(std::move(subscriber)),
      everything_(std::max<std::chrono::nanoseconds>(config.silence, shortest_probe_silence), steady_now()),
      refusals_(make_refusal_limiters(std::make_index_sequence<proto::feed_reject_count>{})),
      started_(steady_now()),
      last_report_(started_) {}

Result<std::unique_ptr<Recorder>> Recorder::create(const RecordConfig& config, app::Log& log, OutputOpener& opener) {
    if (auto checked = check_output(config); !checked) return tl::unexpected<Error>(checked.error());
    auto subscriber = feed::Subscriber::connect({.endpoints = config.endpoints,
                                                 .prefixes = topic_prefixes(config.streams),
                                                 .buffer_bytes = config.receive_buffer_bytes});
    if (!subscriber) return tl::unexpected<Error>(subscriber.error());
    std::unique_ptr<Recorder> recorder(new Recorder(config, log, opener, std::move(*subscriber)));
    if (auto scanned = recorder->context_.retention.scan(); !scanned) return tl::unexpected<Error>(scanned.error());
    return recorder;
}

bool Recorder::do_work(std::chrono::milliseconds wait) {
    SteadyTime now = steady_now();
    const auto until_due = std::chrono::ceil<std::chrono::milliseconds>(next_due(now) - now);
    auto patience = std::clamp(until_due, std::chrono::milliseconds{0}, wait);
    // After an end is reached nothing is received any more; what waits is still written.
    if (end_) std::this_thread::sleep_for(patience);
    for (int i = 0; i < most_messages_at_once && !end_; ++i) {
        // A message whose packets wait to be written is theirs; the next one needs another.
        if (!spare_) spare_ = std::make_shared<feed::ReceivedMessage>();
        if (!subscriber_->receive(*spare_, patience)) break;
        patience = std::chrono::milliseconds{0};
        now = steady_now();
        on_message(std::move(spare_), now);
    }
    now = steady_now();
    tick(now);
    return !reached_end(now);
}

void Recorder::on_message(std::shared_ptr<feed::ReceivedMessage> message, SteadyTime now) {
    const auto decoded = decoder_.decode(message->frames());
    if (!decoded) {
        refuse(proto::name_of(decoded.error()), refusals_[static_cast<std::size_t>(decoded.error())], now);
    } else if (const auto* batch = std::get_if<proto::BatchMessage>(&*decoded)) {
        on_batch(*batch, std::move(message), now);
    } else {
        on_info(std::get<proto::InfoHeader>(*decoded), now);
    }
}

void Recorder::refuse(std::string_view reason, RepeatLimiter& limiter, SteadyTime now) {
    ++refused_;
    if (const auto count = limiter.note(now)) log_feed_refused(log_, reason, *count, refused_);
}

Recorder::Stream* Recorder::find_stream(std::string_view probe, std::string_view name, SteadyTime now) {
    const Key key{probe, name};
    const auto found = streams_.find(key);
    if (found != streams_.end()) return &found->second;
    if (!is_chosen(config_.streams, name)) {
        refuse("not_chosen", too_many_, now);
        return nullptr;
    }
    if (streams_.size() >= most_streams) {
        refuse("too_many_streams", too_many_, now);
        return nullptr;
    }
    log_stream_found(log_, {probe, name});
    return &streams_.emplace(key, Stream(context_, key, now)).first->second;
}

void Recorder::heard_probe(std::string_view probe, SteadyTime now) {
    (void)everything_.heard(now);
    auto found = probes_.find(probe);
    if (found == probes_.end()) {
        found = probes_.emplace(std::string{probe}, SilenceWatch(everything_.longest(), now)).first;
    }
    const auto silent_for = found->second.silent_for(now);
    if (found->second.heard(now) == SilenceEvent::came_back) {
        log_probe_back(log_, probe, silent_for);
        for (auto& [key, stream] : streams_) {
            if (key.first == probe) stream.silence.excuse(now);
        }
    }
}

void Recorder::heard_packets(Stream& stream, SteadyTime now) {
    const auto silent_for = stream.silence.silent_for(now);
    if (stream.silence.heard(now) == SilenceEvent::came_back) log_source_back(log_, stream.name(), silent_for);
}

bool Recorder::stale(const feed::FeedVerdict& verdict, Stream& stream, std::uint64_t epoch, SteadyTime now) {
    if (verdict.kind != feed::FeedVerdict::Kind::stale) {
        stream.stale_since.reset();
        return false;
    }
    if (const auto count = stream.stale.note(now)) log_feed_stale(log_, stream.name(), epoch, *count);
    if (!stream.stale_since) stream.stale_since = now;
    // A probe that was restarted after its clock was set back has an earlier epoch. When for a while nothing else
    // comes, it is the only one there is.
    if (now - *stream.stale_since >= config_.silence) {
        tracker_.forget(stream.recorder.probe(), stream.recorder.stream());
        stream.stale_since.reset();
    }
    return true;
}

void Recorder::on_batch(const proto::BatchMessage& batch, std::shared_ptr<feed::ReceivedMessage> message,
                        SteadyTime now) {
    const proto::BatchHeader& header = batch.header;
    Stream* stream = find_stream(header.probe, header.stream, now);
    if (stream == nullptr) return;
    heard_probe(header.probe, now);
    const feed::FeedVerdict verdict = tracker_.on_batch(header);
    if (stale(verdict, *stream, header.epoch, now)) return;
    if (verdict.kind == feed::FeedVerdict::Kind::new_epoch) {
        note_restart(*stream, header.epoch, header.seq);
        const std::uint64_t own_losses = std::min(header.first_packet, header.totals.queue_dropped);
        stream->recorder.losses().on_restart(header.epoch, header.time_ns, header.seq,
                                             header.first_packet - own_losses);
    }
    if (verdict.missing_batches > 0) note_gap(*stream, verdict.missing_batches, verdict.missing_packets, now);
    heard_packets(*stream, now);
    stream->state = proto::StreamState::live;

    if (config_.to_stdout) {
        if (on_stdout_ == nullptr) on_stdout_ = stream;
        if (on_stdout_ != stream) {
            if (second_on_stdout_.note(now)) {
                log_.warning("stream_left_out",
                             "standard output holds one stream, \"" + on_stdout_->recorder.stream() +
                                 "\": others are left out (--stream chooses one)",
                             {{"probe", header.probe}, {"stream", header.stream}});
            }
            return;
        }
    }
    const std::uint64_t limit =
        config_.packet_count ? *config_.packet_count - taken_packets_ : std::numeric_limits<std::uint64_t>::max();
    const std::uint64_t before = stream->recorder.totals().packets;
    stream->recorder.on_batch(header, {std::move(message), batch.payload}, verdict, limit, now);
    taken_packets_ += stream->recorder.totals().packets - before;
    if (config_.packet_count && taken_packets_ >= *config_.packet_count) end_ = EndReason::packet_count;
    if (stream->recorder.failure()) {
        failure_ = stream->recorder.failure();
        end_ = EndReason::failure;
    }
}

void Recorder::on_info(const proto::InfoHeader& info, SteadyTime now) {
    Stream* stream = find_stream(info.probe, info.stream, now);
    if (stream == nullptr) return;
    heard_probe(info.probe, now);
    const feed::FeedVerdict verdict = tracker_.on_info(info);
    if (stale(verdict, *stream, info.epoch, now)) return;
    if (verdict.kind == feed::FeedVerdict::Kind::new_epoch) {
        note_restart(*stream, info.epoch, verdict.missing_batches);
        stream->recorder.losses().on_restart(info.epoch, info.time_ns, verdict.missing_batches, 0);
    }
    if (verdict.kind == feed::FeedVerdict::Kind::gap) {
        note_gap(*stream, verdict.missing_batches, 0, now);
        stream->recorder.losses().on_lost_batches(verdict.missing_batches, info);
    }
    if (info.state == proto::StreamState::ended && stream->state != proto::StreamState::ended) {
        log_source_ended(log_, stream->name(), info.epoch);
    }
    stream->state = info.state;
}

void Recorder::note_gap(Stream& stream, std::uint64_t batches, std::uint64_t packets, SteadyTime now) {
    if (const auto count = stream.gaps.note(now)) log_feed_gap(log_, stream.name(), batches, packets, *count);
}

void Recorder::note_restart(Stream& stream, std::uint64_t epoch, std::uint64_t missed_batches) {
    stream.state = proto::StreamState::waiting;
    log_probe_restarted(log_, stream.name(), epoch, missed_batches);
}

void Recorder::check_silence(SteadyTime now) {
    if (probes_.empty() && everything_.check(now) == SilenceEvent::fell_silent) {
        log_nobody_heard(log_, config_.endpoints, everything_.silent_for(now));
    }
    for (auto& entry : probes_) {
        const std::string& name = entry.first;
        SilenceWatch& probe = entry.second;
        const auto has_ended = [&](const auto& stream) {
            return stream.first.first != name || stream.second.state == proto::StreamState::ended;
        };
        if (std::all_of(streams_.begin(), streams_.end(), has_ended)) probe.excuse(now);
        if (probe.check(now) == SilenceEvent::fell_silent) log_probe_silent(log_, name, probe.silent_for(now));
    }
    for (auto& [key, stream] : streams_) {
        // A stream is silent only if its probe was heard well after the stream's last packets; else the probe is.
        const auto probe = probes_.find(key.first);
        const bool probe_alive =
            probe != probes_.end() && probe->second.last() - stream.silence.last() >= evidence(config_.silence);
        if (stream.state == proto::StreamState::ended) stream.silence.excuse(now);
        if (!probe_alive) continue;
        if (stream.silence.check(now) != SilenceEvent::fell_silent) continue;
        log_source_silent(log_, stream.name(), stream.state, stream.silence.silent_for(now));
    }
}

void Recorder::tick(SteadyTime now) {
    for (auto& [key, stream] : streams_) {
        stream.recorder.tick(now);
        if (stream.recorder.output_closed()) end_ = EndReason::output_closed;
    }
    if (now < next_house_keeping_) return;
    next_house_keeping_ = now + house_keeping_interval;
    check_silence(now);
    std::uint64_t open_bytes = 0;
    for (const auto& [key, stream] : streams_) open_bytes += stream.recorder.open_bytes();
    context_.retention.enforce(unix_now(), now, open_bytes);
}

SteadyTime Recorder::next_due(SteadyTime now) const {
    SteadyTime due = now + house_keeping_interval;
    for (const auto& [key, stream] : streams_) {
        if (const auto at = stream.recorder.next_due()) due = std::min(due, *at);
    }
    return config_.duration ? std::min(due, started_ + *config_.duration) : due;
}

bool Recorder::reached_end(SteadyTime now) {
    const auto ended = [](const auto& entry) { return entry.second.state == proto::StreamState::ended; };
    if (!end_ && config_.duration && now - started_ >= *config_.duration) end_ = EndReason::duration;
    if (!end_ && config_.exit_on_end && !streams_.empty() && std::all_of(streams_.begin(), streams_.end(), ended)) {
        end_ = EndReason::end_of_stream;
    }
    if (!end_) return false;
    if (end_since_ == SteadyTime{}) end_since_ = now;
    for (auto& [key, stream] : streams_) stream.recorder.write_all(now);
    // A slow reader or a full disk may still take what waits; a time that was asked for is not drawn out for that.
    const bool hurry = *end_ == EndReason::failure || *end_ == EndReason::output_closed ||
                       (*end_ == EndReason::duration && now - end_since_ > patience_at_end);
    return hurry || all_written();
}

bool Recorder::all_written() const {
    return std::none_of(streams_.begin(), streams_.end(),
                        [](const auto& entry) { return entry.second.recorder.waiting(); });
}

std::vector<StreamReport> Recorder::report(SteadyTime now) {
    const double seconds = std::chrono::duration<double>(now - last_report_).count();
    last_report_ = now;
    std::vector<StreamReport> reports;
    for (auto& [key, stream] : streams_) {
        StreamReport report{.probe = key.first,
                            .stream = key.second,
                            .state = stream.silence.silent() ? "silent" : proto::name_of(stream.state),
                            .path = stream.recorder.current_path(),
                            .totals = stream.recorder.totals(),
                            .lost = stream.recorder.lost()};
        const std::uint64_t packets = report.totals.packets + report.totals.disk_dropped;
        const auto bits = static_cast<double>((packets - stream.reported_packets) * ts::packet_size * 8);
        if (seconds > 0) report.bits_per_second = bits / seconds;
        stream.reported_packets = packets;
        reports.push_back(std::move(report));
    }
    return reports;
}

void Recorder::wait_for_reader() {
    const SteadyTime deadline = steady_now() + patience_at_end;
    for (auto& [key, stream] : streams_) stream.recorder.write_all(steady_now());
    for (SteadyTime now = steady_now(); !all_written() && now < deadline; now = steady_now()) {
        tick(now);
        if (end_ == EndReason::output_closed) return;
        std::this_thread::sleep_for(std::chrono::milliseconds{2});
    }
}

Result<void> Recorder::finish(EndReason otherwise) {
    const EndReason reason = end_.value_or(otherwise);
    if (config_.to_stdout && reason != EndReason::output_closed) wait_for_reader();
    const SteadyTime now = steady_now();
    for (auto& [key, stream] : streams_) {
        const bool ended = stream.state == proto::StreamState::ended && reason == EndReason::signal;
        stream.recorder.close(ended ? EndReason::end_of_stream : reason, now);
    }
    std::uint64_t lost = 0;
    for (const auto& [key, stream] : streams_) lost += stream.recorder.totals().disk_dropped;
    if (failure_) return tl::unexpected<Error>(*failure_);
    if (reason == EndReason::output_closed) log_.info("output_closed", "nobody reads standard output any more: ending");
    log_totals(log_, report(now), refused_, name_of(reason));
    if (lost > 0 && reason != EndReason::output_closed) {
        return fail(std::to_string(lost) +
                    " packets could not be written; the files' gaps of cause \"disk\" name them");
    }
    return {};
}

}  // namespace muxtap::record
