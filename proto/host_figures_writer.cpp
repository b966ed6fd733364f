#include "proto/host_figures_writer.h"

#include <algorithm>
#include <cmath>
#include <span>

#include "proto/json_writing.h"

namespace muxtap::proto {
namespace {

using Writer = rapidjson::Writer<rapidjson::StringBuffer>;

void write_fraction(Writer& writer, std::string_view key, double value, double maximum) {
    constexpr double steps = 10'000;
    write_key(writer, key);
    const double legal = std::isfinite(value) ? std::clamp(value, 0.0, maximum) : 0.0;
    writer.Double(std::round(legal * steps) / steps);
}

void write_item(Writer& writer, const HostDisk& disk) {
    write(writer, "device", disk.device);
    write(writer, "mount_point", disk.mount_point);
    write(writer, "total_bytes", disk.total_bytes);
    write(writer, "available_bytes", disk.available_bytes);
    write_key(writer, "removable");
    writer.Bool(disk.removable);
}

void write_item(Writer& writer, const HostInterface& interface) {
    write(writer, "name", interface.name);
    write(writer, "received_bytes", interface.received_bytes);
    write(writer, "transmitted_bytes", interface.transmitted_bytes);
    write(writer, "received_packets", interface.received_packets);
    write(writer, "transmitted_packets", interface.transmitted_packets);
    write(writer, "receive_errors", interface.receive_errors);
    write(writer, "transmit_errors", interface.transmit_errors);
}

void write_item(Writer& writer, const HostProcess& process) {
    write(writer, "pid", std::uint64_t{process.pid});
    write(writer, "name", process.name);
    write_fraction(writer, "cpu_share", process.cpu_share, largest_host_fraction);
    write(writer, "resident_bytes", process.resident_bytes);
}

template <typename Item>
void write_list(Writer& writer, std::string_view key, const std::vector<Item>& items, std::size_t most) {
    write_key(writer, key);
    writer.StartArray();
    for (const Item& item : std::span(items).first(std::min(items.size(), most))) {
        writer.StartObject();
        write_item(writer, item);
        writer.EndObject();
    }
    writer.EndArray();
}

void write_figures(Writer& writer, const HostFigures& figures) {
    writer.StartObject();
    write(writer, "time_ns", to_unix_ns(figures.time));
    write(writer, "host_name", figures.host_name);
    write(writer, "system_name", figures.system_name);
    write(writer, "os_version", figures.os_version);
    write(writer, "kernel_version", figures.kernel_version);
    write(writer, "architecture", figures.architecture);
    write(writer, "boot_time_ns", to_unix_ns(figures.boot_time));
    write(writer, "uptime_ns", std::max<std::int64_t>(figures.uptime.count(), 0));
    write(writer, "core_count", std::uint64_t{figures.core_count});
    write_fraction(writer, "cpu_share", figures.cpu_share, 1);
    write_fraction(writer, "load_1m", figures.load_1m, largest_host_fraction);
    write_fraction(writer, "load_5m", figures.load_5m, largest_host_fraction);
    write_fraction(writer, "load_15m", figures.load_15m, largest_host_fraction);
    write(writer, "memory_total_bytes", figures.memory_total_bytes);
    write(writer, "memory_used_bytes", figures.memory_used_bytes);
    write(writer, "swap_total_bytes", figures.swap_total_bytes);
    write(writer, "swap_used_bytes", figures.swap_used_bytes);
    write(writer, "process_count", std::uint64_t{figures.process_count});
    write_list(writer, "disks", figures.disks, most_host_disks);
    write_list(writer, "interfaces", figures.interfaces, most_host_interfaces);
    write_list(writer, "processes", figures.processes, most_host_processes);
    writer.EndObject();
}

}  // namespace

std::string_view HostFiguresWriter::encode(const HostFigures& figures) {
    // Compared by value, as an address can be that of other figures by now.
    if (!encoded_ || *encoded_ != figures) {
        buffer_.Clear();
        Writer writer(buffer_);
        write_figures(writer, figures);
        encoded_ = figures;
    }
    return {buffer_.GetString(), buffer_.GetSize()};
}

}  // namespace muxtap::proto
