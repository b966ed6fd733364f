#include "proto/feed_decoder.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <vector>

#include "common/ts/packet_view.h"
#include "proto/host_figures_reader.h"
#include "proto/json_reading.h"
#include "proto/topic.h"

namespace muxtap::proto {
namespace {

std::optional<SourceAddress> read_source(const JsonValue& object) {
    constexpr std::uint64_t max_port = 65535;
    constexpr std::uint64_t max_vlan = 4095;
    KeyReader reader(object);
    SourceAddress source;
    source.ip = reader.text("ip");
    source.port = static_cast<std::uint16_t>(reader.number("port", max_port));
    source.dst_ip = reader.text("dst_ip");
    source.dst_port = static_cast<std::uint16_t>(reader.number("dst_port", max_port));
    source.interface = reader.text("interface");
    source.vlan = static_cast<std::uint16_t>(reader.number("vlan", max_vlan));
    source.encapsulation = reader.name("encapsulation", {Encapsulation::udp, Encapsulation::rtp, Encapsulation::file});
    if (reader.failed()) return std::nullopt;
    return source;
}

std::optional<Totals> read_totals(const JsonValue& object) {
    KeyReader reader(object);
    Totals totals;
    totals.datagrams = reader.number("datagrams");
    totals.packets = reader.number("packets");
    totals.bytes = reader.number("bytes");
    totals.tei = reader.number("tei");
    totals.null = reader.number("null");
    totals.dropped = reader.optional_number("dropped");
    totals.rtp_lost = reader.number("rtp_lost");
    totals.rtp_reordered = reader.number("rtp_reordered");
    totals.kernel_dropped = reader.number("kernel_dropped");
    totals.queue_dropped = reader.number("queue_dropped");
    const JsonValue* rejected = reader.object("rejected");
    if (reader.failed()) return std::nullopt;

    KeyReader reasons(*rejected);
    for (std::size_t i = 0; i < ts::reject_reason_count; ++i) {
        const auto reason = static_cast<ts::RejectReason>(i);
        totals.rejected.add(reason, reasons.optional_number(ts::name_of(reason)));
    }
    if (reasons.failed()) return std::nullopt;
    return totals;
}

/// Whether the list could be read; then `entries` holds it.
bool read_datagrams(const JsonValue& array, std::vector<DatagramEntry>& entries) {
    entries.clear();
    for (const JsonValue& entry : array.GetArray()) {
        if (!entry.IsArray() || entry.Size() < 2 || !entry[0].IsUint() || !entry[1].IsInt64()) return false;
        if (entry[0].GetUint() == 0) return false;
        entries.push_back({entry[0].GetUint(), std::max(entry[1].GetInt64(), gap_not_measurable)});
    }
    return true;
}

std::uint64_t sum_of_packets(const std::vector<DatagramEntry>& entries) {
    std::uint64_t sum = 0;
    for (const DatagramEntry& entry : entries) sum += entry.packets;
    return sum;
}

bool every_packet_synchronised(ByteView payload) {
    for (std::size_t at = 0; at < payload.size(); at += ts::packet_size) {
        if (payload[at] != ts::sync_byte) return false;
    }
    return true;
}

tl::unexpected<FeedReject> refuse(FeedReject reject) {
    return tl::unexpected<FeedReject>(reject);
}

}  // namespace

std::string_view name_of(FeedReject reject) noexcept {
    constexpr std::array<std::string_view, feed_reject_count> names = {
        "frame_count", "topic",        "header_size",   "not_json",         "newer_version",
        "key",         "payload_size", "datagram_list", "payload_sync_byte"};
    return names[static_cast<std::size_t>(reject)];
}

/// Room for the JSON tree of a header with `max_datagrams` datagrams; a larger header falls back to the heap.
struct FeedDecoder::Memory {
    static constexpr std::size_t tree_bytes = std::size_t{512} << 10;
    static constexpr std::size_t stack_bytes = std::size_t{256} << 10;

    std::vector<char> tree = std::vector<char>(tree_bytes);
    std::vector<char> stack = std::vector<char>(stack_bytes);
    std::optional<JsonAllocator> tree_allocator;
    std::optional<JsonAllocator> stack_allocator;
    std::optional<JsonDocument> document;
    std::vector<DatagramEntry> datagrams;
    HostFigures host;

    JsonDocument& fresh_document() {
        document.reset();
        tree_allocator.emplace(tree.data(), tree.size());
        stack_allocator.emplace(stack.data(), stack.size());
        // The parser's stack grows by copying; it starts as large as the largest header needs.
        return document.emplace(&*tree_allocator, stack_bytes / 2, &*stack_allocator);
    }
};

FeedDecoder::FeedDecoder() : memory_(std::make_unique<Memory>()) {
    memory_->datagrams.reserve(max_datagrams);
}
FeedDecoder::~FeedDecoder() = default;

Result<FeedMessage, FeedReject> FeedDecoder::decode(std::span<const ByteView> frames) {
    if (frames.size() < 2 || frames.size() > max_frames) return refuse(FeedReject::frame_count);
    const std::string_view topic = as_text(frames[0]);
    const bool is_batch = topic.starts_with("ts/");
    if (!is_batch && !topic.starts_with("info/")) return refuse(FeedReject::topic);
    if (frames.size() != (is_batch ? 3U : 2U)) return refuse(FeedReject::frame_count);

    const std::string_view text = as_text(frames[1]);
    if (text.size() > max_header_bytes) return refuse(FeedReject::header_size);
    JsonDocument& document = memory_->fresh_document();
    // Iterative: a header of a million brackets must not exhaust the call stack.
    document.Parse<rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag>(text.data(), text.size());
    if (document.HasParseError() || !document.IsObject()) return refuse(FeedReject::not_json);

    KeyReader reader(document);
    const std::uint64_t version = reader.number("v");
    if (reader.failed()) return refuse(FeedReject::key);
    if (version > feed_version) return refuse(FeedReject::newer_version);
    const auto kind = reader.name("kind", {Kind::ts, Kind::info});
    const std::string_view probe = reader.text("probe");
    const std::string_view stream = reader.text("stream");
    const std::uint64_t epoch = reader.number("epoch");
    const std::int64_t time_ns = reader.time("time_ns");
    const JsonValue* source_object = reader.object("source");
    const JsonValue* totals_object = reader.object("totals");
    if (version == 0 || reader.failed() || (kind == Kind::ts) != is_batch || !is_stream_name(stream)) {
        return refuse(FeedReject::key);
    }
    const std::size_t prefix = name_of(kind).size() + 1;
    if (topic.size() != prefix + stream.size() + 1 || topic.substr(prefix, stream.size()) != stream ||
        topic.back() != '/') {
        return refuse(FeedReject::topic);
    }
    const std::optional<SourceAddress> source = read_source(*source_object);
    const std::optional<Totals> totals = read_totals(*totals_object);
    if (!source || !totals) return refuse(FeedReject::key);

    if (!is_batch) {
        InfoHeader info{.probe = probe, .stream = stream, .epoch = epoch, .time_ns = time_ns};
        info.source = *source;
        info.totals = *totals;
        info.next_seq = reader.number("next_seq");
        info.state =
            reader.name("state", {StreamState::waiting, StreamState::live, StreamState::silent, StreamState::ended});
        info.last_packet_ns = reader.time("last_packet_ns");
        info.rate_bps = reader.number("rate_bps");
        const JsonValue* host = reader.optional_object("host");
        if (reader.failed()) return refuse(FeedReject::key);
        if (host != nullptr) {
            if (!read_host_figures(*host, memory_->host)) return refuse(FeedReject::key);
            info.host = &memory_->host;
        }
        return info;
    }

    BatchMessage batch;
    batch.header = {.probe = probe, .stream = stream, .epoch = epoch, .time_ns = time_ns};
    batch.header.source = *source;
    batch.header.totals = *totals;
    batch.header.seq = reader.number("seq");
    batch.header.first_packet = reader.number("first_packet");
    batch.header.packets =
        static_cast<std::uint32_t>(reader.number("packets", std::numeric_limits<std::uint32_t>::max()));
    const JsonValue* datagrams = reader.array("datagrams");
    if (reader.failed() || batch.header.packets == 0) return refuse(FeedReject::key);

    batch.payload = frames[2];
    if (batch.payload.size() != std::size_t{batch.header.packets} * ts::packet_size) {
        return refuse(FeedReject::payload_size);
    }
    if (!read_datagrams(*datagrams, memory_->datagrams) || sum_of_packets(memory_->datagrams) != batch.header.packets) {
        return refuse(FeedReject::datagram_list);
    }
    if (!every_packet_synchronised(batch.payload)) return refuse(FeedReject::payload_sync_byte);
    batch.header.datagrams = memory_->datagrams;
    return batch;
}

}  // namespace muxtap::proto
