#include "client/record/stream_recorder.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>

#include "client/record/sidecar.h"

namespace muxtap::record {
namespace {

std::string absolute_output(const RecordConfig& config) {
    if (config.to_stdout) return "-";
    return std::filesystem::absolute(config.output.text()).lexically_normal().string();
}

std::string source_text(const proto::SourceAddress& source) {
    if (source.dst_ip.empty()) return std::string{source.interface};
    std::string text = source.dst_ip.find(':') == std::string_view::npos ? std::string{source.dst_ip}
                                                                         : "[" + std::string{source.dst_ip} + "]";
    text.append(":").append(std::to_string(source.dst_port)).append("/").append(name_of(source.encapsulation));
    if (!source.interface.empty()) text.append(" on ").append(source.interface);
    if (source.vlan != 0) text.append(" VLAN ").append(std::to_string(source.vlan));
    return text;
}

/// Errors that another attempt may not meet; the others are the operator's to repair before a start.
bool may_pass(int error) noexcept {
    return error == ENOSPC || error == EDQUOT || error == EIO || error == EMFILE || error == ENFILE || error == ENOMEM;
}

constexpr std::chrono::milliseconds slow_reader_retry{5};

}  // namespace

RecordingContext::RecordingContext(const RecordConfig& given, app::Log& the_log, OutputOpener& the_opener)
    : config(given),
      log(the_log),
      opener(the_opener),
      budget(given.feed.receive_buffer_bytes),
      alarm(the_log),
      chooser(given.existing),
      names(given.output),
      retention(
          given.retention,
          {.folder = given.output.fixed_folder(), .output = absolute_output(given), .streams = given.feed.streams},
          the_log),
      output(absolute_output(given)) {}

StreamRecorder::StreamRecorder(RecordingContext& context, std::string probe, std::string stream)
    : context_(context), probe_(std::move(probe)), stream_(std::move(stream)) {
    if (context.config.segment) cutter_.emplace(*context.config.segment, context.config.segment_wait);
}

void StreamRecorder::on_batch(const proto::BatchHeader& header, const PacketSlice& payload,
                              const feed::FeedVerdict& verdict, std::uint64_t limit, SteadyTime now) {
    const TimedPackets packets(payload.packets, header.time_ns, header.datagrams);
    losses_.on_batch(header, verdict, packets.first_time());
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(packets.count(), limit));
    for (std::size_t from = 0; from < count && !failure_ && !output_closed_;) {
        if (!file_) begin_file(header, packets, from, now);
        std::size_t to = count;
        // A file that cannot be written is not cut: what waits in memory belongs into it.
        if (cutter_ && !retry_at_ && now >= next_cut_) to = std::min(cutter_->find_cut(packets, from), count);
        if (to > from) take(header, packets, from, to, payload, now);
        if (to < count && !cut(header, packets, to, now)) next_cut_ = now + context_.config.file.disk_retry;
        from = to;
    }
}

void StreamRecorder::take(const proto::BatchHeader& header, const TimedPackets& packets, std::size_t from,
                          std::size_t to, const PacketSlice& payload, SteadyTime now) {
    losses_.settle(file_->account(), file_->taken_packets());
    const PacketSlice slice{payload.owner, packets.slice(from, to)};
    const std::uint64_t count = to - from;
    bool taken = file_->add(slice, now);
    if (!taken && !retry_at_) {
        // Another stream's disk is full and holds all memory: this one's is not, so its packets need none.
        taken = file_->add(slice, now, true);
    }
    FileAccount& account = file_->account();
    if (taken) {
        totals_.packets += count;
        account.ended = to == packets.count() ? packets.last_time() : packets.time_of(to - 1);
        account.last_seq = header.seq;
    } else {
        file_->drop(count, packets.time_of(from), header.seq);
        totals_.disk_dropped += count;
        context_.alarm.dropped(file_->path(), count, now);
    }
    if (!retry_at_ && file_->due(now)) write(now);
}

std::unique_ptr<RecordingFile> StreamRecorder::new_file(const proto::BatchHeader& header, const TimedPackets& packets,
                                                        std::size_t from) const {
    FileAccount account;
    account.output = context_.output;
    account.stream = stream_;
    account.probe = probe_;
    account.source = source_text(header.source);
    account.epoch = header.epoch;
    account.started = packets.time_of(from);
    account.ended = account.started;
    account.first_seq = header.seq;
    account.last_seq = header.seq;
    account.first_packet = header.first_packet + from;
    return std::make_unique<RecordingFile>(context_.config.file, context_.budget, std::move(account));
}

Result<void, OpenError> StreamRecorder::open(RecordingFile& file) {
    if (context_.config.to_stdout) {
        file.attach("standard output", open_stdout(), {});
        ++totals_.files;
        return {};
    }
    if (!suffix_) suffix_ = context_.names.suffix_for({.stream = stream_, .probe = probe_});
    const std::string wanted = client::with_suffix(
        context_.config.output.format({.stream = stream_, .probe = probe_}, file.account().started), *suffix_);
    file.aim(wanted);
    const auto plan = context_.chooser.choose(wanted, [this](const std::string& path) {
        const auto summary = read_sidecar(sidecar_path(path));
        return !summary || (summary->stream == stream_ && summary->probe == probe_);
    });
    if (!plan) return tl::unexpected<OpenError>(OpenError{EEXIST, plan.error().message});
    auto output = context_.opener.open(plan->path, plan->mode);
    if (!output) return tl::unexpected<OpenError>(output.error());

    context_.chooser.opened(wanted, plan->path);
    context_.retention.forget(plan->path);
    ++totals_.files;
    std::vector<std::string> earlier;
    const std::uint64_t there = (*output)->start_bytes();
    if (there > 0) {
        if (auto summary = read_sidecar(sidecar_path(plan->path))) earlier = std::move(summary->recordings);
    }
    if (const std::uint64_t torn = (*output)->torn_bytes(); torn > 0) {
        context_.log.warning("torn_packet_cut",
                             "\"" + plan->path + "\" ended inside a packet: the piece of it was cut off",
                             {{"path", std::string_view{plan->path}}, {"bytes", torn}});
    }
    context_.log.info("file_opened", (there > 0 ? "appending to \"" : "writing \"") + plan->path + "\"",
                      {{"stream", std::string_view{stream_}},
                       {"probe", std::string_view{probe_}},
                       {"bytes", there},
                       {"path", std::string_view{plan->path}}});
    file.attach(plan->path, std::move(*output), std::move(earlier));
    return {};
}

void StreamRecorder::begin_file(const proto::BatchHeader& header, const TimedPackets& packets, std::size_t from,
                                SteadyTime now) {
    file_ = new_file(header, packets, from);
    if (cutter_) cutter_->begin(packets.time_of(from));
    if (auto opened = open(*file_); !opened) {
        if (totals_.files == 0 && !may_pass(opened.error().number)) {
            failure_ = Error{opened.error().message};
            return;
        }
        write_failed(opened.error().number, now);
    }
}

bool StreamRecorder::cut(const proto::BatchHeader& header, const TimedPackets& packets, std::size_t from,
                         SteadyTime now) {
    // The next file is opened before this one is closed: when that fails, recording goes on here.
    auto next = new_file(header, packets, from);
    write(now);
    if (retry_at_) return false;
    if (auto opened = open(*next); !opened) {
        if (!unopened_) unopened_ = next->path();
        context_.alarm.failed(*unopened_, opened.error().number, now);
        return false;
    }
    cut_succeeded(now);
    finish_file(EndReason::segment, now);
    file_ = std::move(next);
    cutter_->begin(packets.time_of(from));
    return true;
}

void StreamRecorder::cut_succeeded(SteadyTime now) {
    if (unopened_) context_.alarm.recovered(*unopened_, now);
    unopened_.reset();
}

void StreamRecorder::finish_file(EndReason reason, SteadyTime now) {
    const std::uint64_t lost = file_->close(reason);
    if (lost > 0) {
        totals_.disk_dropped += lost;
        totals_.packets -= lost;
        context_.log.error("disk_dropped", "\"" + file_->path() + "\" could not be written to the end",
                           {{"path", std::string_view{file_->path()}}, {"disk_dropped_packets", lost}});
    }
    report_trouble(now);
    context_.alarm.given_up(file_->path());
    retry_at_.reset();
    if (file_->attached() && file_->is_regular() && !file_->is_removed()) {
        context_.retention.add({.path = file_->path(),
                                .bytes = file_->file_bytes(),
                                .started = file_->account().started,
                                .ended = file_->account().ended});
    }
    file_.reset();
}

void StreamRecorder::write(SteadyTime now) {
    if (!file_->attached()) {
        const std::string wanted = file_->path();
        if (auto opened = open(*file_); !opened) return write_failed(opened.error().number, now);
        if (file_->path() != wanted) context_.alarm.recovered(wanted, now);
    }
    int error = file_->write();
    while ((error == ENOSPC || error == EDQUOT) && context_.retention.make_room()) error = file_->write();
    if (error != 0) return write_failed(error, now);
    if (retry_at_) {
        context_.alarm.recovered(file_->path(), now);
        retry_at_.reset();
    }
    file_->flush();
}

void StreamRecorder::write_failed(int error, SteadyTime now) {
    if (error == EPIPE) {
        output_closed_ = true;
        return;
    }
    const bool slow_reader = error == EAGAIN && file_->attached();
    if (!slow_reader) context_.alarm.failed(file_->path(), error, now);
    retry_at_ = now + (slow_reader ? slow_reader_retry : context_.config.file.disk_retry);
}

void StreamRecorder::tick(SteadyTime now) {
    if (!file_ || failure_ || output_closed_) return;
    if (retry_at_ ? now >= *retry_at_ : file_->due(now)) write(now);
    if (retry_at_ || lost_its_file(now)) return;
    file_->refresh_sidecar(now);
    report_trouble(now);
}

bool StreamRecorder::lost_its_file(SteadyTime now) {
    if (now < next_look_) return false;
    next_look_ = now + std::chrono::seconds{1};
    if (!file_->is_removed()) return false;
    context_.log.error("file_removed",
                       "\"" + file_->path() + "\" was deleted while it was written; a new file is begun",
                       {{"path", std::string_view{file_->path()}}});
    finish_file(EndReason::file_removed, now);
    return true;
}

void StreamRecorder::report_trouble(SteadyTime now) {
    const int error = file_->sync_error() != 0 ? file_->sync_error() : file_->sidecar_error();
    if (error == 0 || !trouble_.note(now)) return;
    const std::string reason = std::generic_category().message(error);
    const std::string_view path = file_->path();
    if (file_->sync_error() != 0) {
        context_.log.error("sync_failed", "the disk did not take \"" + file_->path() + "\": " + reason,
                           {{"path", path}, {"errno", std::int64_t{error}}});
    } else {
        context_.log.warning("sidecar_not_written", "cannot write the sidecar of \"" + file_->path() + "\": " + reason,
                             {{"path", path}, {"errno", std::int64_t{error}}});
    }
}

void StreamRecorder::write_all(SteadyTime now) {
    if (waiting() && !retry_at_ && !failure_ && !output_closed_) write(now);
}

std::optional<SteadyTime> StreamRecorder::next_due() const noexcept {
    if (retry_at_) return retry_at_;
    return file_ ? file_->next_due() : std::nullopt;
}

void StreamRecorder::close(EndReason reason, SteadyTime now) {
    if (!file_) return;
    if (!output_closed_) write(now);
    losses_.settle(file_->account(), file_->taken_packets());
    finish_file(reason, now);
}

}  // namespace muxtap::record
