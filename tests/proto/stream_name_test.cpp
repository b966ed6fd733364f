#include <catch2/catch.hpp>

#include "proto/topic.h"

namespace muxtap::proto {
namespace {

TEST_CASE("a stream's name is printable ASCII without what topics, paths and JSON need for themselves") {
    struct Row {
        std::string_view claim;
        std::string name;
        bool accepted;
    };
    const std::vector<Row> rows = {
        {"address and port", "239.1.1.1:5000", true},
        {"IPv6 address in brackets", "[ff3e::1]:5000", true},
        {"word", "news", true},
        {"all of the punctuation left", "!#$%&'()*+,-.:;<=>?@[]^_`{|}~", true},
        {"longest", std::string(max_stream_name, 'n'), true},
        {"three dots", "...", true},
        {"empty", "", false},
        {"one byte too long", std::string(max_stream_name + 1, 'n'), false},
        {"the folder itself", ".", false},
        {"the folder above", "..", false},
        {"slash", "a/b", false},
        {"space", "a b", false},
        {"quote", "a\"b", false},
        {"backslash", "a\\b", false},
        {"line end", "a\nb", false},
        {"NUL", std::string("a\0b", 3), false},
        {"delete", "a\x7F", false},
        {"beyond ASCII", "n\xC3\xBC", false},
    };
    for (const Row& row : rows) {
        INFO(row.claim);
        CHECK(is_stream_name(row.name) == row.accepted);
    }
}

TEST_CASE("a topic ends in a slash, so that one stream's is never the start of another's") {
    CHECK(make_topic(Kind::ts, "239.1.1.1:5000") == "ts/239.1.1.1:5000/");
    CHECK(make_topic(Kind::info, "news") == "info/news/");
    CHECK_FALSE(make_topic(Kind::ts, "news2").starts_with(make_topic(Kind::ts, "news")));
}

}  // namespace
}  // namespace muxtap::proto
