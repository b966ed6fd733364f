#pragma once

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "analyzer/report/report.h"

/// The parts of a report, each written as one JSON value.
namespace muxtap::analyzer::json {

using Writer = rapidjson::Writer<rapidjson::StringBuffer>;

void value(Writer& writer, const Spread& spread);
void value(Writer& writer, const Histogram& histogram);
void value(Writer& writer, const RateInfo& rate);
void value(Writer& writer, const MuxRateInfo& rate);
void value(Writer& writer, const PcrInfo& pcr);
void value(Writer& writer, const TimestampInfo& timestamps);
void value(Writer& writer, const ArrivalInfo& arrival);

void value(Writer& writer, const VideoInfo& video);
void value(Writer& writer, const AudioInfo& audio);
void value(Writer& writer, const TextInfo& text);
void value(Writer& writer, const StreamInfo& stream);

void value(Writer& writer, const ProgramReport& program);
void value(Writer& writer, const TableInfo& table);
void value(Writer& writer, const SectionDamage& damage);
void value(Writer& writer, const NetworkInfo& network);
void value(Writer& writer, const Splice& splice);

void value(Writer& writer, const PidReport& pid);
void value(Writer& writer, const TotalCounters& totals);
void value(Writer& writer, const ts::RejectCounts& rejected);

}  // namespace muxtap::analyzer::json
