#include "analyzer/json/fields.h"
#include "analyzer/json/report_json.h"
#include "client/metrics/records/record.h"
#include "client/metrics/records/record_names.h"
#include "proto/host_figures_writer.h"

namespace muxtap::metrics {

using namespace analyzer::json;

namespace {

void write_identity(Writer& writer, const IntervalRecord& record) {
    field(writer, "record", metrics_record_name);
    field(writer, "probe", record.identity.probe);
    field(writer, "stream", record.identity.stream);
    field(writer, "epoch", record.identity.epoch);
    field(writer, "seq", record.identity.seq);
    field(writer, "time_ns", record.time);
    field(writer, "interval_ns", record.interval.count());
    field(writer, "state", key_name(record.phase));
}

void write_source(Writer& writer, const StreamSource& source) {
    key(writer, "source");
    const Object object(writer);
    field(writer, "ip", source.ip);
    field(writer, "port", source.port);
    field(writer, "dst_ip", source.dst_ip);
    field(writer, "dst_port", source.dst_port);
    field(writer, "interface", source.interface);
    field(writer, "vlan", source.vlan);
    field(writer, "encapsulation", proto::name_of(source.encapsulation));
}

/// The keys of `totals` in the feed.
void write_totals(Writer& writer, const proto::Totals& totals) {
    key(writer, "probe_totals");
    const Object object(writer);
    field(writer, "datagrams", totals.datagrams);
    field(writer, "packets", totals.packets);
    field(writer, "bytes", totals.bytes);
    field(writer, "tei", totals.tei);
    field(writer, "null", totals.null);
    field(writer, "dropped", totals.dropped);
    field(writer, "rejected", totals.rejected);
    field(writer, "rtp_lost", totals.rtp_lost);
    field(writer, "rtp_reordered", totals.rtp_reordered);
    field(writer, "kernel_dropped", totals.kernel_dropped);
    field(writer, "queue_dropped", totals.queue_dropped);
}

void write_probe(Writer& writer, const ProbeFigures& probe) {
    write_totals(writer, probe.totals);
    field(writer, "next_seq", probe.next_seq);
    field(writer, "rate_bps", probe.rate_bps);
    field(writer, "last_packet_ns", probe.last_packet);
    field(writer, "heard_ns", probe.heard);
}

void write_loss(Writer& writer, const Losses& losses) {
    key(writer, "loss");
    const Object object(writer);
    {
        key(writer, "network");
        const Object place(writer);
        field(writer, "rtp_lost_packets", losses.rtp_lost);
        field(writer, "rtp_reordered_packets", losses.rtp_reordered);
        field(writer, "continuity_lost_packets", losses.continuity_lost);
    }
    {
        key(writer, "capture_host");
        const Object place(writer);
        field(writer, "kernel_dropped_frames", losses.kernel_dropped);
    }
    {
        key(writer, "probe");
        const Object place(writer);
        field(writer, "queue_dropped_packets", losses.probe_queue_dropped);
    }
    key(writer, "feed");
    const Object place(writer);
    field(writer, "lost_batches", losses.feed_batches);
    field(writer, "lost_packets", losses.feed_packets);
}

void write_sink(Writer& writer, const SinkFigures& sink) {
    const Object object(writer);
    field(writer, "name", sink.name);
    field(writer, "delivered_records", sink.delivered);
    field(writer, "dropped_records", sink.dropped);
    field(writer, "waiting_records", sink.waiting);
    field(writer, "spool_bytes", sink.spool_bytes);
    field(writer, "healthy", sink.healthy);
    field_if_known(writer, "problem", sink.problem);
}

void write_worker(Writer& writer, const client::WorkerIdentity& worker, const WorkerFigures& figures) {
    key(writer, "worker");
    const Object object(writer);
    field(writer, "name", worker.name);
    field(writer, "epoch", worker.epoch);
    field(writer, "version", figures.version);
    field(writer, "streams", figures.streams);
    field(writer, "refused_messages", figures.refused_messages);
    field(writer, "queue_bytes", figures.queue_bytes);
    field(writer, "lag_ns", figures.lag.count());
    field(writer, "lag_max_ns", figures.lag_max.count());
    field(writer, "late_ns", figures.late.count());
    field(writer, "cpu_time_ns", figures.cpu_time.count());
    field(writer, "resident_bytes", figures.resident_bytes);
    key(writer, "sinks");
    const Array array(writer);
    for (const SinkFigures& sink : figures.sinks) write_sink(writer, sink);
}

void write_host(Writer& writer, const proto::HostFigures& figures) {
    proto::HostFiguresWriter host;
    const std::string_view text = host.encode(figures);
    key(writer, "host");
    writer.RawValue(text.data(), text.size(), rapidjson::kObjectType);
}

}  // namespace

std::string to_json(const IntervalRecord& record) {
    rapidjson::StringBuffer buffer;
    Writer writer(buffer);
    {
        const Object object(writer);
        write_identity(writer, record);
        write_source(writer, record.source);
        write_probe(writer, record.probe);
        write_loss(writer, record.losses);
        key(writer, "report");
        analyzer::write_report(writer, *record.report);
        if (record.host) write_host(writer, *record.host);
        write_worker(writer, record.worker, *record.figures);
        field_if_known(writer, "log_line", record.last_log_line);
    }
    return {buffer.GetString(), buffer.GetSize()};
}

}  // namespace muxtap::metrics
