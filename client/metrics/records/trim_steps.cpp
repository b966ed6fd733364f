#include "client/metrics/records/trim_steps.h"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>
#include <string_view>

namespace muxtap::metrics {

using rapidjson::Document;
using rapidjson::Value;

std::size_t json_size(const Value& value) {
    rapidjson::StringBuffer buffer;
    rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
    value.Accept(writer);
    return buffer.GetSize();
}

Value* member(Value* object, const char* name) {
    if (object == nullptr || !object->IsObject() || !object->HasMember(name)) return nullptr;
    return &(*object)[name];
}

bool remove_member(Value* object, const char* name) {
    return object != nullptr && object->IsObject() && object->RemoveMember(name);
}

bool make_empty(Value* value) {
    if (value == nullptr) return false;
    if (value->IsArray()) {
        if (value->Empty()) return false;
        value->Clear();
        return true;
    }
    if (!value->IsString() || value->GetStringLength() == 0) return false;
    value->SetString("", 0);
    return true;
}

bool shorten(Document& record, Value* text, std::size_t excess) {
    if (text == nullptr || !text->IsString() || text->GetStringLength() == 0) return false;
    constexpr std::string_view mark = "…";
    const std::string_view whole(text->GetString(), text->GetStringLength());
    // Each byte of a text takes up at least one of JSON.
    std::size_t kept = whole.size() - std::min(whole.size(), excess + mark.size());
    while (kept > 0 && (static_cast<unsigned char>(whole[kept]) & 0xC0U) == 0x80) --kept;
    if (kept == 0) return make_empty(text);
    std::string shorter(whole.substr(0, kept));
    shorter += mark;
    text->SetString(shorter.data(), static_cast<rapidjson::SizeType>(shorter.size()), record.GetAllocator());
    return true;
}

namespace {

Value* report_member(Document& record, const char* name) {
    return member(member(&record, "report"), name);
}

/// Does the same to each item of an array of the report: true when it did something to one of them.
template <typename Take>
bool in_each(Value* items, const Take& take) {
    if (items == nullptr || !items->IsArray()) return false;
    bool taken = false;
    for (Value& item : items->GetArray()) taken = take(item) || taken;
    return taken;
}

bool take_histograms(Document& record, std::size_t) {
    const bool of_datagrams = make_empty(member(report_member(record, "arrival"), "histogram_us"));
    const bool of_clocks = in_each(report_member(record, "pids"), [](Value& pid) {
        return make_empty(member(member(&pid, "pcr"), "interval_histogram_ms"));
    });
    return of_datagrams || of_clocks;
}

template <const char* name>
bool take_of_pids(Document& record, std::size_t) {
    return in_each(report_member(record, "pids"), [](Value& pid) { return remove_member(&pid, name); });
}

template <const char* name>
bool empty_report_list(Document& record, std::size_t) {
    return make_empty(report_member(record, name));
}

template <const char* name>
bool empty_host_list(Document& record, std::size_t) {
    return make_empty(member(member(&record, "host"), name));
}

bool take_splices(Document& record, std::size_t) {
    return in_each(report_member(record, "programs"),
                   [](Value& program) { return remove_member(&program, "last_splice"); });
}

bool take_guide(Document& record, std::size_t) {
    return in_each(report_member(record, "programs"), [](Value& program) {
        const bool present = remove_member(&program, "present");
        return remove_member(&program, "following") || present;
    });
}

bool take_streams(Document& record, std::size_t) {
    return in_each(report_member(record, "programs"),
                   [](Value& program) { return make_empty(member(&program, "streams")); });
}

bool take_indicator_pids(Document& record, std::size_t) {
    Value* const indicators = report_member(record, "tr101290");
    if (indicators == nullptr || !indicators->IsObject()) return false;
    bool taken = false;
    for (std::size_t i = 0; i < indicators->MemberCount(); ++i) {
        Value& indicator = (indicators->MemberBegin() + static_cast<std::ptrdiff_t>(i))->value;
        if (!make_empty(member(&indicator, "pids"))) continue;
        if (Value* const more = member(&indicator, "more_pids")) more->SetBool(true);
        taken = true;
    }
    return taken;
}

bool take_ca_systems(Document& record, std::size_t) {
    return make_empty(member(report_member(record, "network"), "ca_systems"));
}

bool take_log_line(Document& record, std::size_t) {
    return remove_member(&record, "log_line");
}

bool take_host(Document& record, std::size_t) {
    return remove_member(&record, "host");
}

bool take_sinks(Document& record, std::size_t) {
    return make_empty(member(member(&record, "worker"), "sinks"));
}

constexpr char sections[] = "sections";
constexpr char timestamps[] = "timestamps";
constexpr char pcr[] = "pcr";
constexpr char stream[] = "stream";
constexpr char tables[] = "tables";
constexpr char pids[] = "pids";
constexpr char programs[] = "programs";
constexpr char missing_pids[] = "missing_pids";
constexpr char limits[] = "limits";
constexpr char processes[] = "processes";
constexpr char disks[] = "disks";
constexpr char interfaces[] = "interfaces";

constexpr TrimStep of_metrics[] = {
    {"histograms", take_histograms},
    {"report.pids.sections", take_of_pids<sections>},
    {"report.tables", empty_report_list<tables>},
    {"log_line", take_log_line},
    {"host.processes", empty_host_list<processes>},
    {"host.disks", empty_host_list<disks>},
    {"host.interfaces", empty_host_list<interfaces>},
    {"report.pids.timestamps", take_of_pids<timestamps>},
    {"report.pids.pcr", take_of_pids<pcr>},
    {"report.pids.stream", take_of_pids<stream>},
    {"report.pids", empty_report_list<pids>},
    {"report.programs.last_splice", take_splices},
    {"report.programs.events", take_guide},
    {"report.programs.streams", take_streams},
    {"report.programs", empty_report_list<programs>},
    {"report.tr101290.pids", take_indicator_pids},
    {"report.missing_pids", empty_report_list<missing_pids>},
    {"report.network.ca_systems", take_ca_systems},
    {"report.limits", empty_report_list<limits>},
    {"host", take_host},
    {"worker.sinks", take_sinks},
};

bool take_section(Document& record, std::size_t) {
    return make_empty(member(member(&record, "splice"), "section_base64"));
}

bool take_segmentations(Document& record, std::size_t) {
    return make_empty(member(member(&record, "splice"), "segmentations"));
}

bool take_splice(Document& record, std::size_t) {
    return remove_member(&record, "splice");
}

bool shorten_text(Document& record, std::size_t excess) {
    return shorten(record, member(&record, "text"), excess);
}

bool shorten_file(Document& record, std::size_t excess) {
    return shorten(record, member(&record, "file"), excess);
}

constexpr TrimStep of_events[] = {
    {"splice.section_base64", take_section},
    {"splice.segmentations", take_segmentations},
    {"splice", take_splice},
    {"text", shorten_text},
    {"file", shorten_file},
};

}  // namespace

std::span<const TrimStep> metrics_trim_steps() noexcept {
    return of_metrics;
}

std::span<const TrimStep> event_trim_steps() noexcept {
    return of_events;
}

}  // namespace muxtap::metrics
