#include "client/metrics/metrics_worker.h"

#include <algorithm>

#include "client/delivery/finish_sinks.h"
#include "client/delivery/sink_series.h"
#include "common/service/process_figures.h"

namespace muxtap::metrics {
namespace {

using Kind = feed::FeedVerdict::Kind;

constexpr int most_messages_at_once = 64;
constexpr std::chrono::milliseconds house_keeping_interval{100};

}  // namespace

MetricsWorker::MetricsWorker(const MetricsConfig& config, app::Log& log, std::unique_ptr<client::FeedFollower> follower,
                             std::vector<std::unique_ptr<SinkQueue>> sinks)
    : config_(config),
      log_(log),
      follower_(std::move(follower)),
      sinks_(std::move(sinks)),
      identity_{.name = config.worker, .epoch = static_cast<std::uint64_t>(to_unix_ns(unix_now()))},
      next_event_(identity_.epoch / 1000),
      clock_(config.interval, unix_now()),
      started_(steady_now()) {
    for (const std::string& path : config.watch_files) log_files_.emplace_back(path, log);
}

bool MetricsWorker::do_work(std::chrono::milliseconds wait) {
    const auto until_due = std::chrono::ceil<std::chrono::milliseconds>(clock_.next() - unix_now());
    auto patience = std::clamp(until_due, std::chrono::milliseconds{0}, std::min(wait, house_keeping_interval));
    for (int i = 0; i < most_messages_at_once && follower_->receive(*this, patience); ++i) {
        patience = std::chrono::milliseconds{0};
        if (unix_now() >= clock_.next()) break;
    }
    while (const auto end = clock_.ended(unix_now())) make_records(*end);
    const SteadyTime now = steady_now();
    if (now >= next_house_keeping_) house_keeping(now);
    return !reached_end(now);
}

void MetricsWorker::house_keeping(SteadyTime now) {
    next_house_keeping_ = now + house_keeping_interval;
    follower_->check_silence(*this, now);
    for (LogFollower& file : log_files_) {
        file.poll([&](std::string_view line) {
            last_log_line_ = line;
            client::EventRecord event;
            event.worker_event = client::WorkerEvent::log_line;
            event.event.time = unix_now();
            event.event.text = last_log_line_;
            event.file = file.path();
            tell(std::move(event));
        });
    }
}

bool MetricsWorker::reached_end(SteadyTime now) const {
    if (config_.duration && now - started_ >= *config_.duration) return true;
    if (std::all_of(sinks_.begin(), sinks_.end(), [](const auto& sink) { return sink->closed(); })) return true;
    return config_.exit_on_end && last_records_made_ && follower_->all_ended();
}

void MetricsWorker::on_stream(const client::FollowedStream& followed, SteadyTime /*now*/) {
    Stream& stream = streams_
                         .try_emplace(&followed, Stream{{config_.analyzer, followed.probe(), followed.stream(),
                                                         config_.format == RecordFormat::rsprobe}})
                         .first->second;
    tell(client::WorkerEvent::stream_found, &stream.watch, "stream found");
}

void MetricsWorker::on_batch(const client::FollowedStream& followed, const proto::BatchMessage& batch,
                             const std::shared_ptr<feed::ReceivedMessage>& /*message*/,
                             const feed::FeedVerdict& verdict, SteadyTime /*now*/) {
    Stream& stream = streams_.at(&followed);
    stream.ended = {};
    stream.watch.on_batch(batch, verdict, unix_now());
    tell_verdict(stream.watch, verdict);
    tell_findings(stream.watch);
}

void MetricsWorker::on_info(const client::FollowedStream& followed, const proto::InfoHeader& info,
                            const feed::FeedVerdict& verdict, SteadyTime now) {
    note_host(info);
    Stream& stream = streams_.at(&followed);
    stream.watch.on_info(info, verdict, unix_now());
    tell_verdict(stream.watch, verdict);
    tell_findings(stream.watch);
    const bool ended = info.state == proto::StreamState::ended;
    if (ended && stream.ended == SteadyTime{}) {
        stream.ended = now;
        last_records_made_ = false;
        tell(client::WorkerEvent::stream_ended, &stream.watch, "stream ended");
    } else if (!ended) {
        stream.ended = {};
    }
}

void MetricsWorker::on_probe_silence(std::string_view probe, bool silent, std::chrono::nanoseconds silent_for,
                                     SteadyTime /*now*/) {
    client::EventRecord event;
    event.worker_event = silent ? client::WorkerEvent::probe_silent : client::WorkerEvent::probe_back;
    event.identity.probe = probe;
    event.event.time = unix_now();
    event.event.text = silent ? "nothing of the probe for " + client::seconds_text(silent_for) + ", not even its status"
                              : "the probe is heard again after " + client::seconds_text(silent_for);
    tell(std::move(event));
}

void MetricsWorker::note_host(const proto::InfoHeader& info) {
    if (info.host == nullptr) return;
    auto found = hosts_.find(info.probe);
    if (found == hosts_.end()) found = hosts_.try_emplace(std::string{info.probe}).first;
    auto& host = found->second;
    if (!host || host->time != info.host->time) host = std::make_shared<const proto::HostFigures>(*info.host);
}

void MetricsWorker::tell_verdict(StreamWatch& watch, const feed::FeedVerdict& verdict) {
    if (verdict.kind == Kind::new_epoch) {
        tell(client::WorkerEvent::probe_restarted, &watch, "the probe was restarted", verdict.missing_batches);
    } else if (verdict.kind == Kind::gap && (verdict.missing_batches > 0 || verdict.missing_packets > 0)) {
        tell(client::WorkerEvent::feed_loss, &watch,
             std::to_string(verdict.missing_batches) + " batches of the feed (" +
                 (verdict.missing_packets > 0 ? std::to_string(verdict.missing_packets) : "not known how many") +
                 " packets) did not reach this worker",
             verdict.missing_packets);
    }
}

void MetricsWorker::tell_findings(StreamWatch& watch) {
    for (analyzer::Event& found : watch.events()) {
        client::EventRecord event;
        event.identity = {.probe = watch.probe(), .stream = watch.stream(), .epoch = watch.epoch(), .seq = 0};
        event.event = std::move(found);
        tell(std::move(event));
    }
}

void MetricsWorker::tell(client::WorkerEvent kind, const StreamWatch* watch, std::string text, std::uint64_t count) {
    client::EventRecord event;
    event.worker_event = kind;
    event.identity = {.probe = watch->probe(), .stream = watch->stream(), .epoch = watch->epoch(), .seq = 0};
    event.event.time = unix_now();
    event.event.text = std::move(text);
    event.event.count = count;
    tell(std::move(event));
}

void MetricsWorker::tell(client::EventRecord event) {
    event.identity.seq = next_event_++;
    event.worker = identity_;
    send(std::move(event));
}

void MetricsWorker::send(Record::Content content) {
    const auto record = std::make_shared<const Record>(std::move(content), config_.format);
    for (const auto& sink : sinks_) sink->offer(record);
}

WorkerFigures MetricsWorker::figures() const {
    WorkerFigures figures;
    figures.version = MUXTAP_VERSION;
    figures.streams = streams_.size();
    figures.refused_messages = follower_->refused();
    figures.queue_bytes = follower_->waiting_bytes();
    figures.cpu_time = service::process_cpu_time();
    figures.resident_bytes = service::process_resident_bytes();
    for (const auto& sink : sinks_) figures.sinks.push_back(sink->figures());
    return figures;
}

void MetricsWorker::make_records(UnixTime end) {
    const WorkerFigures common = figures();
    const SteadyTime now = steady_now();
    for (auto& [followed, stream] : streams_) {
        if (stream.ended != SteadyTime{} && now - stream.ended > after_end) continue;
        IntervalRecord record;
        stream.watch.describe(record);
        record.identity.seq = clock_.number_of(end);
        record.worker = identity_;
        record.time = end;
        record.interval = clock_.interval();
        if (const auto host = hosts_.find(followed->probe()); host != hosts_.end()) record.host = host->second;
        if (record.phase != StreamPhase::ended && follower_->probe_silent(followed->probe())) {
            record.phase = StreamPhase::probe_silent;
        }
        WorkerFigures own = common;
        own.lag = stream.watch.lag();
        own.lag_max = stream.watch.take_lag_max();
        own.late = unix_now() - end;
        record.figures = std::make_shared<const WorkerFigures>(std::move(own));
        record.last_log_line = last_log_line_;
        send(std::move(record));
    }
    last_log_line_.clear();
    last_records_made_ = true;
}

void MetricsWorker::put_counters(counters::Exposition& out) const {
    follower_->put_counters(out);
    out.about_program();
    for (const auto& sink : sinks_) delivery::put_sink(sink->figures(), out);
}

Result<void> MetricsWorker::finish(std::chrono::milliseconds patience) {
    return delivery::finish_sinks(sinks_, patience, log_);
}

}  // namespace muxtap::metrics
