#include "proto/host_figures_reader.h"

namespace muxtap::proto {
namespace {

constexpr std::uint64_t largest_u32 = std::numeric_limits<std::uint32_t>::max();

bool read_item(KeyReader& reader, HostDisk& disk) {
    disk.device = reader.text("device");
    disk.mount_point = reader.text("mount_point");
    disk.total_bytes = reader.optional_number("total_bytes");
    disk.available_bytes = reader.optional_number("available_bytes");
    disk.removable = reader.optional_flag("removable");
    return !reader.failed();
}

bool read_item(KeyReader& reader, HostInterface& interface) {
    interface.name = reader.text("name");
    interface.received_bytes = reader.optional_number("received_bytes");
    interface.transmitted_bytes = reader.optional_number("transmitted_bytes");
    interface.received_packets = reader.optional_number("received_packets");
    interface.transmitted_packets = reader.optional_number("transmitted_packets");
    interface.receive_errors = reader.optional_number("receive_errors");
    interface.transmit_errors = reader.optional_number("transmit_errors");
    return !reader.failed();
}

bool read_item(KeyReader& reader, HostProcess& process) {
    process.pid = static_cast<std::uint32_t>(reader.number("pid", largest_u32));
    process.name = reader.text("name");
    process.cpu_share = reader.optional_fraction("cpu_share", largest_host_fraction);
    process.resident_bytes = reader.optional_number("resident_bytes");
    return !reader.failed();
}

/// Whether the list, which may be missing, could be read.
template <typename Item>
bool read_list(const JsonValue* array, std::size_t most, std::vector<Item>& items) {
    const std::size_t size = array == nullptr ? 0 : array->Size();
    if (size > most) return false;
    items.resize(size);
    for (std::size_t i = 0; i < size; ++i) {
        const JsonValue& value = (*array)[static_cast<rapidjson::SizeType>(i)];
        if (!value.IsObject()) return false;
        KeyReader reader(value);
        if (!read_item(reader, items[i])) return false;
    }
    return true;
}

}  // namespace

bool read_host_figures(const JsonValue& object, HostFigures& figures) {
    KeyReader reader(object);
    figures.time = from_unix_ns(reader.time("time_ns"));
    figures.host_name = reader.optional_text("host_name");
    figures.system_name = reader.optional_text("system_name");
    figures.os_version = reader.optional_text("os_version");
    figures.kernel_version = reader.optional_text("kernel_version");
    figures.architecture = reader.optional_text("architecture");
    figures.boot_time = from_unix_ns(reader.optional_time("boot_time_ns"));
    figures.uptime = std::chrono::nanoseconds{
        static_cast<std::int64_t>(reader.optional_number("uptime_ns", std::numeric_limits<std::int64_t>::max()))};
    figures.core_count = static_cast<std::uint32_t>(reader.optional_number("core_count", largest_u32));
    figures.cpu_share = reader.optional_fraction("cpu_share", 1);
    figures.load_1m = reader.optional_fraction("load_1m", largest_host_fraction);
    figures.load_5m = reader.optional_fraction("load_5m", largest_host_fraction);
    figures.load_15m = reader.optional_fraction("load_15m", largest_host_fraction);
    figures.memory_total_bytes = reader.optional_number("memory_total_bytes");
    figures.memory_used_bytes = reader.optional_number("memory_used_bytes");
    figures.swap_total_bytes = reader.optional_number("swap_total_bytes");
    figures.swap_used_bytes = reader.optional_number("swap_used_bytes");
    figures.process_count = static_cast<std::uint32_t>(reader.optional_number("process_count", largest_u32));
    const JsonValue* disks = reader.optional_array("disks");
    const JsonValue* interfaces = reader.optional_array("interfaces");
    const JsonValue* processes = reader.optional_array("processes");
    return !reader.failed() && read_list(disks, most_host_disks, figures.disks) &&
           read_list(interfaces, most_host_interfaces, figures.interfaces) &&
           read_list(processes, most_host_processes, figures.processes);
}

}  // namespace muxtap::proto
