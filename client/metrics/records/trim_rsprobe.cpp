#include <cstddef>
#include <string_view>

#include "client/metrics/records/trim_steps.h"

// The flat record: whole groups of fields go.

namespace muxtap::metrics {

using rapidjson::Document;
using rapidjson::Value;

namespace {

std::string_view text_of(const Value& value) {
    return {value.GetString(), value.GetStringLength()};
}

const Value::Member& field_at(const Document& record, std::size_t place) {
    return *(record.MemberBegin() + static_cast<std::ptrdiff_t>(place));
}

bool remove_with_prefix(Document& record, std::string_view prefix) {
    const std::size_t before = record.MemberCount();
    Value kept(rapidjson::kObjectType);
    for (std::size_t i = 0; i < before; ++i) {
        auto& field = *(record.MemberBegin() + static_cast<std::ptrdiff_t>(i));
        if (!text_of(field.name).starts_with(prefix))
            kept.AddMember(field.name.Move(), field.value.Move(), record.GetAllocator());
    }
    static_cast<Value&>(record) = kept;
    return record.MemberCount() < before;
}

/// `streams.256.` of the name of a field, empty when it is not about a PID.
std::string_view pid_prefix(std::string_view name) {
    constexpr std::string_view start = "streams.";
    if (!name.starts_with(start)) return {};
    return name.substr(0, name.find('.', start.size()) + 1);
}

/// The PIDs with the highest numbers, as many as it takes: the fields of a PID stand together, in order of PIDs.
bool take_pids(Document& record, std::size_t excess) {
    std::size_t end = record.MemberCount();
    while (end > 0 && pid_prefix(text_of(field_at(record, end - 1).name)).empty()) --end;
    std::size_t begin = end;
    std::size_t gone = 0;
    std::string_view pid;
    for (; begin > 0; --begin) {
        const Value::Member& field = field_at(record, begin - 1);
        const std::string_view other = pid_prefix(text_of(field.name));
        if (other.empty() || (other != pid && gone >= excess)) break;
        pid = other;
        gone += json_size(field.name) + json_size(field.value) + 2;
    }
    const auto first = record.MemberBegin();
    record.EraseMember(first + static_cast<std::ptrdiff_t>(begin), first + static_cast<std::ptrdiff_t>(end));
    return gone > 0;
}

bool take_processes(Document& record, std::size_t) {
    return make_empty(member(&record, "processes"));
}

bool take_disks(Document& record, std::size_t) {
    return remove_with_prefix(record, "disk_stats.");
}

bool take_interfaces(Document& record, std::size_t) {
    return remove_with_prefix(record, "network.");
}

bool shorten_log_message(Document& record, std::size_t excess) {
    return shorten(record, member(&record, "log_message"), excess);
}

bool take_splice(Document& record, std::size_t) {
    return make_empty(member(&record, "scte35"));
}

bool take_pid_map(Document& record, std::size_t) {
    return make_empty(member(&record, "pid_map"));
}

constexpr TrimStep of_flat_records[] = {
    {"processes", take_processes}, {"log_message", shorten_log_message},
    {"disk_stats", take_disks},    {"network", take_interfaces},
    {"streams", take_pids},        {"scte35", take_splice},
    {"pid_map", take_pid_map},
};

}  // namespace

std::span<const TrimStep> rsprobe_trim_steps() noexcept {
    return of_flat_records;
}

}  // namespace muxtap::metrics
