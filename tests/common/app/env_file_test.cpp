#include "common/app/env_file.h"

#include <catch2/catch.hpp>

namespace muxtap::app {
namespace {

TEST_CASE("lines of an env file") {
    struct Row {
        std::string_view claim;
        std::string_view text;
        std::string_view name;
        std::string_view value;
    };
    const std::vector<Row> rows = {
        {"plain", "NAME=value", "NAME", "value"},
        {"line end of Windows", "NAME=value\r\n", "NAME", "value"},
        {"white space around", "  NAME =\t value  \n", "NAME", "value"},
        {"exported", "export NAME=value\n", "NAME", "value"},
        {"empty", "NAME=\n", "NAME", ""},
        {"words", "NAME=two words\n", "NAME", "two words"},
        {"equals sign in the value", "NAME=a=b\n", "NAME", "a=b"},
        {"comment behind the value", "NAME=value # why\n", "NAME", "value"},
        {"comment behind a tab", "NAME=value\t# why\n", "NAME", "value"},
        {"nothing but a comment", "NAME= # why\n", "NAME", ""},
        {"number sign inside a word", "NAME=a#b\n", "NAME", "a#b"},
        {"double quotes", "NAME=\" two  words # \"\n", "NAME", " two  words # "},
        {"single quotes", "NAME='\"quoted\"'\n", "NAME", "\"quoted\""},
        {"comment behind quotes", "NAME='value' # why\n", "NAME", "value"},
        {"blank lines and comments before", "\n  \n# NAME=other\n  # more\nNAME=value\n", "NAME", "value"},
    };
    for (const Row& row : rows) {
        INFO(row.claim);
        const auto parsed = parse_env_file(row.text);
        REQUIRE(parsed.has_value());
        REQUIRE(parsed->size() == 1);
        CHECK(parsed->front().name == row.name);
        CHECK(parsed->front().value == row.value);
    }
}

TEST_CASE("assignments keep their order and know their lines") {
    const auto parsed = parse_env_file("# one\nA=1\n\nB=2\nA=3");
    REQUIRE(parsed.has_value());
    REQUIRE(parsed->size() == 3);
    CHECK((*parsed)[0].line == 2);
    CHECK((*parsed)[1].line == 4);
    CHECK((*parsed)[2].line == 5);
    CHECK((*parsed)[2].value == "3");
    CHECK(parse_env_file("")->empty());
}

TEST_CASE("a line that is none is named by its number") {
    struct Row {
        std::string_view text;
        std::string_view message;
    };
    for (const auto& [text, message] : std::vector<Row>{{"A=1\nnonsense\n", "line 2: expected NAME=value"},
                                                        {"=value", "line 1: expected NAME=value"},
                                                        {"A-B=value", "line 1: expected NAME=value"},
                                                        {"two words=value", "line 1: expected NAME=value"},
                                                        {"\nA=\"open", "line 2: the quote is not closed"},
                                                        {"A='a'b", "line 1: text behind the closing quote"}}) {
        INFO(text);
        const auto parsed = parse_env_file(text);
        REQUIRE_FALSE(parsed.has_value());
        CHECK(parsed.error().message == message);
    }
}

}  // namespace
}  // namespace muxtap::app
