#include "probe/source/source_factory.h"

#include <unistd.h>

#include <algorithm>

#include "probe/source/capture_filter.h"
#include "probe/source/devices.h"
#include "probe/source/packet_ring_source.h"
#include "probe/source/pcap_live_source.h"
#include "probe/source/udp_socket_source.h"

namespace muxtap::probe {
namespace {

Result<OpenedSources> open_file(const ProbeConfig& config) {
    auto file = open_file_source(config.input, config.pace);
    if (!file) return tl::unexpected<Error>(file.error());
    OpenedSources opened;
    opened.interface = config.input == "-" ? "stdin" : config.input.substr(config.input.rfind('/') + 1);
    opened.description = "\"" + config.input + "\"";
    opened.is_stream_file = !file->is_capture;
    opened.sources.push_back(std::move(file->source));
    return opened;
}

Result<OpenedSources> open_sockets(const ProbeConfig& config) {
    OpenedSources opened;
    std::string note;
    auto source = UdpSocketSource::open(
        config.flows.selectors, {.device = config.device, .buffer_bytes = config.buffer_bytes, .join = config.join},
        note);
    if (!source) return tl::unexpected<Error>(source.error());
    opened.interface = config.device;
    opened.description = "UDP sockets";
    opened.sources.push_back(std::move(*source));
    if (!note.empty()) opened.notes.push_back(std::move(note));
    return opened;
}

Result<std::unique_ptr<Source>> open_live(const ProbeConfig& config, const std::string& device, bool ring,
                                          const std::string& filter) {
    if (ring) {
        const unsigned group = config.capture_threads > 1 ? static_cast<unsigned>(::getpid()) & 0xFFFFU : 0;
        return PacketRingSource::open({.device = device,
                                       .filter = filter,
                                       .promiscuous = config.promiscuous,
                                       .buffer_bytes = config.buffer_bytes / config.capture_threads,
                                       .block_time_out = config.read_time_out,
                                       .fanout_group = group});
    }
    return PcapLiveSource::open({.device = device,
                                 .filter = filter,
                                 .promiscuous = config.promiscuous,
                                 .immediate = config.immediate,
                                 .buffer_bytes = config.buffer_bytes,
                                 .snap_length = config.snap_length,
                                 .read_time_out = config.read_time_out});
}

/// An interface that is down is no error for a packet socket: it would be waited for in vain, and nobody told.
Result<void> check_is_up(const std::string& name) {
    const auto devices = list_devices();
    if (!devices) return {};
    const auto is_down = [&](const Device& device) { return device.name == name && !device.up; };
    if (std::none_of(devices->begin(), devices->end(), is_down)) return {};
    return fail("cannot capture on \"" + name + "\": the interface is down: sudo ip link set " + name + " up");
}

Result<OpenedSources> open_interface(const ProbeConfig& config) {
    OpenedSources opened;
    std::string device = config.device;
    if (device.empty()) {
        const auto devices = list_devices();
        if (!devices) return tl::unexpected<Error>(devices.error());
        auto chosen = choose_device(*devices, config.use_wireless);
        if (!chosen) return tl::unexpected<Error>(chosen.error());
        device = std::move(*chosen);
    }
    if (auto up = check_is_up(device); !up) return tl::unexpected<Error>(up.error());
    // Only Ethernet frames are read from the ring; libpcap knows the rest.
    const bool ring_can = device != "any" && device_link(device) != DeviceLink::other;
    const bool ring = config.method == CaptureMethod::packet_ring ||
                      (config.method == CaptureMethod::automatic && (ring_can || config.capture_threads > 1));
    const std::string filter = config.pcap_filter.empty()
                                   ? filter_expression(config.flows.selectors, config.flows.discover)
                                   : config.pcap_filter;
    for (unsigned i = 0; i < config.capture_threads; ++i) {
        auto source = open_live(config, device, ring, filter);
        if (!source) return tl::unexpected<Error>(source.error());
        opened.sources.push_back(std::move(*source));
    }
    if (config.join) {
        const std::string join_device = device == "any" ? std::string{} : device;
        for (const StreamSelector& selector : config.flows.selectors) {
            if (!selector.destination.is_multicast()) continue;
            auto joined = opened.memberships.join(selector.destination, selector.sender, join_device);
            // A span port has no address and needs no membership: capturing goes on.
            if (!joined) opened.notes.push_back(joined.error().message);
        }
    }
    opened.interface = device;
    opened.description = device + (ring ? " (afpacket)" : " (pcap)");
    return opened;
}

}  // namespace

Result<OpenedSources> open_sources(const ProbeConfig& config) {
    if (!config.input.empty()) return open_file(config);
    if (config.method == CaptureMethod::socket) return open_sockets(config);
    return open_interface(config);
}

}  // namespace muxtap::probe
