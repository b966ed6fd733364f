#include "tests/client/metrics/sinks/sink_contract_records.h"

#include <array>

namespace muxtap::metrics::test {
namespace {

using analyzer::PidUse;

struct PidRow {
    ts::Pid pid;
    PidUse use;
    std::uint64_t packets;  ///< a second
};
constexpr std::array pid_rows = {PidRow{0, PidUse::pat, 10},
                                 PidRow{17, PidUse::sdt_bat, 1},
                                 PidRow{18, PidUse::eit, 5},
                                 PidRow{20, PidUse::tdt_tot, 1},
                                 PidRow{256, PidUse::pmt, 10},
                                 PidRow{video_pid, PidUse::elementary_stream, 12000},
                                 PidRow{audio_pid, PidUse::elementary_stream, 130},
                                 PidRow{259, PidUse::elementary_stream, 130},
                                 PidRow{teletext_pid, PidUse::elementary_stream, 25},
                                 PidRow{0x1FFF, PidUse::null, 900}};
constexpr std::uint64_t pcrs_a_second = 28;

analyzer::ProgramStream program_stream(ts::Pid pid, analyzer::Codec codec, std::string language) {
    analyzer::ProgramStream stream;
    stream.pid = pid;
    stream.codec = codec;
    stream.language = std::move(language);
    return stream;
}

std::shared_ptr<analyzer::Report> first_report() {
    auto report = std::make_shared<analyzer::Report>();
    report->clock = analyzer::ClockSource::arrival;
    analyzer::ProgramReport program;
    program.info.program_number = 1;
    program.info.service_name = "News";
    program.info.streams = {program_stream(video_pid, analyzer::Codec::h264, ""),
                            program_stream(audio_pid, analyzer::Codec::aac_adts, "eng"),
                            program_stream(259, analyzer::Codec::ac3, "fra"),
                            program_stream(teletext_pid, analyzer::Codec::teletext, "eng")};
    for (const PidRow& row : pid_rows) {
        analyzer::PidReport pid;
        pid.pid = row.pid;
        pid.use = row.use;
        if (row.use == PidUse::elementary_stream) {
            pid.programs = {1};
            for (const auto& stream : program.info.streams) {
                if (stream.pid != row.pid) continue;
                pid.stream.emplace();
                pid.stream->codec = stream.codec;
            }
        }
        if (row.pid == video_pid) {
            pid.pcr.emplace();
            pid.pcr->pid = video_pid;
            for (double edge = 1; edge < 40; edge += 4) pid.pcr->interval_histogram_ms.push_back({edge, 100});
        }
        report->pids.push_back(std::move(pid));
    }
    report->programs.push_back(std::move(program));
    for (std::size_t i = 0; i < analyzer::indicator_count; ++i) {
        report->indicators[i].id = static_cast<analyzer::IndicatorId>(i);
        report->indicators[i].state = analyzer::IndicatorState::ok;
    }
    analyzer::ArrivalInfo arrival;
    arrival.window = {.count = 1900, .min_us = 100, .mean_us = 526, .p50_us = 520, .p99_us = 640, .max_us = 900};
    arrival.delay_factor_ms = 12.5;
    arrival.media_loss_rate = 0;
    for (double edge = 100; edge < 2000; edge *= 1.19) arrival.histogram_us.push_back({edge, 1000});
    report->arrival = std::move(arrival);
    return report;
}

}  // namespace

UnixTime new_year() noexcept {
    return from_unix_ns(1'767'225'600'000'000'000);
}

StreamOfRecords::StreamOfRecords(UnixTime start, std::string stream, std::string probe)
    : stream_(std::move(stream)), probe_(std::move(probe)), time_(start), report_(first_report()) {}

void StreamOfRecords::grow(analyzer::Report& report) const {
    for (std::size_t i = 0; i < report.pids.size(); ++i) {
        analyzer::PidReport& pid = report.pids[i];
        if (pid.pid == silent_) {
            pid.rate.window_bps = 0;
            continue;
        }
        pid.counters.packets += pid_rows[i].packets;
        pid.rate.window_bps = pid_rows[i].packets * 188 * 8;
        if (pid.first == UnixTime{}) pid.first = time_ - std::chrono::milliseconds{900};
        pid.last = time_ - std::chrono::milliseconds{10};
        report.totals.packets += pid_rows[i].packets;
        if (pid.use == PidUse::null) report.totals.null_packets += pid_rows[i].packets;
        if (!pid.pcr) continue;
        // A clock with some play, the same each time.
        const double interval = 35 + static_cast<double>((time_.time_since_epoch().count() / 1'000'000'000) % 5);
        analyzer::Spread& spread = pid.pcr->interval_ms;
        const double sum = spread.mean * static_cast<double>(spread.count) + interval * pcrs_a_second;
        spread.count += pcrs_a_second;
        spread.mean = sum / static_cast<double>(spread.count);
        spread.max = std::max(spread.max, interval + 1);
        pid.pcr->count += pcrs_a_second;
        pid.pcr->overall_jitter_us = analyzer::Spread{.count = pid.pcr->count, .min = -180, .mean = 0, .max = 120};
    }
    report.last = time_;
    report.rate.arrival.window_bps = 19'870'000;
    report.rate.pcr_window_bps = 19'871'000;
    report.rate.null_share_window = 0.068;
}

RecordPtr StreamOfRecords::next(const Change& change) {
    IntervalRecord record;
    auto report = std::make_shared<analyzer::Report>(*report_);
    grow(*report);
    record.identity = {.probe = probe_,
                       .stream = stream_,
                       .epoch = 1'763'600'000'123'456'789,
                       .seq = static_cast<std::uint64_t>(to_unix_ns(time_) / 1'000'000'000)};
    record.worker = {.name = "worker-1", .epoch = 1'763'600'001'000'000'000};
    record.time = time_;
    record.interval = std::chrono::seconds{1};
    record.phase = StreamPhase::live;
    record.source = {.ip = "10.0.0.5",
                     .port = 41000,
                     .dst_ip = "239.1.1.1",
                     .dst_port = 5000,
                     .interface = "eth0",
                     .encapsulation = proto::Encapsulation::rtp};
    record.probe.last_packet = time_ - std::chrono::milliseconds{10};
    record.probe.totals.packets = report->totals.packets;
    record.losses = losses_;
    record.previous = before_;
    auto figures = std::make_shared<WorkerFigures>();
    figures->lag = std::chrono::milliseconds{25};
    figures->lag_max = std::chrono::milliseconds{40};
    record.figures = std::move(figures);
    if (change) change(record, *report);
    losses_ = record.losses;
    record.report = report;
    before_ = report_ = report;
    time_ += record.interval;
    return std::make_shared<const Record>(Record::Content{std::move(record)}, RecordFormat::muxtap);
}

std::vector<RecordPtr> StreamOfRecords::next_many(std::size_t count) {
    std::vector<RecordPtr> records;
    for (std::size_t i = 0; i < count; ++i) records.push_back(next());
    return records;
}

RecordPtr StreamOfRecords::event(analyzer::EventKind kind, std::string text,
                                 const std::function<void(analyzer::Event&)>& change) {
    client::EventRecord record;
    record.identity = {.probe = probe_, .stream = stream_, .epoch = 1'763'600'000'123'456'789, .seq = ++events_};
    record.worker = {.name = "worker-1", .epoch = 1'763'600'001'000'000'000};
    record.event.kind = kind;
    record.event.time = time_ - std::chrono::milliseconds{1};
    record.event.text = std::move(text);
    if (change) change(record.event);
    return std::make_shared<const Record>(Record::Content{std::move(record)}, RecordFormat::muxtap);
}

}  // namespace muxtap::metrics::test
