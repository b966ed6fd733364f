#include "tests/proto/samples.h"

#include <limits>

#include "proto/feed_encoder.h"
#include "proto/topic.h"

namespace muxtap::test {
namespace {

constexpr std::array<proto::DatagramEntry, 1> one_datagram = {{{.packets = 1, .gap_ns = 0}}};
constexpr std::array<proto::DatagramEntry, 3> three_datagrams = {
    {{7, 0}, {7, 375'812}, {5, proto::gap_not_measurable}}};

proto::SourceAddress sample_source() {
    return {.ip = "10.0.0.5",
            .port = 41000,
            .dst_ip = "239.1.1.1",
            .dst_port = 5000,
            .interface = "eth0",
            .vlan = 0,
            .encapsulation = proto::Encapsulation::rtp};
}

proto::Totals sample_totals() {
    return {.datagrams = 61700,
            .packets = 431900,
            .bytes = 81197200,
            .tei = 0,
            .null = 1200,
            .dropped = 0,
            .rejected = {},
            .rtp_lost = 0,
            .rtp_reordered = 0,
            .kernel_dropped = 0,
            .queue_dropped = 0};
}

proto::Totals largest_totals() {
    constexpr std::uint64_t largest = std::numeric_limits<std::uint64_t>::max();
    proto::Totals totals{largest, largest, largest, largest, largest, largest, {}, largest, largest, largest, largest};
    for (std::size_t i = 0; i < ts::reject_reason_count; ++i) {
        totals.rejected.add(static_cast<ts::RejectReason>(i), largest - i);
    }
    return totals;
}

void append_hex(std::string& out, std::uint64_t value, int digits) {
    constexpr std::string_view hex = "0123456789abcdef";
    for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4) out.push_back(hex[value >> shift & 0xFU]);
}

/// Sixteen bytes a line: offset, bytes, text.
void append_dump(std::string& out, std::string_view bytes) {
    constexpr std::size_t width = 16;
    for (std::size_t at = 0; at < bytes.size(); at += width) {
        const std::string_view line = bytes.substr(at, width);
        append_hex(out, at, 4);
        out.append(" ");
        for (const char byte : line) {
            out.push_back(' ');
            append_hex(out, static_cast<std::uint8_t>(byte), 2);
        }
        out.append((width - line.size()) * 3 + 2, ' ');
        for (const char byte : line) out.push_back(byte >= ' ' && byte <= '~' ? byte : '.');
        out.push_back('\n');
    }
}

}  // namespace

Packet null_packet() {
    Packet packet;
    packet.fill(0xFF);
    packet[0] = ts::sync_byte;
    packet[1] = 0x1F;
    packet[2] = 0xFF;
    packet[3] = 0x10;
    return packet;
}

std::vector<ByteView> Frames::views() const {
    std::vector<ByteView> views;
    for (const std::string& text : texts) views.push_back(as_bytes(text));
    return views;
}

proto::BatchHeader sample_batch_header() {
    return {.probe = "cap-a",
            .stream = "news",
            .epoch = 1763600000123456789,
            .seq = 1234,
            .first_packet = 431900,
            .packets = 1,
            .time_ns = 1763600012345678901,
            .datagrams = one_datagram,
            .source = sample_source(),
            .totals = sample_totals()};
}

proto::InfoHeader sample_info_header() {
    proto::InfoHeader info{.probe = "cap-a",
                           .stream = "news",
                           .epoch = 1763600000123456789,
                           .next_seq = 1235,
                           .time_ns = 1763600013000000000,
                           .state = proto::StreamState::live,
                           .last_packet_ns = 1763600012345678901,
                           .rate_bps = 3'808'000,
                           .source = sample_source(),
                           .totals = sample_totals()};
    ++info.totals.datagrams;
    ++info.totals.packets;
    ++info.totals.null;
    info.totals.bytes += ts::packet_size;
    return info;
}

proto::HostFigures sample_host() {
    proto::HostFigures host;
    host.time = from_unix_ns(1763600012900000000);
    host.host_name = "capture-1";
    host.system_name = "Debian GNU/Linux";
    host.os_version = "12";
    host.kernel_version = "6.1.0-18-amd64";
    host.architecture = "x86_64";
    host.boot_time = from_unix_ns(1763500000000000000);
    host.uptime = std::chrono::nanoseconds{100'012'900'000'000};
    host.core_count = 8;
    host.cpu_share = 0.1875;
    host.load_1m = 1.62;
    host.load_5m = 1.5;
    host.load_15m = 1;
    host.memory_total_bytes = 16'000'000'000;
    host.memory_used_bytes = 3'000'000'000;
    host.swap_total_bytes = 1'000'000'000;
    host.swap_used_bytes = 4096;
    host.process_count = 217;
    host.disks = {{"/dev/sda1", "/", 250'000'000'000, 180'000'000'000, false},
                  {"/dev/sdb1", "/media/stick", 32'000'000'000, 1, true}};
    host.interfaces = {{"lo", 1000, 1000, 10, 10, 0, 0},
                       {"eth0", 9'000'000'000'000, 70'000'000, 6'800'000'000, 500'000, 3, 1}};
    host.processes = {{4711, "muxtap-probe", 1.0625, 98'000'000}, {1, "systemd", 0, 12'000'000}};
    return host;
}

Frames message_of(const proto::BatchHeader& header) {
    proto::FeedEncoder encoder;
    std::string payload;
    const Packet packet = null_packet();
    for (std::uint32_t i = 0; i < header.packets; ++i) payload.append(packet.begin(), packet.end());
    return {{proto::make_topic(proto::Kind::ts, header.stream), std::string{encoder.encode(header)}, payload}};
}

Frames message_of(const proto::InfoHeader& header) {
    proto::FeedEncoder encoder;
    return {{proto::make_topic(proto::Kind::info, header.stream), std::string{encoder.encode(header)}}};
}

Frames sample_batch() {
    return message_of(sample_batch_header());
}
Frames sample_info() {
    return message_of(sample_info_header());
}

Frames sample_info_with_host() {
    const proto::HostFigures host = sample_host();
    proto::InfoHeader info = sample_info_header();
    info.host = &host;
    return message_of(info);
}

std::vector<Frames> all_samples() {
    std::vector<Frames> samples{sample_batch(), sample_info()};

    proto::BatchHeader batch = sample_batch_header();
    batch.datagrams = three_datagrams;
    batch.packets = 19;
    batch.source.encapsulation = proto::Encapsulation::udp;
    batch.source.vlan = 4095;
    batch.stream = "[ff3e::1]:5000";
    batch.source.dst_ip = "ff3e::1";
    samples.push_back(message_of(batch));

    batch = sample_batch_header();
    batch.probe = "Überwachung \"1\"\n";
    batch.seq = batch.epoch = batch.first_packet = std::numeric_limits<std::uint64_t>::max();
    batch.time_ns = std::numeric_limits<std::int64_t>::min();
    batch.totals = largest_totals();
    batch.source = {};
    batch.source.interface = "a file \xFF.ts";
    batch.source.encapsulation = proto::Encapsulation::file;
    samples.push_back(message_of(batch));

    proto::InfoHeader info = sample_info_header();
    for (const auto state : {proto::StreamState::waiting, proto::StreamState::live, proto::StreamState::silent,
                             proto::StreamState::ended}) {
        info.state = state;
        samples.push_back(message_of(info));
    }
    info = {.probe = "cap-a", .stream = "news"};
    samples.push_back(message_of(info));
    const proto::HostFigures unknown;
    info.host = &unknown;
    samples.push_back(message_of(info));
    samples.push_back(sample_info_with_host());
    return samples;
}

std::string worked_bytes() {
    constexpr std::array<std::string_view, 3> titles = {"frame 0: topic", "frame 1: header", "frame 2: payload"};
    const Frames message = sample_batch();
    std::string out;
    for (std::size_t i = 0; i < titles.size(); ++i) {
        out.append(i == 0 ? "" : "\n").append(titles[i]).append(", ");
        out.append(std::to_string(message.texts[i].size())).append(" bytes\n");
        append_dump(out, message.texts[i]);
    }
    return out;
}

}  // namespace muxtap::test
