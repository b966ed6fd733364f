#include "client/record/recorder.h"

#include <algorithm>
#include <limits>
#include <thread>

namespace muxtap::record {
namespace {

constexpr int most_messages_at_once = 64;
constexpr std::chrono::milliseconds house_keeping_interval{100};
/// For a reader of standard output that is slow when the run ends.
constexpr std::chrono::milliseconds patience_at_end{500};

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

}  // namespace

Recorder::Recorder(const RecordConfig& config, app::Log& log, OutputOpener& opener,
                   std::unique_ptr<client::FeedFollower> follower)
    : config_(config),
      log_(log),
      context_(config, log, opener),
      follower_(std::move(follower)),
      started_(steady_now()),
      last_report_(started_) {}

Result<std::unique_ptr<Recorder>> Recorder::create(const RecordConfig& config, app::Log& log, service::Health& health,
                                                   OutputOpener& opener) {
    if (auto checked = check_output(config); !checked) return tl::unexpected<Error>(checked.error());
    auto follower = client::FeedFollower::connect(config.feed, log, health);
    if (!follower) return tl::unexpected<Error>(follower.error());
    std::unique_ptr<Recorder> recorder(new Recorder(config, log, opener, std::move(*follower)));
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
        if (!follower_->receive(*this, patience)) break;
        patience = std::chrono::milliseconds{0};
    }
    now = steady_now();
    tick(now);
    return !reached_end(now);
}

void Recorder::on_stream(const client::FollowedStream& followed, SteadyTime /*now*/) {
    streams_.try_emplace(&followed, context_, followed);
}

bool Recorder::may_take(const Stream& stream, SteadyTime now) {
    if (!config_.to_stdout) return true;
    if (on_stdout_ == nullptr) on_stdout_ = &stream;
    if (on_stdout_ == &stream) return true;
    if (second_on_stdout_.note(now)) {
        const client::StreamName name = stream.followed.name();
        log_.warning("stream_left_out",
                     "standard output holds one stream, \"" + on_stdout_->recorder.stream() +
                         "\": others are left out (--stream chooses one)",
                     {{"probe", name.probe}, {"stream", name.stream}});
    }
    return false;
}

void Recorder::on_batch(const client::FollowedStream& followed, const proto::BatchMessage& batch,
                        const std::shared_ptr<feed::ReceivedMessage>& message, const feed::FeedVerdict& verdict,
                        SteadyTime now) {
    const proto::BatchHeader& header = batch.header;
    Stream& stream = streams_.at(&followed);
    if (verdict.kind == feed::FeedVerdict::Kind::new_epoch) {
        const std::uint64_t own_losses = std::min(header.first_packet, header.totals.queue_dropped);
        stream.recorder.losses().on_restart(header.epoch, header.time_ns, header.seq, header.first_packet - own_losses);
    }
    if (!may_take(stream, now)) return;
    const std::uint64_t limit =
        config_.packet_count ? *config_.packet_count - taken_packets_ : std::numeric_limits<std::uint64_t>::max();
    const std::uint64_t before = stream.recorder.totals().packets;
    stream.recorder.on_batch(header, {message, batch.payload}, verdict, limit, now);
    taken_packets_ += stream.recorder.totals().packets - before;
    if (config_.packet_count && taken_packets_ >= *config_.packet_count) end_ = EndReason::packet_count;
    if (stream.recorder.failure()) {
        failure_ = stream.recorder.failure();
        end_ = EndReason::failure;
    }
}

void Recorder::on_info(const client::FollowedStream& followed, const proto::InfoHeader& info,
                       const feed::FeedVerdict& verdict, SteadyTime /*now*/) {
    StreamRecorder& recorder = streams_.at(&followed).recorder;
    if (verdict.kind == feed::FeedVerdict::Kind::new_epoch) {
        recorder.losses().on_restart(info.epoch, info.time_ns, verdict.missing_batches, 0);
    } else if (verdict.kind == feed::FeedVerdict::Kind::gap) {
        recorder.losses().on_lost_batches(verdict.missing_batches, info);
    }
}

void Recorder::tick(SteadyTime now) {
    for (auto& [key, stream] : streams_) {
        stream.recorder.tick(now);
        if (stream.recorder.output_closed()) end_ = EndReason::output_closed;
    }
    if (now < next_house_keeping_) return;
    next_house_keeping_ = now + house_keeping_interval;
    follower_->check_silence(*this, now);
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
    if (!end_ && config_.duration && now - started_ >= *config_.duration) end_ = EndReason::duration;
    if (!end_ && config_.exit_on_end && follower_->all_ended()) end_ = EndReason::end_of_stream;
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
    for (auto& [followed, stream] : streams_) {
        StreamReport report{.probe = stream.recorder.probe(),
                            .stream = stream.recorder.stream(),
                            .state = followed->silent() ? "silent" : proto::name_of(followed->state()),
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

void Recorder::put_counters(counters::Exposition& out) const {
    using counters::Family;
    const auto number = [](std::uint64_t count) { return static_cast<double>(count); };
    follower_->put_counters(out);
    out.about_program();
    out.put(Family::record_disk_alarm, {}, disk_alarm() ? 1 : 0);
    for (const auto& [followed, stream] : streams_) {
        out.about_stream(followed->probe(), followed->stream(), nullptr);
        const StreamTotals& totals = stream.recorder.totals();
        const LossTotals& lost = stream.recorder.lost();
        out.put(Family::recorded_packets, {}, number(totals.packets));
        out.put(Family::recorded_bytes, {}, number(totals.packets * ts::packet_size));
        out.put(Family::recorded_files, {}, number(totals.files));
        out.put(Family::record_disk_dropped, {}, number(totals.disk_dropped));
        out.put(Family::lost, {"network", "rtp_packets"}, number(lost.of(GapCause::network).lost));
        out.put(Family::lost, {"host", "frames"}, number(lost.of(GapCause::kernel).lost));
        out.put(Family::lost, {"probe", "ts_packets"}, number(lost.of(GapCause::probe_queue).lost));
    }
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
        const bool ended = stream.followed.state() == proto::StreamState::ended && reason == EndReason::signal;
        stream.recorder.close(ended ? EndReason::end_of_stream : reason, now);
    }
    std::uint64_t lost = 0;
    for (const auto& [key, stream] : streams_) lost += stream.recorder.totals().disk_dropped;
    if (failure_) return tl::unexpected<Error>(*failure_);
    if (reason == EndReason::output_closed) log_.info("output_closed", "nobody reads standard output any more: ending");
    log_totals(log_, report(now), follower_->refused(), name_of(reason));
    if (lost > 0 && reason != EndReason::output_closed) {
        return fail(std::to_string(lost) +
                    " packets could not be written; the files' gaps of cause \"disk\" name them");
    }
    return {};
}

}  // namespace muxtap::record
