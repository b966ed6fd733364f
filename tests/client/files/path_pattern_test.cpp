#include "client/files/path_pattern.h"

#include <catch2/catch.hpp>

namespace muxtap::client {
namespace {

/// 2025-11-20T01:53:20.5Z.
constexpr UnixTime moment = from_unix_ns(1'763'603'600'500'000'000);

std::string formatted(std::string_view pattern, std::string_view stream = "news", std::string_view probe = "cap-a") {
    return PathPattern::parse(pattern).value().format({.stream = stream, .probe = probe}, moment);
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

TEST_CASE("The program is a placeholder only where it is asked for") {
    using enum PathPattern::Placeholders;
    const auto refused = PathPattern::parse("{program}.ts");
    REQUIRE_FALSE(refused);
    CHECK(refused.error().message == "{program} is not known; {stream} and {probe} are");
    const auto taken = PathPattern::parse("{stream}-{program}.jpg", stream_probe_and_program);
    REQUIRE(taken);
    CHECK(taken->has_program());
    CHECK_FALSE(taken->is_fixed());
    CHECK(taken->format({.stream = "news", .probe = "cap-a", .program = 102}, moment) == "news-102.jpg");
    const auto unknown = PathPattern::parse("{steam}.jpg", stream_probe_and_program);
    REQUIRE_FALSE(unknown);
    CHECK(unknown.error().message == "{steam} is not known; {stream}, {probe} and {program} are");
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

}  // namespace muxtap::client
