#pragma once

#include <rapidjson/document.h>

#include <catch2/catch.hpp>
#include <string>

/// JSON that a test reads back. Catch cannot show RapidJSON's values, so they are taken out first.
namespace muxtap::test {

[[nodiscard]] inline rapidjson::Document parsed(const std::string& json) {
    rapidjson::Document document;
    document.Parse<rapidjson::kParseValidateEncodingFlag | rapidjson::kParseFullPrecisionFlag>(json.data(),
                                                                                               json.size());
    REQUIRE_FALSE(document.HasParseError());
    return document;
}

[[nodiscard]] inline std::string text(const rapidjson::Value& value) {
    return {value.GetString(), value.GetStringLength()};
}
[[nodiscard]] inline std::int64_t number(const rapidjson::Value& value) {
    return value.GetInt64();
}

}  // namespace muxtap::test
