#pragma once

#include <memory>
#include <string>

#include "client/metrics/records/record.h"

namespace muxtap::test {

/// What a stream's record says, to be changed and made into a record.
struct RecordMaker {
    metrics::IntervalRecord interval;
    analyzer::Report report;
    proto::HostFigures host;
    metrics::WorkerFigures figures;

    explicit RecordMaker(const std::string& stream = "239.1.1.1:5000", const std::string& probe = "probe1") {
        interval.identity = {.probe = probe, .stream = stream, .epoch = 1'700'000'000'000'000'000, .seq = 1};
        interval.worker = {.name = "worker1", .epoch = 1'700'000'100'000'000'000};
        interval.time = from_unix_ns(1'700'000'200'000'000'000);
        interval.interval = std::chrono::seconds{1};
        interval.phase = metrics::StreamPhase::live;
        interval.source = {.ip = "10.0.0.5",
                           .port = 4000,
                           .dst_ip = "239.1.1.1",
                           .dst_port = 5000,
                           .interface = "eth0",
                           .vlan = 0,
                           .encapsulation = proto::Encapsulation::rtp};
        interval.probe.totals.packets = 1000;
        interval.probe.totals.bytes = 188'000;
        interval.probe.rate_bps = 20'000'000;
        interval.probe.last_packet = interval.time;
        interval.probe.heard = interval.time;
        report.totals.packets = 1000;
        for (std::size_t i = 0; i < analyzer::indicator_count; ++i) {
            report.indicators[i].id = static_cast<analyzer::IndicatorId>(i);
            report.indicators[i].state = analyzer::IndicatorState::ok;
        }
        report.rate.arrival.window_bps = 20'000'000;
        host.host_name = "capture1";
        host.kernel_version = "6.1.0";
        host.core_count = 4;
        host.cpu_share = 0.25;
        host.memory_total_bytes = 8'000'000'000;
        host.disks = {{.device = "/dev/sda1", .mount_point = "/", .total_bytes = 1000, .available_bytes = 500}};
        host.interfaces = {{.name = "eth0", .received_bytes = 5000}};
        figures.version = "0.1.0";
        figures.streams = 1;
        figures.sinks = {{.name = "kafka", .delivered = 10, .waiting = 2, .problem = {}}};
    }

    analyzer::PidReport& add_pid(ts::Pid pid, std::uint64_t packets, bool of_program = true) {
        analyzer::PidReport& added = report.pids.emplace_back();
        added.pid = pid;
        added.counters.packets = packets;
        if (of_program) {
            added.programs = {1};
            added.use = analyzer::PidUse::elementary_stream;
            added.stream.emplace().codec = analyzer::Codec::h264;
        }
        return added;
    }

    analyzer::ProgramReport& add_program(std::uint16_t number, const std::string& service) {
        analyzer::ProgramReport& added = report.programs.emplace_back();
        added.info.program_number = number;
        added.info.service_name = service;
        added.info.provider_name = "muxtap";
        added.info.pmt_pid = ts::Pid{0x100};
        return added;
    }

    /// All that a report may hold.
    RecordMaker& fill(int pids) {
        add_program(1, "News").audio_video_offset_ms = 12;
        for (int i = 0; i < pids; ++i) add_pid(static_cast<ts::Pid>(0x100 + i), 1000);
        analyzer::PcrInfo& pcr = report.pids.front().pcr.emplace();
        pcr.pid = report.pids.front().pid;
        pcr.count = 100;
        pcr.interval_ms = {.count = 99, .min = 20, .mean = 30, .max = 39};
        pcr.accuracy_ns = analyzer::Spread{.count = 100, .min = -200, .mean = 0, .max = 300};
        pcr.overall_jitter_us = analyzer::Spread{.count = 100, .min = -15, .mean = 0, .max = 25};
        pcr.frequency_offset_ppm = 1.5;
        analyzer::ArrivalInfo& arrival = report.arrival.emplace();
        arrival.window = {.count = 1900, .min_us = 1, .mean_us = 526, .p50_us = 520, .p99_us = 700, .max_us = 1500};
        arrival.delay_factor_ms = 2.5;
        arrival.media_loss_rate = 0;
        report.rate.pcr_window_bps = 20'000'100;
        report.rate.peak_10ms_bps = 21'000'000;
        report.rate.peak_100ms_bps = 20'500'000;
        report.network.dvb = true;
        report.detected = analyzer::Standard::dvb;
        return *this;
    }

    [[nodiscard]] metrics::RecordPtr make() const {
        metrics::IntervalRecord made = interval;
        made.report = std::make_shared<const analyzer::Report>(report);
        made.host = std::make_shared<const proto::HostFigures>(host);
        made.figures = std::make_shared<const metrics::WorkerFigures>(figures);
        return std::make_shared<const metrics::Record>(std::move(made), metrics::RecordFormat::muxtap);
    }
};

inline metrics::RecordPtr event_of(const std::string& stream, analyzer::EventKind kind, const std::string& text = {},
                                   UnixTime time = from_unix_ns(1'700'000'200'000'000'000)) {
    client::EventRecord made;
    made.identity = {.probe = "probe1", .stream = stream, .epoch = 1, .seq = 1};
    made.event.kind = kind;
    made.event.time = time;
    made.event.text = text;
    return std::make_shared<const metrics::Record>(std::move(made), metrics::RecordFormat::muxtap);
}

}  // namespace muxtap::test
