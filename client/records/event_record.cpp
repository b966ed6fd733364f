#include "client/records/event_record.h"

#include "analyzer/json/fields.h"
#include "analyzer/json/report_json.h"

namespace muxtap::client {

namespace {

void write_media(analyzer::json::Writer& writer, const MediaDetail& media) {
    using namespace analyzer::json;
    if (media.pts) field(writer, "pts", media.pts->ticks());
    if (media.duration) field(writer, "duration_ns", media.duration->count());
    field_if_known(writer, "channel", media.channel);
    field_if_known(writer, "language", media.language);
    field_if_known(writer, "content", media.content);
}

}  // namespace

const char* key_name(WorkerEvent kind) noexcept {
    switch (kind) {
        case WorkerEvent::stream_found: return "stream_found";
        case WorkerEvent::stream_ended: return "stream_ended";
        case WorkerEvent::probe_restarted: return "probe_restarted";
        case WorkerEvent::probe_silent: return "probe_silent";
        case WorkerEvent::probe_back: return "probe_back";
        case WorkerEvent::feed_loss: return "feed_loss";
        case WorkerEvent::log_line: return "log_line";
        case WorkerEvent::black_began: return "black_began";
        case WorkerEvent::black_ended: return "black_ended";
        case WorkerEvent::freeze_began: return "freeze_began";
        case WorkerEvent::freeze_ended: return "freeze_ended";
        case WorkerEvent::sound_silence_began: return "sound_silence_began";
        case WorkerEvent::sound_silence_ended: return "sound_silence_ended";
        case WorkerEvent::clipping_began: return "clipping_began";
        case WorkerEvent::clipping_ended: return "clipping_ended";
        case WorkerEvent::phase_began: return "phase_began";
        case WorkerEvent::phase_ended: return "phase_ended";
        case WorkerEvent::caption: return "caption";
        case WorkerEvent::captions_missing_began: return "captions_missing_began";
        case WorkerEvent::captions_missing_ended: return "captions_missing_ended";
        case WorkerEvent::not_decodable: return "not_decodable";
        case WorkerEvent::decoding_failed: return "decoding_failed";
        case WorkerEvent::decoding_resumed: return "decoding_resumed";
        case WorkerEvent::pictures_skipped: return "pictures_skipped";
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
        write_media(writer, record.media);
    }
    return {buffer.GetString(), buffer.GetSize()};
}

}  // namespace muxtap::client
