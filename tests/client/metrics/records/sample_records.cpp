#include "tests/client/metrics/records/sample_records.h"

#include <algorithm>

#include "client/metrics/pid_arrivals.h"
#include "tests/analyzer/core/analyzed.h"
#include "tests/analyzer/json/sample_reports.h"
#include "tests/proto/samples.h"

namespace muxtap::test {

using metrics::IntervalRecord;

namespace {

using namespace std::chrono_literals;

constexpr std::int64_t second_ns = 1'000'000'000;

/// Text that is not UTF-8, with control characters and what JSON escapes.
const std::string hostile_text = std::string("\0\x1B[31m\"\\\n\xFF\xC3(\xED\xA0\x80 end", 20);

void set_end(IntervalRecord& record, std::int64_t time_ns) {
    record.time = from_unix_ns(time_ns);
    record.identity.seq = static_cast<std::uint64_t>(time_ns / second_ns);
    record.probe.heard = from_unix_ns(time_ns - 1'000'000);
}

}  // namespace

metrics::WorkerFigures sample_figures() {
    metrics::WorkerFigures figures;
    figures.version = "1.0.0";
    figures.streams = 2;
    figures.refused_messages = 1;
    figures.queue_bytes = 263'700;
    figures.lag = 1'300us;
    figures.lag_max = 21ms;
    figures.late = 400us;
    figures.cpu_time = 5'250ms;
    figures.resident_bytes = 30'000'000;
    figures.sinks = {{.name = "kafka",
                      .delivered = 1000,
                      .dropped = 0,
                      .waiting = 12,
                      .spool_bytes = 65'536,
                      .healthy = false,
                      .problem = "broker 127.0.0.1:9092 does not answer: Connection refused"},
                     {.name = "ndjson:-",
                      .delivered = 1012,
                      .dropped = 0,
                      .waiting = 0,
                      .spool_bytes = 0,
                      .healthy = true,
                      .problem = {}}};
    return figures;
}

IntervalRecord sample_frame() {
    IntervalRecord record;
    record.identity = {.probe = "cap-a", .stream = "239.1.1.1:5000", .epoch = sample_epoch, .seq = 0};
    record.worker = {.name = "worker-1", .epoch = 1'763'600'050'000'000'000};
    record.interval = 1s;
    record.phase = metrics::StreamPhase::live;
    record.source = {.ip = "10.0.0.5",
                     .port = 41'000,
                     .dst_ip = "239.1.1.1",
                     .dst_port = 5000,
                     .interface = "eth0",
                     .vlan = 12,
                     .encapsulation = proto::Encapsulation::udp};
    record.host = std::make_shared<proto::HostFigures>(sample_host());
    record.figures = std::make_shared<metrics::WorkerFigures>(sample_figures());
    set_end(record, sample_start_ns);
    return record;
}

/// The datagrams that a feeder makes of `count` packets behind the first `before`.
static std::vector<analyzer::DatagramMark> datagrams_of(const Feeder& feeder, std::size_t before, std::size_t count) {
    std::vector<analyzer::DatagramMark> marks;
    for (std::size_t i = 0; i < count; i += 7) {
        const std::size_t packets = std::min<std::size_t>(7, count - i);
        marks.push_back({static_cast<std::uint32_t>(packets), feeder.time_of(before + i + packets), false});
    }
    return marks;
}

std::vector<IntervalRecord> records_of(const Multiplex& multiplex, std::uint64_t bitrate, unsigned silent) {
    analyzer::AnalyzerOptions options;
    options.clock = analyzer::ClockSource::arrival;
    analyzer::Analyzer analyzer(options);
    Feeder feeder(analyzer, bitrate, Delivery::datagrams, from_unix_ns(sample_start_ns));
    const ByteView bytes(multiplex.bytes());
    const std::size_t per_second = bitrate / 1504;
    const std::size_t seconds = multiplex.packets() / per_second;
    metrics::PidArrivals arrivals;
    std::vector<IntervalRecord> records;
    for (std::size_t second = 0; second < seconds + silent; ++second) {
        IntervalRecord record = sample_frame();
        set_end(record, sample_start_ns + static_cast<std::int64_t>(second + 1) * second_ns);
        if (second < seconds) {
            const ByteView packets = bytes.subspan(second * per_second * ts::packet_size, per_second * ts::packet_size);
            feeder.feed(packets, 1400);
            arrivals.note(packets, datagrams_of(feeder, second * per_second, per_second));
        }
        record.pid_arrivals = arrivals.take();
        analyzer.advance(record.time);
        record.report = std::make_shared<analyzer::Report>(analyzer.report());
        if (!records.empty()) record.previous = records.back().report;
        record.phase = second < seconds ? metrics::StreamPhase::live : metrics::StreamPhase::silent;
        record.probe.totals.packets = record.report->totals.packets;
        record.probe.totals.bytes = record.report->totals.packets * ts::packet_size;
        record.probe.totals.datagrams = record.report->arrival ? record.report->arrival->datagrams : 0;
        record.probe.totals.null = record.report->totals.null_packets;
        record.probe.next_seq = std::min(second + 1, seconds) * 50;
        record.probe.rate_bps = second < seconds ? bitrate : 0;
        record.probe.last_packet = feeder.now();
        record.losses.continuity_lost = record.report->totals.lost_packets;
        records.push_back(std::move(record));
    }
    return records;
}

IntervalRecord full_record() {
    IntervalRecord record = sample_frame();
    record.report = std::make_shared<analyzer::Report>(analyzer::full_report());
    record.last_log_line = "Nov 20 00:55:02 capture-1 kernel: eth0: link up";
    record.losses = {.rtp_lost = 1,
                     .rtp_reordered = 2,
                     .continuity_lost = 3,
                     .kernel_dropped = 4,
                     .probe_queue_dropped = 5,
                     .feed_batches = 6,
                     .feed_packets = 7};
    record.probe.totals.rejected.add(ts::RejectReason::sync_byte, 3);
    return record;
}

IntervalRecord empty_record() {
    IntervalRecord record = sample_frame();
    record.identity = {.probe = {}, .stream = "news", .epoch = 0, .seq = record.identity.seq};
    record.phase = metrics::StreamPhase::waiting;
    record.source = {};
    record.probe = {};
    record.host = nullptr;
    record.figures = std::make_shared<metrics::WorkerFigures>();
    record.report = std::make_shared<analyzer::Report>(analyzer::empty_report());
    return record;
}

IntervalRecord hostile_record() {
    IntervalRecord record = full_record();
    analyzer::Report report = *record.report;
    report.programs[0].info.service_name = hostile_text;
    report.programs[0].info.present->text = std::string(3000, '\xFF');
    report.network.network_name = hostile_text;
    report.programs[0].info.streams[0].language = hostile_text;
    proto::HostFigures host = *record.host;
    host.host_name = hostile_text;
    host.interfaces[0].name = hostile_text;
    host.disks[0].device = hostile_text;
    host.processes[0].name = hostile_text;
    metrics::WorkerFigures figures = *record.figures;
    figures.sinks[0].problem = hostile_text;
    record.report = std::make_shared<analyzer::Report>(std::move(report));
    record.host = std::make_shared<proto::HostFigures>(std::move(host));
    record.figures = std::make_shared<metrics::WorkerFigures>(std::move(figures));
    record.identity.probe = hostile_text;
    record.worker.name = hostile_text;
    record.source.interface = hostile_text;
    record.last_log_line = hostile_text;
    return record;
}

IntervalRecord example_record() {
    constexpr std::uint64_t bitrate = 4'000'000;
    Multiplex multiplex({.seconds = 3, .bitrate = bitrate});
    for (const std::size_t number : multiplex.of_pid(0x101)) {
        if (multiplex.time_of(number) < 2.5 || multiplex.packet(number)[3] >> 4 != 1) continue;
        multiplex.lose(number);
        break;
    }
    IntervalRecord record = records_of(multiplex, bitrate).back();
    record.last_log_line = "Nov 20 00:55:02 capture-1 kernel: eth0: link up";
    return record;
}

client::EventRecord full_event_record() {
    client::EventRecord record;
    record.identity = {
        .probe = "cap-a", .stream = "239.1.1.1:5000", .epoch = sample_epoch, .seq = 1'763'600'050'000'007};
    record.worker = sample_frame().worker;
    record.event = analyzer::full_event();
    record.event.time = from_unix_ns(sample_start_ns + 2'345'678'901);
    record.event.indicator.reset();
    return record;
}

client::EventRecord worker_event_record(client::WorkerEvent kind) {
    client::EventRecord record = full_event_record();
    record.event = {};
    record.event.time = from_unix_ns(sample_start_ns);
    record.event.text = std::string(key_name(kind)) + " of cap-a";
    record.worker_event = kind;
    if (kind == client::WorkerEvent::feed_loss) record.event.count = 1400;
    if (kind == client::WorkerEvent::log_line) {
        record.identity.probe.clear();
        record.identity.stream.clear();
        record.identity.epoch = 0;
        record.event.text = hostile_text;
        record.file = "/var/log/\xFFsyslog";
    }
    return record;
}

}  // namespace muxtap::test
