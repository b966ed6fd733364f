#pragma once

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "analyzer/report/report.h"

/// Reports and events as JSON: `proto/schema/report-1.json` and `event-1.json`. Keys are spelled out and end with their
/// unit, what is not known is left out, and the output is UTF-8 whatever the stream's texts hold.
namespace muxtap::analyzer {

/// What a record is about. Empty members are left out.
struct RecordIdentity {
    std::string file;    ///< file that was analysed
    std::string stream;  ///< name of the stream: `239.1.1.1:5000`
    std::string probe;   ///< probe that captured it
    std::optional<std::uint64_t> epoch{};
};

inline constexpr const char* report_record_name = "muxtap.report/1";
inline constexpr const char* event_record_name = "muxtap.event/1";

/// One line without line feed: a record `muxtap.report/1`.
[[nodiscard]] std::string to_json(const Report& report, const RecordIdentity& identity);

/// One line without line feed: a record `muxtap.event/1`.
[[nodiscard]] std::string to_json(const Event& event, const RecordIdentity& identity);

/// The report as one object, into a record of the caller's: `$defs/report` of the schema.
void write_report(rapidjson::Writer<rapidjson::StringBuffer>& writer, const Report& report);

/// The indicators alone, as one object keyed by indicator: `$defs/indicators` of the schema.
void write_indicators(rapidjson::Writer<rapidjson::StringBuffer>& writer, const Indicators& indicators);

/// What an event says, into the object that is open: `kind` and all that follows it in `muxtap.event/1`.
void write_event_fields(rapidjson::Writer<rapidjson::StringBuffer>& writer, const Event& event);

/// The same under a kind of the caller's, for what happened outside of the packets: `packet` is left out, and `count`
/// where it is 0.
void write_event_fields(rapidjson::Writer<rapidjson::StringBuffer>& writer, std::string_view kind, const Event& event);

}  // namespace muxtap::analyzer
