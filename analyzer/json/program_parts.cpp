#include "analyzer/json/fields.h"

namespace muxtap::analyzer::json {
namespace {

void value(Writer& writer, const SubtitleService& service) {
    const Object object(writer);
    field_if_known(writer, "language", service.language);
    field(writer, "type", service.type);
    field_if_known(writer, "page", service.page);
    field_if_known(writer, "ancillary_page", service.ancillary);
}

void value(Writer& writer, const ProgramStream& stream) {
    const Object object(writer);
    field(writer, "pid", stream.pid);
    field(writer, "stream_type", stream.stream_type);
    field(writer, "kind", key_name(stream.kind));
    field(writer, "codec", key_name(stream.codec));
    field_if_known(writer, "language", stream.language);
    field_if_known(writer, "audio_type", stream.audio_type);
    field_if_known(writer, "registration", stream.registration);
    key(writer, "subtitles");
    {
        const Array array(writer);
        for (const SubtitleService& service : stream.subtitles) value(writer, service);
    }
    field(writer, "described_audio", stream.described_audio);
    field(writer, "component_tag", stream.component_tag);
    field(writer, "ca_pids", stream.ca_pids);
    field(writer, "descriptor_tags", stream.descriptor_tags);
}

void value(Writer& writer, const EventInfo& event) {
    const Object object(writer);
    field(writer, "event_id", event.event_id);
    field(writer, "start_ns", event.start);
    field(writer, "duration_s", event.duration_seconds);
    field(writer, "name", event.name);
    field(writer, "text", event.text);
    field_if_known(writer, "language", event.language);
    field(writer, "running_status", event.running_status);
}

/// What PAT, PMT and SI say, into the object that is open.
void info_fields(Writer& writer, const ProgramInfo& info) {
    field(writer, "program_number", info.program_number);
    field(writer, "pmt_pid", info.pmt_pid);
    field(writer, "pmt_seen", info.pmt_seen);
    if (info.pmt_seen) field(writer, "pmt_version", info.pmt_version);
    field(writer, "pcr_pid", info.pcr_pid);
    field_if_known(writer, "service_name", info.service_name);
    field_if_known(writer, "provider_name", info.provider_name);
    field_if_known(writer, "service_type", info.service_type);
    field_if_known(writer, "running_status", info.running_status);
    field(writer, "free_ca_mode", info.free_ca_mode);
    field(writer, "eit_present_following", info.eit_present_following);
    field_if_known(writer, "channel_number", info.channel_number);
    field(writer, "splice_information", info.splice_information);
    field(writer, "ca_pids", info.ca_pids);
    if (info.present) {
        key(writer, "present");
        value(writer, *info.present);
    }
    if (info.following) {
        key(writer, "following");
        value(writer, *info.following);
    }
    key(writer, "streams");
    const Array array(writer);
    for (const ProgramStream& stream : info.streams) value(writer, stream);
}

}  // namespace

void value(Writer& writer, const ProgramReport& program) {
    const Object object(writer);
    info_fields(writer, program.info);
    field(writer, "rate", program.rate);
    field(writer, "scrambled", program.scrambled);
    field(writer, "audio_video_offset_ms", program.audio_video_offset_ms);
    field(writer, "splices", program.splices);
    field(writer, "last_splice", program.last_splice);
}

void value(Writer& writer, const TableInfo& table) {
    const Object object(writer);
    field(writer, "pid", table.pid);
    field(writer, "table_id", table.table_id);
    field(writer, "table_id_extension", table.table_id_extension);
    field(writer, "version", table.version);
    field(writer, "last_section_number", table.last_section_number);
    field(writer, "complete", table.complete);
    field(writer, "sections", table.sections);
    field(writer, "version_changes", table.version_changes);
    field_if_known(writer, "interval_min_ns", table.interval_min_ns);
    field_if_known(writer, "interval_max_ns", table.interval_max_ns);
    field_if_known(writer, "interval_last_ns", table.interval_last_ns);
}

void value(Writer& writer, const SectionDamage& damage) {
    const Object object(writer);
    field(writer, "crc", damage.crc);
    field(writer, "too_long", damage.too_long);
    field(writer, "interrupted", damage.interrupted);
    field(writer, "bad_pointer", damage.bad_pointer);
    field(writer, "malformed", damage.malformed);
}

void value(Writer& writer, const NetworkInfo& network) {
    const Object object(writer);
    field(writer, "transport_stream_id", network.transport_stream_id);
    field(writer, "network_id", network.network_id);
    field(writer, "original_network_id", network.original_network_id);
    field_if_known(writer, "network_name", network.network_name);
    field(writer, "network_pid", network.network_pid);
    field(writer, "utc_time_ns", network.utc_time);
    field(writer, "ca_systems", network.ca_systems);
    field(writer, "atsc_tables", network.atsc);
    field(writer, "dvb_tables", network.dvb);
}

}  // namespace muxtap::analyzer::json
