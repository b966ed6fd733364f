#include "client/metrics/sinks/sqlite_writer.h"

#include <algorithm>
#include <cmath>

namespace muxtap::metrics {
namespace {

constexpr const char* stream_sql = R"sql(
INSERT INTO streams (probe, stream, source_ip, source_port, destination_ip, destination_port, interface, vlan,
  encapsulation, services, worker, epoch, state, first_seen_ns, last_seen_ns, last_packet_ns)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?14, ?15)
ON CONFLICT (probe, stream) DO UPDATE SET source_ip = ?3, source_port = ?4, destination_ip = ?5,
  destination_port = ?6, interface = ?7, vlan = ?8, encapsulation = ?9, services = ?10, worker = ?11, epoch = ?12,
  state = ?13, last_seen_ns = max(last_seen_ns, ?14), last_packet_ns = coalesce(?15, last_packet_ns)
RETURNING id)sql";

constexpr const char* interval_sql = R"sql(
INSERT INTO intervals (stream_id, epoch, seq, time_ns, interval_ns, state, rate_bps, pcr_rate_bps, null_share, packets,
  null_packets, transport_errors, rejected, continuity_errors, lost_packets, reordered_packets, duplicates, sync_losses,
  network_lost, network_reordered, continuity_lost, capture_host_lost, probe_lost, worker_lost_batches,
  worker_lost_packets, pcr_interval_ms, pcr_jitter_us, pcr_errors, iat_p99_us, iat_max_us, delay_factor_ms,
  media_loss_rate, indicators_in_error, lag_ns, lag_max_ns, packets_total, continuity_errors_total, network_lost_total,
  continuity_lost_total, capture_host_lost_total, probe_lost_total, worker_lost_packets_total)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,
  ?, ?, ?, ?)
ON CONFLICT (stream_id, epoch, seq) DO NOTHING RETURNING id)sql";

constexpr const char* pid_sql = R"sql(
INSERT INTO pids (interval_id, pid, rate_bps, packets, continuity_errors, lost_packets, duplicates, transport_errors,
  scrambled, pcrs, pcr_interval_ms, pcr_jitter_us, pcr_repetition_errors, pcr_discontinuity_errors, pcr_accuracy_errors)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?))sql";

constexpr const char* pid_state_sql = R"sql(
INSERT INTO pid_states (stream_id, pid, use, program, codec, language, packets_total, first_packet_ns, last_packet_ns)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
ON CONFLICT (stream_id, pid) DO UPDATE SET use = ?3, program = ?4, codec = ?5, language = ?6, packets_total = ?7,
  last_packet_ns = ?9)sql";

constexpr const char* indicator_sql =
    "INSERT INTO indicators (interval_id, indicator, number, state, count, capture_loss) VALUES (?, ?, ?, ?, ?, ?)";

constexpr const char* indicator_state_sql = R"sql(
INSERT INTO indicator_states (stream_id, indicator, number, priority, state, count_total, changed_ns, last_finding_ns)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
ON CONFLICT (stream_id, indicator) DO UPDATE SET state = ?5, count_total = ?6,
  changed_ns = CASE WHEN state = ?5 THEN changed_ns ELSE ?7 END, last_finding_ns = coalesce(?8, last_finding_ns))sql";

constexpr const char* event_sql = R"sql(
INSERT INTO events (probe, stream, epoch, seq, time_ns, worker, kind, pid, program, indicator, count, text, file,
  splice_command, splice_event_id, splice_out, splice_preroll_ms, splice_duration_ms, segmentation, json, stored_ns)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (probe, stream, epoch, seq) DO NOTHING)sql";

/// What a counter grew by. One that is smaller than before began anew.
std::uint64_t growth(std::uint64_t now, std::uint64_t before) noexcept {
    return now >= before ? now - before : now;
}

SqliteResult<void> without_value(const SqliteResult<std::optional<std::int64_t>>& result) {
    if (!result) return tl::unexpected<SqliteError>(result.error());
    return {};
}

std::optional<std::string_view> known(std::string_view text) noexcept {
    return text.empty() ? std::nullopt : std::optional{text};
}

NullIfZero known_time(UnixTime time) noexcept {
    return {to_unix_ns(time)};
}

std::string services_of(const analyzer::Report& report) {
    constexpr std::size_t enough = 1000;
    std::string names;
    for (const auto& program : report.programs) {
        if (program.info.service_name.empty() || names.size() > enough) continue;
        if (!names.empty()) names += ", ";
        names += program.info.service_name;
    }
    return names;
}

/// What the probe refused in this interval: its counter is as old as the probe, not as our knowledge of the stream.
std::uint64_t rejected(const IntervalRecord& record, const IntervalRecord* before) noexcept {
    const std::uint64_t now = record.probe.totals.rejected.total();
    if (before == nullptr) return 0;
    if (before->identity.epoch != record.identity.epoch) return now;
    return growth(now, before->probe.totals.rejected.total());
}

/// Mean time between the PCRs of this interval, from the means of two runs of which one is the beginning of the other.
std::optional<double> pcr_interval(const analyzer::PcrInfo& now, const analyzer::PcrInfo* before) noexcept {
    const analyzer::Spread earlier = before != nullptr && before->interval_ms.count <= now.interval_ms.count
                                         ? before->interval_ms
                                         : analyzer::Spread{};
    const std::uint64_t count = now.interval_ms.count - earlier.count;
    if (count == 0) return std::nullopt;
    const double sum = now.interval_ms.mean * static_cast<double>(now.interval_ms.count) -
                       earlier.mean * static_cast<double>(earlier.count);
    return sum / static_cast<double>(count);
}

/// Largest offset of a PCR, early or late, since the worker saw the stream.
std::optional<double> pcr_jitter(const analyzer::PcrInfo& info) noexcept {
    if (!info.overall_jitter_us) return std::nullopt;
    return std::max(std::abs(info.overall_jitter_us->min), std::abs(info.overall_jitter_us->max));
}

/// Walks two lists of PIDs in their order: for each PID of the newer what the older has of it.
class EarlierPids {
public:
    explicit EarlierPids(const analyzer::Report* report) noexcept : report_(report) {}
    const analyzer::PidReport* find(ts::Pid pid) noexcept {
        if (report_ == nullptr) return nullptr;
        while (next_ < report_->pids.size() && report_->pids[next_].pid < pid) ++next_;
        return next_ < report_->pids.size() && report_->pids[next_].pid == pid ? &report_->pids[next_] : nullptr;
    }

private:
    const analyzer::Report* report_;
    std::size_t next_ = 0;
};

const analyzer::PcrInfo* pcr_of(const analyzer::PidReport* pid) noexcept {
    return pid != nullptr && pid->pcr ? &*pid->pcr : nullptr;
}

/// The clocks of a stream in one line: the worst of them.
struct WorstClock {
    std::optional<double> interval_ms;
    std::optional<double> jitter_us;
    std::uint64_t errors = 0;
};

WorstClock worst_clock(const analyzer::Report& report, const analyzer::Report* before) {
    WorstClock worst;
    EarlierPids earlier(before);
    const auto take = [](std::optional<double>& most, const std::optional<double>& value) {
        if (value && (!most || *value > *most)) most = value;
    };
    for (const auto& pid : report.pids) {
        if (!pid.pcr) continue;
        const analyzer::PcrInfo* old = pcr_of(earlier.find(pid.pid));
        const analyzer::PcrInfo none;
        const analyzer::PcrInfo& base = old != nullptr ? *old : none;
        take(worst.interval_ms, pcr_interval(*pid.pcr, old));
        take(worst.jitter_us, pcr_jitter(*pid.pcr));
        worst.errors += growth(pid.pcr->repetition_errors, base.repetition_errors) +
                        growth(pid.pcr->discontinuity_errors, base.discontinuity_errors) +
                        growth(pid.pcr->accuracy_errors, base.accuracy_errors);
    }
    return worst;
}

struct Elementary {
    std::optional<std::uint16_t> program;
    std::optional<std::string_view> codec;
    std::optional<std::string_view> language;
};

/// What the program maps say of a PID. Borrows from the report.
Elementary elementary(const analyzer::Report& report, const analyzer::PidReport& pid) {
    Elementary result;
    if (!pid.programs.empty()) result.program = pid.programs.front();
    if (pid.stream && pid.stream->codec != analyzer::Codec::unknown) result.codec = key_name(pid.stream->codec);
    if (pid.use != analyzer::PidUse::elementary_stream || !result.program) return result;
    for (const auto& program : report.programs) {
        if (program.info.program_number != *result.program) continue;
        for (const auto& stream : program.info.streams) {
            if (stream.pid == pid.pid) result.language = known(stream.language);
        }
    }
    return result;
}

/// Nothing is missing between the two, so what did not change need not be written.
bool follows(const IntervalRecord& record, const IntervalRecord* before) noexcept {
    return before != nullptr && record.time - before->time <= record.interval + record.interval / 2;
}

}  // namespace

SqliteResult<SqliteWriter> SqliteWriter::make(SqliteDatabase& database, History history) {
    auto stream = database.prepare(stream_sql);
    auto interval = database.prepare(interval_sql);
    auto pid = database.prepare(pid_sql);
    auto pid_state = database.prepare(pid_state_sql);
    auto indicator = database.prepare(indicator_sql);
    auto indicator_state = database.prepare(indicator_state_sql);
    auto event = database.prepare(event_sql);
    for (const auto* statement : {&stream, &interval, &pid, &pid_state, &indicator, &indicator_state, &event}) {
        if (!*statement) return tl::unexpected<SqliteError>(statement->error());
    }
    return SqliteWriter(database,
                        Statements{.stream = std::move(*stream),
                                   .interval = std::move(*interval),
                                   .pid = std::move(*pid),
                                   .pid_state = std::move(*pid_state),
                                   .indicator = std::move(*indicator),
                                   .indicator_state = std::move(*indicator_state),
                                   .event = std::move(*event)},
                        std::move(history));
}

SqliteResult<void> SqliteWriter::begin(UnixTime now) {
    now_ = now;
    return database_->execute("BEGIN IMMEDIATE");
}

SqliteResult<void> SqliteWriter::commit() {
    auto committed = database_->execute("COMMIT");
    if (committed) {
        for (auto& [key, record] : written_) {
            last_[key] = std::move(record);
            stated_.insert(key);
        }
        written_.clear();
    }
    return committed;
}

void SqliteWriter::roll_back() {
    written_.clear();
    if (database_->in_transaction()) (void)database_->execute("ROLLBACK");
}

SqliteResult<void> SqliteWriter::write(const RecordPtr& record) {
    if (const client::EventRecord* event = record->event()) return write_event(*record, *event);
    return write_interval(record);
}

SqliteResult<std::int64_t> SqliteWriter::write_stream(const IntervalRecord& record) {
    const StreamSource& source = record.source;
    const std::string services = services_of(*record.report);
    const auto row = statements_.stream.run(
        record.identity.probe, record.identity.stream, known(source.ip), source.port, known(source.dst_ip),
        source.dst_port, known(source.interface), source.vlan, proto::name_of(source.encapsulation), known(services),
        record.worker.name, record.identity.epoch, std::string_view{key_name(record.phase)}, to_unix_ns(record.time),
        known_time(record.probe.last_packet));
    if (!row) return tl::unexpected<SqliteError>(row.error());
    return row->value_or(0);
}

SqliteResult<void> SqliteWriter::write_interval(const RecordPtr& record_ptr) {
    const IntervalRecord& record = *record_ptr->interval();
    const StreamKey key{record.identity.probe, record.identity.stream};
    const auto stream_row = write_stream(record);
    if (!stream_row) return tl::unexpected<SqliteError>(stream_row.error());

    // Counters of the analysis begin anew with a record that has none before it.
    const auto newest = written_.find(key);
    const auto stored = last_.find(key);
    const RecordPtr last = newest != written_.end() ? newest->second : stored != last_.end() ? stored->second : nullptr;
    const IntervalRecord* before = last && record.previous ? last->interval() : nullptr;
    const auto interval_row = insert_interval(*stream_row, record, before);
    if (!interval_row) return tl::unexpected<SqliteError>(interval_row.error());
    if (!*interval_row) return {};  // It is there already.
    if (auto result = write_pids(*stream_row, **interval_row, record, before); !result) return result;
    // A stream that was away may have been deleted with its states.
    const bool all_states = !stated_.contains(key) || !follows(record, before);
    if (auto result = write_indicators(*stream_row, **interval_row, record, before, all_states); !result) return result;
    written_[key] = record_ptr;
    return {};
}

SqliteResult<std::optional<std::int64_t>> SqliteWriter::insert_interval(std::int64_t stream_row,
                                                                        const IntervalRecord& record,
                                                                        const IntervalRecord* before) {
    static const analyzer::TotalCounters no_totals;
    const analyzer::Report& report = *record.report;
    const analyzer::TotalCounters& now = report.totals;
    const analyzer::TotalCounters& old = before != nullptr ? before->report->totals : no_totals;
    const Losses& lost = record.losses;
    const Losses lost_before = before != nullptr ? before->losses : Losses{};
    const WorstClock clock = worst_clock(report, before != nullptr ? before->report.get() : nullptr);
    const auto& arrival = report.arrival;
    const bool gaps = arrival && arrival->window.count > 0;
    const auto in_error = std::count_if(report.indicators.begin(), report.indicators.end(), [](const auto& indicator) {
        return indicator.state == analyzer::IndicatorState::error;
    });
    const NullIfZero pcr_rate{static_cast<std::int64_t>(report.rate.pcr_window_bps)};
    const auto iat_p99 = gaps ? std::optional{arrival->window.p99_us} : std::optional<double>{};
    const auto iat_max = gaps ? std::optional{arrival->window.max_us} : std::optional<double>{};
    return statements_.interval.run(
        stream_row, record.identity.epoch, record.identity.seq, to_unix_ns(record.time), record.interval.count(),
        std::string_view{key_name(record.phase)}, report.rate.arrival.window_bps, pcr_rate,
        report.rate.null_share_window, growth(now.packets, old.packets), growth(now.null_packets, old.null_packets),
        growth(now.transport_errors, old.transport_errors), rejected(record, before),
        growth(now.continuity_errors, old.continuity_errors), growth(now.lost_packets, old.lost_packets),
        growth(now.reordered_packets, old.reordered_packets), growth(now.duplicates, old.duplicates),
        growth(now.sync_losses, old.sync_losses), growth(lost.rtp_lost, lost_before.rtp_lost),
        growth(lost.rtp_reordered, lost_before.rtp_reordered),
        growth(lost.continuity_lost, lost_before.continuity_lost),
        growth(lost.kernel_dropped, lost_before.kernel_dropped),
        growth(lost.probe_queue_dropped, lost_before.probe_queue_dropped),
        growth(lost.feed_batches, lost_before.feed_batches), growth(lost.feed_packets, lost_before.feed_packets),
        clock.interval_ms, clock.jitter_us, clock.errors, iat_p99, iat_max,
        arrival ? arrival->delay_factor_ms : std::nullopt, arrival ? arrival->media_loss_rate : std::nullopt, in_error,
        record.figures->lag.count(), record.figures->lag_max.count(), now.packets, now.continuity_errors, lost.rtp_lost,
        lost.continuity_lost, lost.kernel_dropped, lost.probe_queue_dropped, lost.feed_packets);
}

SqliteResult<void> SqliteWriter::write_pids(std::int64_t stream_row, std::int64_t interval_row,
                                            const IntervalRecord& record, const IntervalRecord* before) {
    static const analyzer::PidCounters no_counters;
    EarlierPids earlier(before != nullptr ? before->report.get() : nullptr);
    for (const auto& pid : record.report->pids) {
        const analyzer::PidReport* old = earlier.find(pid.pid);
        const analyzer::PidCounters& base = old != nullptr ? old->counters : no_counters;
        if (pid.counters == base) continue;  // Nothing came on it: no row.
        const analyzer::PidCounters& now = pid.counters;
        const analyzer::PcrInfo* pcr_before = pcr_of(old);
        const analyzer::PcrInfo none;
        const analyzer::PcrInfo& pcr_base = pcr_before != nullptr ? *pcr_before : none;
        const auto pcr_growth = [&](std::uint64_t analyzer::PcrInfo::*counter) -> std::optional<std::uint64_t> {
            if (!pid.pcr) return std::nullopt;
            return growth((*pid.pcr).*counter, pcr_base.*counter);
        };
        const auto row = statements_.pid.run(
            interval_row, pid.pid, pid.rate.window_bps, growth(now.packets, base.packets),
            growth(now.continuity_errors, base.continuity_errors), growth(now.lost_packets, base.lost_packets),
            growth(now.duplicates, base.duplicates), growth(now.transport_errors, base.transport_errors),
            growth(now.scrambled, base.scrambled), pcr_growth(&analyzer::PcrInfo::count),
            pid.pcr ? pcr_interval(*pid.pcr, pcr_before) : std::nullopt, pid.pcr ? pcr_jitter(*pid.pcr) : std::nullopt,
            pcr_growth(&analyzer::PcrInfo::repetition_errors), pcr_growth(&analyzer::PcrInfo::discontinuity_errors),
            pcr_growth(&analyzer::PcrInfo::accuracy_errors));
        if (!row) return without_value(row);
        const Elementary facts = elementary(*record.report, pid);
        const auto state = statements_.pid_state.run(stream_row, pid.pid, std::string_view{key_name(pid.use)},
                                                     facts.program, facts.codec, facts.language, now.packets,
                                                     to_unix_ns(pid.first), to_unix_ns(pid.last));
        if (!state) return without_value(state);
    }
    return {};
}

SqliteResult<void> SqliteWriter::write_indicators(std::int64_t stream_row, std::int64_t interval_row,
                                                  const IntervalRecord& record, const IntervalRecord* before,
                                                  bool all_states) {
    const analyzer::Indicator none;
    for (std::size_t i = 0; i < analyzer::indicator_count; ++i) {
        const analyzer::Indicator& now = record.report->indicators[i];
        const analyzer::Indicator& old = before != nullptr ? before->report->indicators[i] : none;
        const std::string_view name = key_name(now.id);
        const std::string_view number = number_of(now.id);
        const std::string_view state = key_name(now.state);
        const std::uint64_t count = growth(now.count, old.count);
        const std::uint64_t capture_loss = growth(now.capture_loss, old.capture_loss);
        if (now.state == analyzer::IndicatorState::error || count != 0 || capture_loss != 0) {
            const auto row = statements_.indicator.run(interval_row, name, number, state, count, capture_loss);
            if (!row) return without_value(row);
        }
        if (count == 0 && now.state == old.state && !all_states) continue;
        const auto row =
            statements_.indicator_state.run(stream_row, name, number, priority_of(now.id), state, now.count,
                                            to_unix_ns(record.time), known_time(now.last.value_or(UnixTime{})));
        if (!row) return without_value(row);
    }
    return {};
}

SqliteResult<void> SqliteWriter::write_event(const Record& record, const client::EventRecord& event) {
    const analyzer::Event& what = event.event;
    const auto indicator = what.indicator ? std::optional<std::string_view>{key_name(*what.indicator)} : std::nullopt;
    std::optional<std::string_view> command;
    std::optional<std::string_view> segmentation;
    std::optional<std::uint32_t> event_id;
    std::optional<bool> out;
    std::optional<double> preroll_ms;
    std::optional<double> duration_ms;
    if (const auto& splice = what.splice) {
        command = key_name(splice->command);
        event_id = splice->event_id;
        out = splice->out_of_network;
        if (splice->preroll_ns) preroll_ms = static_cast<double>(*splice->preroll_ns) * 1e-6;
        auto duration = splice->duration;
        if (!splice->segmentations.empty()) {
            const analyzer::Segmentation& first = splice->segmentations.front();
            segmentation = first.type;
            if (!event_id) event_id = first.event_id;
            if (!duration) duration = first.duration;
        }
        if (duration) duration_ms = static_cast<double>(*duration) / 90;
    }
    return without_value(statements_.event.run(event.identity.probe, event.identity.stream, event.identity.epoch,
                                               event.identity.seq, to_unix_ns(what.time), event.worker.name,
                                               event.kind_name(), what.pid, what.program, indicator, what.count,
                                               what.text, known(event.file), command, event_id, out, preroll_ms,
                                               duration_ms, segmentation, record.json(), to_unix_ns(now_)));
}

}  // namespace muxtap::metrics
