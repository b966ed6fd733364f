#include "client/record/path_pattern.h"

#include <catch2/catch.hpp>

#include "client/record/output_names.h"

namespace muxtap::record {
namespace {

/// 2025-11-20T01:53:20.5Z.
constexpr UnixTime moment = from_unix_ns(1'763'603'600'500'000'000);

std::string formatted(std::string_view pattern, std::string_view stream = "news", std::string_view probe = "cap-a") {
    return PathPattern::parse(pattern).value().format(stream, probe, moment);
}

}  // namespace

TEST_CASE("Patterns are filled in with stream, probe and UTC") {
    CHECK(formatted("capture.ts") == "capture.ts");
    CHECK(formatted("{stream}/%Y-%m-%d/%H/%Y%m%dT%H%M%SZ.ts") == "news/2025-11-20/01/20251120T015320Z.ts");
    CHECK(formatted("{probe}_{stream}.ts") == "cap-a_news.ts");
    CHECK(formatted("%F_%j.ts") == "2025-11-20_324.ts");
    CHECK(formatted("100%%{{x}}.ts") == "100%{x}.ts");
}

TEST_CASE("A conversion with slashes makes no folders") {
    CHECK(formatted("%D.ts") == "11-20-25.ts");
}

TEST_CASE("Stream names become safe parts of file names") {
    struct Row {
        const char* stream;
        const char* path;
    };
    const auto row = GENERATE(values<Row>({
        {"239.1.1.1:5000", "d/239.1.1.1_5000.ts"},
        {"[ff02::1]:5000", "d/_ff02__1__5000.ts"},
        {"a%Y{x}", "d/a_Y_x_.ts"},
        {"..", "d/_..ts"},
        {"../../etc/passwd", "d/_./.._etc_passwd.ts"},
        {".hidden", "d/_hidden.ts"},
        {"", "d/_.ts"},
    }));
    const std::string path = formatted("d/{stream}.ts", row.stream);
    CAPTURE(row.stream, path);
    CHECK(path.find("/..") == std::string::npos);
    CHECK(std::count(path.begin(), path.end(), '/') == 1);
    CHECK(path.starts_with("d/"));
    CHECK(path[2] != '.');
}

TEST_CASE("What a pattern cannot hold is named") {
    struct Row {
        const char* pattern;
        const char* names;
    };
    const auto row = GENERATE(values<Row>({
        {"", "file name"},
        {"folder/", "folder"},
        {"%Q.ts", "%Q"},
        {"%s.ts", "%s"},
        {"capture%", "%"},
        {"{steam}.ts", "{steam}"},
        {"{stream", "{stream"},
    }));
    const auto parsed = PathPattern::parse(row.pattern);
    CAPTURE(row.pattern);
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().message.find(row.names) != std::string::npos);
}

TEST_CASE("The fixed folder ends where the pattern begins") {
    CHECK(PathPattern::parse("capture.ts")->fixed_folder() == ".");
    CHECK(PathPattern::parse("{stream}/x.ts")->fixed_folder() == ".");
    CHECK(PathPattern::parse("/rec/a{stream}/x.ts")->fixed_folder() == "/rec");
    CHECK(PathPattern::parse("/rec/tv/%Y/x.ts")->fixed_folder() == "/rec/tv");
    CHECK(PathPattern::parse("/x.ts")->fixed_folder() == "/");
}

TEST_CASE("A suffix goes before the extension") {
    CHECK(with_suffix("a/capture.ts", "-b") == "a/capture-b.ts");
    CHECK(with_suffix("a.b/capture", "-b") == "a.b/capture-b");
    CHECK(with_suffix("a/.ts", "-b") == "a/.ts-b");
    CHECK(with_suffix("x.tar.ts", "-1") == "x.tar-1.ts");
}

TEST_CASE("Streams that the pattern does not tell apart get names of their own") {
    const auto fixed = PathPattern::parse("capture.ts").value();
    OutputNames names(fixed);
    CHECK(names.suffix_for("news", "cap-a").empty());
    CHECK(names.suffix_for("sport", "cap-a") == "-sport");
    CHECK(names.suffix_for("sport", "cap-b") == "-cap-b");
    CHECK(names.suffix_for("sport", "cap-c") == "-cap-c");
    CHECK(names.suffix_for("sport", "cap c") == "-cap_c");
    CHECK(names.suffix_for("sport", "cap-b") == "-sport-cap-b");

    const auto by_stream = PathPattern::parse("{stream}.ts").value();
    OutputNames others(by_stream);
    CHECK(others.suffix_for("news", "cap-a").empty());
    CHECK(others.suffix_for("sport", "cap-a").empty());
    CHECK(others.suffix_for("news", "cap-b") == "-cap-b");
    // Different names, equal once they are safe.
    CHECK(others.suffix_for("a:1", "cap-a").empty());
    CHECK(others.suffix_for("a/1", "cap-a") == "-cap-a");
    CHECK(others.suffix_for("a;1", "cap-a") == "-cap-a_2");
}

}  // namespace muxtap::record
