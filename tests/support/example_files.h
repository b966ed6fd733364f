#pragma once

#include <rapidjson/prettywriter.h>
#include <rapidjson/stringbuffer.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "tests/support/parsed_json.h"

namespace muxtap::test {

/// With line ends and indents, for people.
[[nodiscard]] inline std::string laid_out(const std::string& json) {
    rapidjson::StringBuffer buffer;
    rapidjson::PrettyWriter<rapidjson::StringBuffer> writer(buffer);
    writer.SetIndent(' ', 1);
    writer.SetFormatOptions(rapidjson::kFormatSingleLineArray);
    parsed(json).Accept(writer);
    return std::string(buffer.GetString(), buffer.GetSize()) + "\n";
}

/// The text of proto/examples/NAME. MUXTAP_WRITE_GOLDEN=1 writes it anew, to be looked at before it is committed.
[[nodiscard]] inline std::string example(const std::string& name, const std::string& actual) {
    const std::string path = std::string{MUXTAP_EXAMPLES} + "/" + name;
    if (std::getenv("MUXTAP_WRITE_GOLDEN") != nullptr) std::ofstream(path) << actual;
    std::ifstream file(path);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

/// proto/examples/NAME shows what a writer makes. The test's target defines MUXTAP_EXAMPLES, that folder.
inline void check_example(const std::string& name, const std::string& json) {
    const std::string actual = laid_out(json);
    CHECK(actual == example(name, actual));
}

}  // namespace muxtap::test
