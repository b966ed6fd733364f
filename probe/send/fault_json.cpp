#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "probe/send/sent_log.h"

namespace muxtap::send {
namespace {

class Line {
public:
    Line() { writer_.StartObject(); }
    void text(std::string_view name, std::string_view value) {
        key(name);
        writer_.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
    }
    void number(std::string_view name, std::uint64_t value) {
        key(name);
        writer_.Uint64(value);
    }
    void signed_number(std::string_view name, std::int64_t value) {
        key(name);
        writer_.Int64(value);
    }
    void null(std::string_view name) {
        key(name);
        writer_.Null();
    }
    [[nodiscard]] std::string finish() {
        writer_.EndObject();
        return {buffer_.GetString(), buffer_.GetSize()};
    }

private:
    void key(std::string_view name) { writer_.Key(name.data(), static_cast<rapidjson::SizeType>(name.size())); }
    rapidjson::StringBuffer buffer_;
    rapidjson::Writer<rapidjson::StringBuffer> writer_{buffer_};
};

/// What only this kind of fault has.
void add_detail(const FaultRecord& record, Line& line) {
    switch (record.kind) {
        case FaultKind::corrupt_sync: line.signed_number("sync_byte", record.detail); break;
        case FaultKind::pcr_jump: line.signed_number("jump_ticks", record.detail); break;
        case FaultKind::reorder: line.signed_number("sent_behind", record.detail); break;
        case FaultKind::jitter: line.signed_number("delay_ns", record.detail); break;
        case FaultKind::drop:
        case FaultKind::duplicate:
        case FaultKind::tei:
        case FaultKind::drop_datagram: break;
    }
}

}  // namespace

std::string format_fault(const FaultRecord& record, std::uint64_t first_packet, std::uint64_t seed) {
    Line line;
    line.text("fault", name_of(record.kind));
    line.number("seed", seed);
    // A packet of a datagram that was left out has no number among those sent.
    if (record.lost) {
        line.null("packet");
    } else {
        line.number("packet", first_packet + record.position);
    }
    if (record.packet) {
        const SourcePacket& source = *record.packet;
        line.number("source_packet", source.number);
        line.number("file_packet", source.index);
        line.number("loop", source.loop);
        if (source.pid) {
            line.number("pid", *source.pid);
            line.number("continuity_counter", source.continuity_counter);
        }
    } else {
        line.number("packets", record.datagram_packets);
    }
    line.number("datagram", record.datagram);
    line.signed_number("time_ns", record.due.count());
    add_detail(record, line);
    return line.finish();
}

}  // namespace muxtap::send
