#include "common/base/utf8.h"

#include <catch2/catch.hpp>

using namespace muxtap;

TEST_CASE("characters are told from bytes that are none") {
    struct Row {
        const char* name;
        std::string_view text;
        std::size_t size;
        char32_t code_point;
    };
    const Row row = GENERATE(values<Row>({
        {"nothing", "", 0, 0},
        {"ASCII", "a", 1, 'a'},
        {"two bytes", "\xC3\xA9", 2, 0xE9},
        {"three bytes", "\xE2\x82\xAC", 3, 0x20AC},
        {"four bytes", "\xF0\x9F\x93\xBA", 4, 0x1F4FA},
        {"the last one", "\xF4\x8F\xBF\xBF", 4, 0x10FFFF},
        {"beyond the last one", "\xF4\x90\x80\x80", 0, 0},
        {"continuation byte alone", "\x80", 0, 0},
        {"cut off", "\xE2\x82", 0, 0},
        {"second byte is none", "\xC3(", 0, 0},
        {"overlong two", "\xC0\xAF", 0, 0},
        {"overlong three", "\xE0\x80\xAF", 0, 0},
        {"overlong four", "\xF0\x80\x80\xAF", 0, 0},
        {"surrogate", "\xED\xA0\x80", 0, 0},
        {"never a byte", "\xFF", 0, 0},
    }));
    CAPTURE(row.name);
    CHECK(first_character(row.text).size == row.size);
    CHECK(first_character(row.text).code_point == row.code_point);
    CHECK(is_utf8(row.text) == (row.size > 0 || row.text.empty()));
}

TEST_CASE("each byte that is no character becomes a question mark, and nothing else changes") {
    CHECK(cleaned_utf8("caf\xC3\xA9 \xFF\xE2\x82!") ==
          "caf\xC3\xA9 ??"
          "?!");
    CHECK(cleaned_utf8("") == "");
}
