#include "client/records/event_record.h"

#include "analyzer/json/fields.h"
#include "analyzer/json/report_json.h"

namespace muxtap::client {

const char* key_name(WorkerEvent kind) noexcept {
    switch (kind) {
        case WorkerEvent::stream_found: return "stream_found";
        case WorkerEvent::stream_ended: return "stream_ended";
        case WorkerEvent::probe_restarted: return "probe_restarted";
        case WorkerEvent::probe_silent: return "probe_silent";
        case WorkerEvent::probe_back: return "probe_back";
        case WorkerEvent::feed_loss: return "feed_loss";
        case WorkerEvent::log_line: return "log_line";
    }
    return "";
}

std::string_view EventRecord::kind_name() const noexcept {
    return worker_event ? key_name(*worker_event) : analyzer::key_name(event.kind);
}

std::string to_json(const EventRecord& record) {
    using namespace analyzer::json;
    rapidjson::StringBuffer buffer;
    Writer writer(buffer);
    {
        const Object object(writer);
        field(writer, "record", analyzer::event_record_name);
        field_if_known(writer, "file", record.file);
        field_if_known(writer, "stream", record.identity.stream);
        field_if_known(writer, "probe", record.identity.probe);
        field_if_known(writer, "epoch", record.identity.epoch);
        field(writer, "seq", record.identity.seq);
        {
            key(writer, "worker");
            const Object worker(writer);
            field(writer, "name", record.worker.name);
            field(writer, "epoch", record.worker.epoch);
        }
        if (record.worker_event) {
            analyzer::write_event_fields(writer, record.kind_name(), record.event);
        } else {
            analyzer::write_event_fields(writer, record.event);
        }
    }
    return {buffer.GetString(), buffer.GetSize()};
}

}  // namespace muxtap::client
