#include "analyzer/json/report_json.h"

#include <rapidjson/document.h>

#include <catch2/catch.hpp>
#include <limits>

#include "common/base/utf8.h"
#include "tests/analyzer/json/sample_reports.h"

using namespace muxtap;
using namespace muxtap::analyzer;

namespace {

rapidjson::Document parsed(const std::string& json) {
    rapidjson::Document document;
    document.Parse<rapidjson::kParseValidateEncodingFlag>(json.c_str());
    REQUIRE_FALSE(document.HasParseError());
    return document;
}

/// Catch cannot show RapidJSON's values.
std::string text(const rapidjson::Value& value) {
    return value.GetString();
}
std::int64_t number(const rapidjson::Value& value) {
    return value.GetInt64();
}

}  // namespace

TEST_CASE("a record names itself and what it is about, and leaves out what it does not know") {
    const auto record = parsed(to_json(empty_report(), {.file = "a.ts", .stream = {}, .probe = {}, .epoch = {}}));
    CHECK(text(record["record"]) == "muxtap.report/1");
    CHECK(text(record["file"]) == "a.ts");
    CHECK_FALSE(record.HasMember("stream"));
    CHECK_FALSE(record["report"].HasMember("arrival"));
    CHECK(record["report"]["programs"].Empty());
    CHECK(to_json(full_report(), {}).find("null,") == std::string::npos);
    CHECK(to_json(empty_report(), {}).find(":null") == std::string::npos);
}

TEST_CASE("indicators are keyed by their names and have their state, counts and PIDs") {
    const auto record = parsed(to_json(full_report(), {}));
    const auto& indicators = record["report"]["tr101290"];
    CHECK(indicators.MemberCount() == indicator_count);
    const auto& continuity = indicators["continuity_count_error"];
    CHECK(text(continuity["number"]) == "1.4");
    CHECK(number(continuity["priority"]) == 1);
    CHECK(text(continuity["state"]) == "error");
    CHECK(number(continuity["count"]) == 2);
    CHECK(number(continuity["capture_loss"]) == 1);
    CHECK(number(continuity["first_ns"]) == 1'234'567'890);
    CHECK(number(continuity["pids"][0]["pid"]) == 0x101);
    CHECK(text(indicators["pat_error_2"]["number"]) == "1.3.a");
    CHECK_FALSE(indicators["pat_error_2"].HasMember("first_ns"));
}

TEST_CASE("texts that are not UTF-8 come out as UTF-8") {
    Report report = full_report();
    report.programs[0].info.service_name = "A\xFF\xC3(B";
    report.network.network_name = std::string("\x00\x1B[31m\"\\", 7);
    const std::string json = to_json(report, {.file = "\xED\xA0\x80", .stream = {}, .probe = {}, .epoch = {}});
    CHECK(is_utf8(json));
    const auto record = parsed(json);
    CHECK(text(record["report"]["programs"][0]["service_name"]) ==
          "A?"
          "?(B");
    CHECK(text(record["file"]) ==
          "?"
          "?"
          "?");
}

TEST_CASE("a number that is none is left out") {
    Report report = full_report();
    report.programs[0].audio_video_offset_ms = std::numeric_limits<double>::quiet_NaN();
    report.arrival->delay_factor_ms = std::numeric_limits<double>::infinity();
    const auto record = parsed(to_json(report, {}));
    CHECK_FALSE(record["report"]["programs"][0].HasMember("audio_video_offset_ms"));
    CHECK_FALSE(record["report"]["arrival"].HasMember("delay_factor_ms"));
}

TEST_CASE("a report can be written into a record of the caller's") {
    rapidjson::StringBuffer buffer;
    rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
    writer.StartObject();
    writer.Key("seq");
    writer.Uint(4);
    writer.Key("report");
    write_report(writer, full_report());
    writer.EndObject();
    const auto record = parsed(buffer.GetString());
    CHECK(number(record["seq"]) == 4);
    CHECK(number(record["report"]["totals"]["packets"]) == 26'800);
}

TEST_CASE("an event has its kind, place and splice") {
    const auto record = parsed(to_json(full_event(), {}));
    CHECK(text(record["record"]) == "muxtap.event/1");
    CHECK(text(record["kind"]) == "splice");
    CHECK(number(record["time_ns"]) == 3'000'000'000);
    CHECK(text(record["indicator"]) == "pat_error_2");
    CHECK(number(record["splice"]["pts_90khz"]) == 900'000);
    CHECK(text(record["splice"]["segmentations"][0]["type"]) == "Provider Advertisement Start");
    CHECK_FALSE(record["splice"]["segmentations"][1].HasMember("type_id"));
}
