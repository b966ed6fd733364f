#include "proto/feed_encoder.h"

#include "proto/json_writing.h"
#include "proto/topic.h"

namespace muxtap::proto {
namespace {

template <typename Writer>
void write_source(Writer& writer, const SourceAddress& source) {
    write_key(writer, "source");
    writer.StartObject();
    write(writer, "ip", source.ip);
    write(writer, "port", std::uint64_t{source.port});
    write(writer, "dst_ip", source.dst_ip);
    write(writer, "dst_port", std::uint64_t{source.dst_port});
    write(writer, "interface", source.interface);
    write(writer, "vlan", std::uint64_t{source.vlan});
    write(writer, "encapsulation", name_of(source.encapsulation));
    writer.EndObject();
}

template <typename Writer>
void write_totals(Writer& writer, const Totals& totals) {
    write_key(writer, "totals");
    writer.StartObject();
    write(writer, "datagrams", totals.datagrams);
    write(writer, "packets", totals.packets);
    write(writer, "bytes", totals.bytes);
    write(writer, "tei", totals.tei);
    write(writer, "null", totals.null);
    write(writer, "dropped", totals.dropped);
    write_key(writer, "rejected");
    writer.StartObject();
    for (std::size_t i = 0; i < ts::reject_reason_count; ++i) {
        const auto reason = static_cast<ts::RejectReason>(i);
        write(writer, ts::name_of(reason), totals.rejected.of(reason));
    }
    writer.EndObject();
    write(writer, "rtp_lost", totals.rtp_lost);
    write(writer, "rtp_reordered", totals.rtp_reordered);
    write(writer, "kernel_dropped", totals.kernel_dropped);
    write(writer, "queue_dropped", totals.queue_dropped);
    writer.EndObject();
}

template <typename Writer>
void write_start(Writer& writer, Kind kind, std::string_view probe, std::string_view stream, std::uint64_t epoch) {
    writer.StartObject();
    write(writer, "v", std::uint64_t{feed_version});
    write(writer, "kind", name_of(kind));
    write(writer, "probe", probe);
    write(writer, "stream", stream);
    write(writer, "epoch", epoch);
}

std::string_view text_of(const rapidjson::StringBuffer& buffer) {
    return {buffer.GetString(), buffer.GetSize()};
}

}  // namespace

std::string_view FeedEncoder::encode(const BatchHeader& header) {
    buffer_.Clear();
    writer_.Reset(buffer_);
    write_start(writer_, Kind::ts, header.probe, header.stream, header.epoch);
    write(writer_, "seq", header.seq);
    write(writer_, "first_packet", header.first_packet);
    write(writer_, "packets", std::uint64_t{header.packets});
    write(writer_, "time_ns", header.time_ns);
    write_key(writer_, "datagrams");
    writer_.StartArray();
    for (const DatagramEntry& datagram : header.datagrams) {
        writer_.StartArray();
        writer_.Uint(datagram.packets);
        writer_.Int64(datagram.gap_ns);
        writer_.EndArray();
    }
    writer_.EndArray();
    write_source(writer_, header.source);
    write_totals(writer_, header.totals);
    writer_.EndObject();
    return text_of(buffer_);
}

std::string_view FeedEncoder::encode(const InfoHeader& header) {
    buffer_.Clear();
    writer_.Reset(buffer_);
    write_start(writer_, Kind::info, header.probe, header.stream, header.epoch);
    write(writer_, "next_seq", header.next_seq);
    write(writer_, "time_ns", header.time_ns);
    write(writer_, "state", name_of(header.state));
    write(writer_, "last_packet_ns", header.last_packet_ns);
    write(writer_, "rate_bps", header.rate_bps);
    write_source(writer_, header.source);
    write_totals(writer_, header.totals);
    if (header.host != nullptr) {
        const std::string_view host = host_.encode(*header.host);
        write_key(writer_, "host");
        writer_.RawValue(host.data(), host.size(), rapidjson::kObjectType);
    }
    writer_.EndObject();
    return text_of(buffer_);
}

}  // namespace muxtap::proto
