#include "probe/probe_config.h"

#include <unistd.h>

#include <algorithm>
#include <array>

#include "common/base/clock.h"

namespace muxtap::probe {
namespace {

std::string host_name() {
    std::array<char, 256> name{};
    if (::gethostname(name.data(), name.size() - 1) != 0 || name[0] == '\0') return "probe";
    return name.data();
}

Result<void> read_streams(const app::Options& options, ProbeConfig& config) {
    const bool rtp_only = options.text("source-protocol") == "rtp";
    FlowTable::Settings& flows = config.flows;
    flows.discover = options.boolean("discover");
    flows.max_streams = static_cast<std::size_t>(options.integer("max-streams"));
    for (const std::string& text : options.list("stream")) {
        // A file's stream has no address.
        if (!options.text("input").empty() && proto::is_stream_name(text)) {
            config.file_stream_name = text;
            continue;
        }
        auto selector = parse_stream_selector(text);
        if (!selector) return tl::unexpected<Error>(selector.error());
        selector->rtp_only |= rtp_only;
        const bool known = std::any_of(flows.selectors.begin(), flows.selectors.end(),
                                       [&](const StreamSelector& other) { return other.name == selector->name; });
        if (known) return fail("stream \"" + selector->name + "\" was given twice (--stream)");
        flows.selectors.push_back(std::move(*selector));
    }
    const bool address_given = options.origin("source-ip") != app::Origin::default_value ||
                               options.origin("source-port") != app::Origin::default_value;
    if (!flows.selectors.empty() || (flows.discover && !address_given)) return {};

    StreamSelector selector;
    const auto address = net::IpAddress::parse(options.text("source-ip"));
    if (!address) {
        return fail("--source-ip: \"" + options.text("source-ip") +
                    "\" is not an IPv4 or IPv6 address; names are not resolved here");
    }
    selector.destination = *address;
    selector.port = static_cast<std::uint16_t>(options.integer("source-port"));
    selector.name = selector.destination.to_text_with_port(selector.port);
    selector.rtp_only = rtp_only;
    flows.selectors.push_back(std::move(selector));
    return {};
}

/// Existing set-ups ask for a minute, meaning how long a read may take; a batch's packets must not wait for it.
std::chrono::milliseconds ring_time_out(const app::Options& options) {
    const auto asked =
        options.boolean("immediate-mode") ? std::chrono::nanoseconds{0} : options.duration("read-time-out");
    const auto longest = options.duration("batch-age") / 2;
    const auto effective = std::chrono::ceil<std::chrono::milliseconds>(std::min(asked, longest));
    return std::max(effective, std::chrono::milliseconds{1});
}

Result<void> read_capture(const app::Options& options, ProbeConfig& config) {
    config.input = options.text("input");
    config.pace = options.text("pace") == "fast" ? FilePace::fast : FilePace::capture;
    config.device = options.text("source-device");
    config.use_wireless = options.boolean("use-wireless");
    const std::string& method = options.text("capture");
    config.method = method == "afpacket" ? CaptureMethod::packet_ring
                    : method == "pcap"   ? CaptureMethod::pcap
                    : method == "socket" ? CaptureMethod::socket
                                         : CaptureMethod::automatic;
    config.capture_threads = static_cast<unsigned>(options.integer("capture-threads"));
    config.promiscuous = options.boolean("promiscuous");
    config.immediate = options.boolean("immediate-mode");
    config.buffer_bytes = options.bytes("buffer-size");
    config.snap_length = static_cast<int>(options.integer("snaplen"));
    config.read_time_out = ring_time_out(options);
    config.pcap_filter = options.text("pcap-filter");
    config.join = !options.boolean("no-join");
    config.user = options.text("user");
    if (config.method == CaptureMethod::socket && (config.flows.discover || !config.pcap_filter.empty())) {
        return fail(
            "--capture socket receives only named streams: it cannot be combined with --discover or --pcap-filter");
    }
    const auto wants_tag = [](const StreamSelector& selector) { return selector.vlan.value_or(0) != 0; };
    const auto& selectors = config.flows.selectors;
    const auto tagged = std::find_if(selectors.begin(), selectors.end(), wants_tag);
    if (config.method == CaptureMethod::socket && tagged != selectors.end()) {
        return fail("--stream \"" + tagged->name +
                    "\": a UDP socket does not see VLAN tags: leave ?vlan=" + std::to_string(*tagged->vlan) +
                    " away and name the VLAN's interface by --source-device, or capture " + "with --capture afpacket");
    }
    if (config.capture_threads > 1 &&
        (config.method == CaptureMethod::pcap || config.method == CaptureMethod::socket || !config.input.empty())) {
        return fail("--capture-threads shares out a live interface: it needs --capture afpacket");
    }
    return {};
}

std::string tcp_endpoint(const std::string& address, std::int64_t port) {
    const bool v6 = address.find(':') != std::string::npos && !address.starts_with('[');
    return "tcp://" + (v6 ? "[" + address + "]" : address) + ":" + std::to_string(port);
}

Result<void> read_feed(const app::Options& options, ProbeConfig& config) {
    AssemblerSettings& assembler = config.flows.assembler;
    assembler.batch_packets = static_cast<std::size_t>(options.integer("batch-packets"));
    assembler.batch_age = options.duration("batch-age");
    for (const std::string& what : options.list("drop")) {
        if (what != "tei" && what != "null") return fail("--drop: \"" + what + "\": expected tei or null");
        (what == "tei" ? assembler.drop.tei : assembler.drop.null) = true;
    }
    feed::Publisher::Settings& publisher = config.publisher;
    publisher.probe = options.is_set("probe-id") ? options.text("probe-id") : host_name();
    publisher.epoch = static_cast<std::uint64_t>(to_unix_ns(unix_now()));
    auto& main_endpoints = options.boolean("send-json-header") ? publisher.feed_endpoints : publisher.raw_endpoints;
    main_endpoints.push_back(tcp_endpoint(options.text("target-ip"), options.integer("target-port")));
    if (options.is_set("ipc-path")) main_endpoints.push_back("ipc://" + options.text("ipc-path"));
    if (options.is_set("raw-endpoint")) publisher.raw_endpoints.push_back(options.text("raw-endpoint"));
    publisher.subscriber_buffer_bytes = options.bytes("subscriber-buffer");
    publisher.queue_batches = static_cast<std::size_t>(options.integer("queue-batches"));
    publisher.lossless = !config.input.empty() && config.pace == FilePace::fast;
    publisher.writers = config.capture_threads;
    config.wait_subscribers = static_cast<std::size_t>(options.integer("wait-subscribers"));
    config.linger = std::chrono::ceil<std::chrono::milliseconds>(options.duration("linger"));
    config.host_figures = options.boolean("host-figures");
    config.linger_given = options.origin("linger") != app::Origin::default_value;
    return {};
}

}  // namespace

Result<ProbeConfig> make_config(const app::Options& options) {
    ProbeConfig config;
    auto read = read_streams(options, config);
    if (read) read = read_capture(options, config);
    if (read) read = read_feed(options, config);
    if (!read) return tl::unexpected<Error>(read.error());
    config.flows.packet_limit = static_cast<std::uint64_t>(options.integer("packet-count"));
    if (options.is_set("duration")) config.duration = options.duration("duration");
    config.silent = options.boolean("silent");
    config.progress = !options.boolean("no-progress");
    config.pcap_stats = options.boolean("pcap-stats");
    config.dump_packets = options.boolean("dump-packets");
    config.log_interval = std::chrono::ceil<std::chrono::milliseconds>(options.duration("log-interval"));
    return config;
}

}  // namespace muxtap::probe
