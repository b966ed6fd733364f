#include "client/metrics/sinks/prometheus_series.h"

#include <algorithm>
#include <chrono>
#include <string>

#include "client/delivery/sink_series.h"
#include "common/counters/capture_series.h"

namespace muxtap::metrics {
namespace {

double seconds(std::chrono::nanoseconds duration) {
    return std::chrono::duration<double>(duration).count();
}

double seconds(UnixTime time) {
    return seconds(time.time_since_epoch());
}

double number(std::uint64_t count) {
    return static_cast<double>(count);
}

constexpr double per_thousand = 1e-3;
constexpr double per_million = 1e-6;
constexpr std::size_t most_disks = 32;

void put_rates(const analyzer::MuxRateInfo& rate, SeriesOutput& out) {
    out.put(Family::rate, {}, number(rate.arrival.window_bps));
    if (rate.pcr_window_bps > 0) out.put(Family::pcr_rate, {}, number(rate.pcr_window_bps));
    if (rate.peak_10ms_bps > 0) out.put(Family::peak_10ms, {}, number(rate.peak_10ms_bps));
    if (rate.peak_100ms_bps > 0) out.put(Family::peak_100ms, {}, number(rate.peak_100ms_bps));
    out.put(Family::null_ratio, {}, rate.null_share_window);
}

void put_arrival(const analyzer::ArrivalInfo& arrival, SeriesOutput& out) {
    if (arrival.window.count > 0) {
        out.put(Family::iat_mean, {}, arrival.window.mean_us * per_million);
        out.put(Family::iat_p99, {}, arrival.window.p99_us * per_million);
        out.put(Family::iat_max, {}, arrival.window.max_us * per_million);
    }
    if (arrival.delay_factor_ms) out.put(Family::mdi_df, {}, *arrival.delay_factor_ms * per_thousand);
    if (arrival.media_loss_rate) out.put(Family::mdi_mlr, {}, *arrival.media_loss_rate);
}

}  // namespace

void put_stream_state(const IntervalRecord& record, SeriesOutput& out) {
    const StreamSource& source = record.source;
    out.put(Family::stream_info,
            {source.ip, std::to_string(source.port), source.dst_ip, std::to_string(source.dst_port), source.interface,
             std::to_string(source.vlan), proto::name_of(source.encapsulation), key_name(record.report->detected)},
            1);
    counters::put_state(counters::stream_states, key_name(record.phase), out);
    if (record.probe.heard > UnixTime{}) out.put(Family::stream_heard, {}, seconds(record.probe.heard));
    if (record.probe.last_packet > UnixTime{}) {
        out.put(Family::stream_last_packet, {}, seconds(record.probe.last_packet));
    }
    out.put(Family::stream_record, {}, seconds(record.time));
    out.put(Family::stream_lag, {}, seconds(record.figures->lag));
    out.put(Family::stream_lag_max, {}, seconds(record.figures->lag_max));
    out.put(Family::stream_late, {}, seconds(record.figures->late));
    out.put(Family::captured_rate, {}, number(record.probe.rate_bps));
}

void put_losses(const Losses& losses, SeriesOutput& out) {
    out.put(Family::lost, {"network", "rtp_packets"}, number(losses.rtp_lost));
    out.put(Family::lost, {"network_or_source", "ts_packets"}, number(losses.continuity_lost));
    out.put(Family::lost, {"host", "frames"}, number(losses.kernel_dropped));
    out.put(Family::lost, {"probe", "ts_packets"}, number(losses.probe_queue_dropped));
    out.put(Family::lost, {"feed", "batches"}, number(losses.feed_batches));
    out.put(Family::lost, {"feed", "ts_packets"}, number(losses.feed_packets));
    out.put(Family::rtp_reordered, {}, number(losses.rtp_reordered));
}

void put_report(const analyzer::Report& report, SeriesOutput& out) {
    const analyzer::TotalCounters& totals = report.totals;
    out.put(Family::packets, {}, number(totals.packets));
    out.put(Family::null_packets, {}, number(totals.null_packets));
    out.put(Family::transport_errors, {}, number(totals.transport_errors));
    out.put(Family::continuity_errors, {}, number(totals.continuity_errors));
    out.put(Family::duplicates, {}, number(totals.duplicates));
    out.put(Family::reordered, {}, number(totals.reordered_packets));
    out.put(Family::sync_losses, {}, number(totals.sync_losses));
    out.put(Family::capture_losses, {}, number(totals.capture_losses));
    out.put(Family::analyzer_events_dropped, {}, number(report.events_dropped));
    put_rates(report.rate, out);
    if (report.arrival) put_arrival(*report.arrival, out);
    out.put(Family::missing_pids, {}, number(report.missing_pids.size()));
    out.put(Family::limits, {}, number(report.limits.size()));
}

void put_host(const proto::HostFigures& host, SeriesOutput& out) {
    out.put(Family::probe_info,
            {host.host_name, host.system_name, host.os_version, host.kernel_version, host.architecture}, 1);
    out.put(Family::host_boot, {}, seconds(host.boot_time));
    out.put(Family::host_cores, {}, host.core_count);
    out.put(Family::host_cpu, {}, host.cpu_share);
    out.put(Family::host_load1, {}, host.load_1m);
    out.put(Family::host_load5, {}, host.load_5m);
    out.put(Family::host_load15, {}, host.load_15m);
    out.put(Family::host_memory, {}, number(host.memory_total_bytes));
    out.put(Family::host_memory_used, {}, number(host.memory_used_bytes));
    out.put(Family::host_swap, {}, number(host.swap_total_bytes));
    out.put(Family::host_swap_used, {}, number(host.swap_used_bytes));
    out.put(Family::host_processes, {}, host.process_count);
    for (std::size_t i = 0; i < std::min(host.disks.size(), most_disks); ++i) {
        const proto::HostDisk& disk = host.disks[i];
        out.put(Family::disk_size, {disk.device, disk.mount_point}, number(disk.total_bytes));
        out.put(Family::disk_available, {disk.device, disk.mount_point}, number(disk.available_bytes));
    }
}

void put_worker(const IntervalRecord& record, SeriesOutput& out) {
    const WorkerFigures& figures = *record.figures;
    out.put(Family::worker_info, {record.worker.name, figures.version}, 1);
    out.put(Family::worker_start, {}, number(record.worker.epoch) * 1e-9);
    out.put(Family::worker_streams, {}, number(figures.streams));
    out.put(Family::worker_refused, {}, number(figures.refused_messages));
    out.put(Family::worker_queue, {}, number(figures.queue_bytes));
    out.put(Family::worker_cpu, {}, seconds(figures.cpu_time));
    out.put(Family::worker_memory, {}, number(figures.resident_bytes));
    for (const SinkFigures& sink : figures.sinks) delivery::put_sink(sink, out);
}

}  // namespace muxtap::metrics
