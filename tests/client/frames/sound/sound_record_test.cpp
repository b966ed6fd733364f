#include "client/frames/records/sound_record.h"

#include <rapidjson/prettywriter.h>
#include <rapidjson/stringbuffer.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "common/base/utf8.h"
#include "tests/client/frames/sound/sample_records.h"
#include "tests/support/parsed_json.h"

using namespace muxtap;
using namespace muxtap::frames;
using test::number;
using test::parsed;
using test::text;

namespace {

/// With line ends and indents, for people.
std::string laid_out(const std::string& json) {
    rapidjson::StringBuffer buffer;
    rapidjson::PrettyWriter<rapidjson::StringBuffer> writer(buffer);
    writer.SetIndent(' ', 1);
    writer.SetFormatOptions(rapidjson::kFormatSingleLineArray);
    parsed(json).Accept(writer);
    return std::string(buffer.GetString(), buffer.GetSize()) + "\n";
}

/// The text of the example. MUXTAP_WRITE_GOLDEN=1 writes it anew, to be looked at before it is committed.
std::string example(const std::string& actual) {
    const std::string path = std::string{MUXTAP_EXAMPLES} + "/sound-1.json";
    if (std::getenv("MUXTAP_WRITE_GOLDEN") != nullptr) std::ofstream(path) << actual;
    std::ifstream file(path);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

}  // namespace

TEST_CASE("the example of muxtap.sound/1 is what the writer makes") {
    const std::string actual = laid_out(to_json(test::example_sound_record()));
    CHECK(actual == example(actual));
}

TEST_CASE("levels are rounded to 0.01") {
    const auto record = parsed(to_json(test::example_sound_record()));
    CHECK(record["channels"][0]["peak_dbfs"].GetDouble() == -7.43);
    CHECK(record["channels"][0]["true_peak_dbtp"].GetDouble() == -7.12);
    CHECK(record["channels"][1]["rms_dbfs"].GetDouble() == -24.9);
    CHECK(record["pairs"][0]["correlation"].GetDouble() == 0.84);
    CHECK(record["loudness"]["integrated_lufs"].GetDouble() == -23.03);
    CHECK(record["loudness"]["range_lu"].GetDouble() == 6.41);
}

TEST_CASE("zero has no sign") {
    SoundRecord record = test::example_sound_record();
    record.facts.pairs[0].correlation = -0.001;
    CHECK(to_json(record).find("\"correlation\":0.0}") != std::string::npos);
}

TEST_CASE("what is not known is left out, null is never written") {
    const std::string json = to_json(test::silent_sound_record());
    CHECK(json.find("null") == std::string::npos);
    const auto record = parsed(json);
    for (const char* const key : {"pts", "language"}) CHECK_FALSE(record.HasMember(key));
    for (const char* const key : {"peak_dbfs", "rms_dbfs", "true_peak_dbtp"})
        CHECK_FALSE(record["channels"][0].HasMember(key));
    CHECK_FALSE(record["pairs"][0].HasMember("correlation"));
    CHECK(record["loudness"].ObjectEmpty());
    CHECK(record["silent"].GetBool());
    CHECK(record["channels"][1]["silent"].GetBool());
}

TEST_CASE("times and numbers are whole") {
    const auto record = parsed(to_json(test::example_sound_record()));
    CHECK(text(record["record"]) == "muxtap.sound/1");
    CHECK(number(record["time_ns"]) == 1'763'600'018'000'000'000);
    CHECK(number(record["position_ns"]) == 17'000'000'000);
    CHECK(number(record["duration_ns"]) == 1'000'000'000);
    CHECK(number(record["pts"]) == 1'656'000);
    CHECK(number(record["packet"]) == 24'210);
    CHECK(number(record["pid"]) == 257);
    CHECK(number(record["program_number"]) == 1);
    CHECK(text(record["codec"]) == "aac_adts");
}

TEST_CASE("any text makes one line of JSON") {
    const std::string json = to_json(test::wide_sound_record());
    CHECK(is_utf8(json));
    CHECK(json.find('\n') == std::string::npos);
    CHECK(text(parsed(json)["language"]) == "?\"\n");
}
