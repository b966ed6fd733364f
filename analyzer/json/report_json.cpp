#include "analyzer/json/report_json.h"

#include "analyzer/json/fields.h"

namespace muxtap::analyzer {

using namespace json;

namespace {

void value(Writer& writer, const Indicator& indicator) {
    const Object object(writer);
    field(writer, "number", number_of(indicator.id));
    field(writer, "priority", priority_of(indicator.id));
    field(writer, "state", key_name(indicator.state));
    field(writer, "count", indicator.count);
    field(writer, "capture_loss", indicator.capture_loss);
    field(writer, "first_ns", indicator.first);
    field(writer, "last_ns", indicator.last);
    field(writer, "first_packet", indicator.first_packet);
    key(writer, "pids");
    {
        const Array array(writer);
        for (const IndicatorPid& pid : indicator.pids) {
            const Object item(writer);
            field(writer, "pid", pid.pid);
            field(writer, "count", pid.count);
        }
    }
    field(writer, "more_pids", indicator.more_pids);
}

/// `"key": [...]` of anything that `json::value` writes.
template <typename Items>
void list(Writer& writer, std::string_view name, const Items& items) {
    key(writer, name);
    const Array array(writer);
    for (const auto& item : items) json::value(writer, item);
}

void write_limits(Writer& writer, const std::vector<Limit>& limits) {
    key(writer, "limits");
    const Array array(writer);
    for (const Limit& limit : limits) {
        const Object object(writer);
        field(writer, "what", limit.what);
        field(writer, "cap", limit.cap);
        field_if_known(writer, "left_out", limit.left_out);
    }
}

void write_identity(Writer& writer, const char* record, const RecordIdentity& identity) {
    field(writer, "record", record);
    field_if_known(writer, "file", identity.file);
    field_if_known(writer, "stream", identity.stream);
    field_if_known(writer, "probe", identity.probe);
    field(writer, "epoch", identity.epoch);
}

std::string text_of(const rapidjson::StringBuffer& buffer) {
    return {buffer.GetString(), buffer.GetSize()};
}

}  // namespace

void write_indicators(Writer& writer, const Indicators& indicators) {
    const Object object(writer);
    for (const Indicator& indicator : indicators) {
        key(writer, key_name(indicator.id));
        value(writer, indicator);
    }
}

void write_report(Writer& writer, const Report& report) {
    const Object object(writer);
    field(writer, "clock", key_name(report.clock));
    field(writer, "standard", key_name(report.standard));
    field(writer, "detected", key_name(report.detected));
    field(writer, "first_ns", report.first);
    field(writer, "last_ns", report.last);
    field(writer, "totals", report.totals);
    field(writer, "network", report.network);
    field(writer, "rate", report.rate);
    field(writer, "arrival", report.arrival);
    list(writer, "programs", report.programs);
    list(writer, "pids", report.pids);
    list(writer, "tables", report.tables);
    field(writer, "missing_pids", report.missing_pids);
    key(writer, "tr101290");
    write_indicators(writer, report.indicators);
    field(writer, "events_dropped", report.events_dropped);
    write_limits(writer, report.limits);
}

std::string to_json(const Report& report, const RecordIdentity& identity) {
    rapidjson::StringBuffer buffer;
    Writer writer(buffer);
    {
        const Object object(writer);
        write_identity(writer, report_record_name, identity);
        key(writer, "report");
        write_report(writer, report);
    }
    return text_of(buffer);
}

namespace {

void write_event(Writer& writer, std::string_view kind, const Event& event, bool of_packets) {
    field(writer, "kind", kind);
    field(writer, "time_ns", event.time);
    if (of_packets) field(writer, "packet", event.packet);
    field(writer, "pid", event.pid);
    field(writer, "program_number", event.program);
    if (event.indicator) {
        field(writer, "indicator", key_name(*event.indicator));
        field(writer, "number", number_of(*event.indicator));
    }
    if (of_packets || event.count != 0) field(writer, "count", event.count);
    field(writer, "text", event.text);
    field(writer, "splice", event.splice);
}

}  // namespace

void write_event_fields(Writer& writer, const Event& event) {
    write_event(writer, key_name(event.kind), event, true);
}

void write_event_fields(Writer& writer, std::string_view kind, const Event& event) {
    write_event(writer, kind, event, false);
}

std::string to_json(const Event& event, const RecordIdentity& identity) {
    rapidjson::StringBuffer buffer;
    Writer writer(buffer);
    {
        const Object object(writer);
        write_identity(writer, event_record_name, identity);
        write_event_fields(writer, event);
    }
    return text_of(buffer);
}

}  // namespace muxtap::analyzer
