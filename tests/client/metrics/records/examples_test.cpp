#include <rapidjson/prettywriter.h>
#include <rapidjson/stringbuffer.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "tests/client/metrics/records/sample_records.h"
#include "tests/support/parsed_json.h"

using namespace muxtap;

namespace {

/// With line ends and indents, for people.
std::string laid_out(const std::string& json) {
    rapidjson::StringBuffer buffer;
    rapidjson::PrettyWriter<rapidjson::StringBuffer> writer(buffer);
    writer.SetIndent(' ', 1);
    writer.SetFormatOptions(rapidjson::kFormatSingleLineArray);
    test::parsed(json).Accept(writer);
    return std::string(buffer.GetString(), buffer.GetSize()) + "\n";
}

/// The text of proto/examples/NAME. MUXTAP_WRITE_GOLDEN=1 writes it anew, to be looked at before it is committed.
std::string example(const std::string& name, const std::string& actual) {
    const std::string path = std::string{MUXTAP_EXAMPLES} + "/" + name;
    if (std::getenv("MUXTAP_WRITE_GOLDEN") != nullptr) std::ofstream(path) << actual;
    std::ifstream file(path);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

void check_example(const std::string& name, const std::string& json) {
    const std::string actual = laid_out(json);
    CHECK(actual == example(name, actual));
}

}  // namespace

TEST_CASE("the example of muxtap.metrics/1 is what the writer makes") {
    check_example("metrics-1.json", to_json(test::example_record()));
}

TEST_CASE("the example of muxtap.event/1 is what the writer makes") {
    check_example("event-1.json", to_json(test::full_event_record()));
}

TEST_CASE("the example of the flat record is what the writer makes") {
    check_example("rsprobe.json", to_rsprobe_json(test::example_record()));
}
