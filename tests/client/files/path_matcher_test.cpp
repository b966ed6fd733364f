#include "client/files/path_matcher.h"

#include <catch2/catch.hpp>

namespace muxtap::client {
namespace {

PathMatcher matcher(std::string_view pattern) {
    return PathMatcher(PathPattern::parse(pattern, PathPattern::Placeholders::stream_probe_and_program).value());
}

}  // namespace

TEST_CASE("Files are told from others by each part of their names") {
    struct Row {
        const char* pattern;
        const char* stem;
        bool fits;
    };
    const auto row = GENERATE(values<Row>({
        {"d/%H%M%S.jpg", "235959", true},
        {"d/%H%M%S.jpg", "23595", false},
        {"d/%H%M%S.jpg", "2359590", false},
        {"d/%H%M%S.jpg", "23x959", false},
        {"d/%H%M%S.jpg", "", false},
        {"d/x%Y-%m-%d.jpg", "x2025-11-20", true},
        {"d/x%Y-%m-%d.jpg", "y2025-11-20", false},
        {"%FT%T.jpg", "2025-11-20T01:53:20", true},
        {"%FT%T.jpg", "2025-11-20T01.53.20", false},
        {"%D.jpg", "11-20-25", true},
        {"%a%e%p.jpg", "Thu 9AM", true},
        {"%a%e%p.jpg", "Thu19AM", true},
        {"%a%e%p.jpg", "9AM", false},
        {"%j%u.jpg", "3244", true},
        {"{stream}.jpg", "239.1.1.1_5000", true},
        {"{stream}.jpg", "a b", false},
        {"{stream}%S.jpg", "news07", true},
        {"{stream}%S.jpg", "07", false},
        {"{stream}-{program}.jpg", "a-1-2", true},
        {"{stream}-{program}.jpg", "a-1-", false},
        {"d{{x}}%S.jpg", "d{x}07", true},
        {"d/%%%S.jpg", "%07", true},
        {"d/{probe}/.%S.jpg", ".07", true},
    }));
    CAPTURE(row.pattern, row.stem);
    CHECK(matcher(row.pattern).matches_stem(row.stem) == row.fits);
}

TEST_CASE("What a pattern gives is what it finds again") {
    const auto pattern = std::string{GENERATE("%Y%m%d.x", "%C%y%j.x", "%H%I%M%S.x", "%F %T %R %D.x", "%a %A %b %B %h.x",
                                              "%p %e %u %w.x", "%g %G %V %U.x", "{stream}_{probe}_{program}.x")};
    const auto parsed = PathPattern::parse(pattern, PathPattern::Placeholders::stream_probe_and_program).value();
    for (int day = 0; day < 400; ++day) {
        const std::string path = parsed.format({"[ff02::1]:5000", "cap a", 102},
                                               from_unix_ns(1'763'603'600'500'000'000) + std::chrono::hours{25} * day);
        CAPTURE(path);
        CHECK(PathMatcher(parsed).matches_stem(path.substr(0, path.size() - 2)));
    }
}

TEST_CASE("Folders between the fixed one and the files are told from others") {
    const auto given = matcher("/srv/images/{stream}/a//./%Y-%m-%d/%H.jpg");
    CHECK(given.depth() == 3);
    CHECK(given.matches_folder(0, "news"));
    CHECK_FALSE(given.matches_folder(0, "new s"));
    CHECK(given.matches_folder(1, "a"));
    CHECK_FALSE(given.matches_folder(1, "b"));
    CHECK(given.matches_folder(2, "2025-11-20"));
    CHECK_FALSE(given.matches_folder(2, "2025-11-2"));
    CHECK_FALSE(given.matches_folder(3, "12"));
    CHECK(matcher("%H.jpg").depth() == 0);
    CHECK_FALSE(matcher("%H.jpg").matches_folder(0, "12"));
}

TEST_CASE("Long names and patterns of many names are matched in time") {
    std::string many;
    for (int i = 0; i < 30; ++i) many += "{stream}-";
    const auto given = matcher(many + "%S.jpg");
    CHECK_FALSE(given.matches_stem(std::string(255, '-')));
    CHECK(given.matches_stem(std::string(250, '-') + "07"));
}

}  // namespace muxtap::client
