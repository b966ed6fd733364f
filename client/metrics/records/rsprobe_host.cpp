#include "client/metrics/records/rsprobe_fields.h"

namespace muxtap::metrics::rsprobe {

using namespace analyzer::json;

namespace {

void write_memory_and_load(Writer& writer, const proto::HostFigures& host) {
    field(writer, "total_memory", host.memory_total_bytes);
    field(writer, "used_memory", host.memory_used_bytes);
    field(writer, "total_swap", host.swap_total_bytes);
    field(writer, "used_swap", host.swap_used_bytes);
    field(writer, "cpu_usage", host.cpu_share * 100);
    field(writer, "cpu_count", host.core_count);
    field(writer, "core_count", host.core_count);
    field(writer, "boot_time", milliseconds(host.boot_time));
    field(writer, "uptime", std::chrono::floor<std::chrono::milliseconds>(host.uptime).count());
    field(writer, "load_avg_one", host.load_1m);
    field(writer, "load_avg_five", host.load_5m);
    field(writer, "load_avg_fifteen", host.load_15m);
    field(writer, "process_count", host.process_count);
}

void write_processes(Writer& writer, const std::vector<proto::HostProcess>& processes) {
    key(writer, "processes");
    const Array array(writer);
    for (const proto::HostProcess& process : processes) {
        const Object object(writer);
        field(writer, "pid", process.pid);
        field(writer, "name", process.name);
        field(writer, "cpu_usage", process.cpu_share * 100);
        field(writer, "memory", process.resident_bytes);
    }
}

}  // namespace

void write_host(Writer& writer, const proto::HostFigures& host) {
    write_memory_and_load(writer, host);
    write_processes(writer, host.processes);
    for (std::size_t i = 0; i < host.disks.size(); ++i) {
        const proto::HostDisk& disk = host.disks[i];
        FlatFields fields(writer, "disk_stats." + std::to_string(i) + ".");
        fields.add("name", disk.device);
        fields.add("total_space", disk.total_bytes);
        fields.add("available_space", disk.available_bytes);
        fields.add("is_removable", disk.removable);
    }
    for (const proto::HostInterface& interface : host.interfaces) {
        FlatFields fields(writer, "network." + cleaned_utf8(interface.name) + ".");
        fields.add("received", interface.received_bytes);
        fields.add("transmitted", interface.transmitted_bytes);
        fields.add("packets_received", interface.received_packets);
        fields.add("packets_transmitted", interface.transmitted_packets);
        fields.add("errors_on_received", interface.receive_errors);
        fields.add("errors_on_transmitted", interface.transmit_errors);
    }
}

}  // namespace muxtap::metrics::rsprobe
