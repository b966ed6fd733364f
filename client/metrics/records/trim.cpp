#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <string_view>

#include "analyzer/json/report_json.h"
#include "client/metrics/records/record.h"
#include "client/metrics/records/record_names.h"
#include "client/metrics/records/trim_steps.h"

namespace muxtap::metrics {

using rapidjson::Document;
using rapidjson::StringBuffer;
using rapidjson::Value;

namespace {

void write(const Document& record, StringBuffer& buffer) {
    buffer.Clear();
    rapidjson::Writer<StringBuffer> writer(buffer);
    record.Accept(writer);
}

/// The steps for what the record says it is; none when it is not known.
std::span<const TrimStep> steps_for(Document& record) {
    const Value* const name = member(&record, "record");
    if (name == nullptr)
        return record.HasMember("tr101290_pat_errors") ? rsprobe_trim_steps() : std::span<const TrimStep>{};
    if (!name->IsString()) return {};
    const std::string_view kind(name->GetString(), name->GetStringLength());
    if (kind == metrics_record_name) return metrics_trim_steps();
    if (kind == analyzer::event_record_name) return event_trim_steps();
    return {};
}

/// Whether `trimmed`, where a record has it, is what `note` makes: a list, in the flat record a text with commas.
bool can_note(Document& record, bool flat) {
    const Value* const list = member(&record, "trimmed");
    return list == nullptr || (flat ? list->IsString() : list->IsArray());
}

/// Adds to `trimmed`.
void note(Document& record, const char* name, bool flat) {
    auto& allocator = record.GetAllocator();
    Value* list = member(&record, "trimmed");
    if (list == nullptr) {
        record.AddMember("trimmed", flat ? Value("", 0) : Value(rapidjson::kArrayType), allocator);
        list = member(&record, "trimmed");
    }
    if (!flat) {
        for (const Value& noted : list->GetArray())
            if (noted == name) return;
        list->PushBack(Value(name, allocator), allocator);
        return;
    }
    std::string text(list->GetString(), list->GetStringLength());
    if (("," + text + ",").find("," + std::string(name) + ",") != std::string::npos) return;
    text += (text.empty() ? "" : ",") + std::string(name);
    list->SetString(text.data(), static_cast<rapidjson::SizeType>(text.size()), allocator);
}

}  // namespace

bool trim_json(std::string& json, std::size_t limit) {
    if (json.size() <= limit) return true;
    Document record;
    record.Parse<rapidjson::kParseFullPrecisionFlag | rapidjson::kParseIterativeFlag>(json.data(), json.size());
    if (record.HasParseError() || !record.IsObject()) return false;
    const bool flat = !record.HasMember("record");
    if (!can_note(record, flat)) return false;
    StringBuffer buffer;
    // What the name of the step takes up in `trimmed`, and the member itself.
    constexpr std::size_t room = 64;
    std::size_t size = json.size();
    for (const TrimStep& step : steps_for(record)) {
        if (!step.take(record, size - limit + room)) continue;
        note(record, step.name, flat);
        write(record, buffer);
        size = buffer.GetSize();
        if (size > limit) continue;
        json.assign(buffer.GetString(), size);
        return true;
    }
    return false;
}

}  // namespace muxtap::metrics
