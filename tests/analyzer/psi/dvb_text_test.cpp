#include "analyzer/psi/dvb_text.h"

#include <catch2/catch.hpp>

#include "tests/support/temp_folder.h"

namespace muxtap::psi {
namespace {

using muxtap::test::ByteVector;

/// Whether a strict reader of UTF-8 takes it (RFC 3629).
bool is_utf8(const std::string& text) {
    for (std::size_t i = 0; i < text.size();) {
        const auto first = static_cast<unsigned char>(text[i]);
        const std::size_t size = first < 0x80   ? 1
                                 : first < 0xC2 ? 0
                                 : first < 0xE0 ? 2
                                 : first < 0xF0 ? 3
                                 : first < 0xF5 ? 4
                                                : 0;
        if (size == 0 || i + size > text.size()) return false;
        std::uint32_t value = size == 1 ? first : first & (0xFFU >> (size + 1));
        for (std::size_t k = 1; k < size; ++k) {
            const auto next = static_cast<unsigned char>(text[i + k]);
            if ((next & 0xC0U) != 0x80U) return false;
            value = value << 6 | (next & 0x3FU);
        }
        if (size == 3 && (value < 0x800 || (value >= 0xD800 && value < 0xE000))) return false;
        if (size == 4 && (value < 0x10000 || value > 0x10FFFF)) return false;
        i += size;
    }
    return true;
}

TEST_CASE("each character table gives its letters") {
    struct Row {
        const char* name;
        ByteVector bytes;
        const char* text;
    };
    const std::vector<Row> rows = {
        {"empty", {}, ""},
        {"default: ASCII", {'B', 'B', 'C'}, "BBC"},
        {"default: the euro sign is where ISO 6937 has the currency sign", {0xA4, 0xA8}, "€¤"},
        {"default: diacritic before its letter", {0xC2, 'e', 0xC1, 'a', 0xC8, 'u', 0xCB, 'c', 0xCF, 'S'}, "éàüçŠ"},
        {"default: letters of its own", {0xE1, 0xE8, 0xE9, 0xFB, 0xD0}, "ÆŁØß―"},
        {"default: diacritic on a letter it has no code point with", {0xC8, 'q'}, "q\xCC\x88"},
        {"default: diacritic alone", {0xC2}, "\xEF\xBF\xBD"},
        {"default: emphasis is left out, newline is not", {0x86, 'a', 0x87, 0x8A, 'b', 0x8B}, "a\nb"},
        {"ISO 8859-5 by 0x01", {0x01, 0xBF, 0xD5, 0xE0}, "Пер"},
        {"ISO 8859-7 by 0x03", {0x03, 0xC1, 0xE1}, "Αα"},
        {"ISO 8859-9 by 0x05", {0x05, 0xFD, 0xDD}, "ıİ"},
        {"ISO 8859-15 by 0x0B", {0x0B, 0xA4}, "€"},
        {"ISO 8859-1 by 0x10", {0x10, 0x00, 0x01, 0xE9, 0xA4}, "é¤"},
        {"ISO 8859-2 by 0x10", {0x10, 0x00, 0x02, 0xA9, 0xB9}, "Šš"},
        {"ISO 8859-12 does not exist", {0x10, 0x00, 0x0C, 'a', 0xE9}, "a\xEF\xBF\xBD"},
        {"0x10 cut off", {0x10, 0x00}, ""},
        {"ISO 10646 by 0x11", {0x11, 0x00, 'A', 0x20, 0xAC, 0xE0, 0x8A, 0xE0, 0x86, 0x4E, 0x2D}, "A€\n中"},
        {"ISO 10646: a pair of surrogates", {0x11, 0xD8, 0x3D, 0xDE, 0x00}, "😀"},
        {"ISO 10646: half a pair", {0x11, 0xD8, 0x3D, 0x00, 'x'}, "\xEF\xBF\xBDx"},
        {"ISO 10646: odd length", {0x11, 0x00, 'A', 0x00}, "A\xEF\xBF\xBD"},
        {"KS X 1001 by 0x12", {0x12, 0xC7, 0xD1, 'a', 0x8A, 0xB1, 0xDB}, "한a\n글"},
        {"GB-2312 by 0x13", {0x13, 0xD6, 0xD0, 0xB9, 0xFA}, "中国"},
        {"UTF-8 by 0x15", {0x15, 0xC3, 0xA9, 0xE2, 0x82, 0xAC, 0xEE, 0x82, 0x8A}, "é€\n"},
        {"UTF-8: overlong", {0x15, 0xC0, 0xAF, 'x'}, "\xEF\xBF\xBD\xEF\xBF\xBDx"},
        {"compressed by a private way", {0x1F, 0x01, 0x33, 0x44}, ""},
        {"escape sequences do not get through", {0x15, 0x1B, '[', '2', 'J', 0x07}, "[2J"},
    };
    for (const Row& row : rows) {
        INFO(row.name);
        CHECK(dvb_text(row.bytes) == row.text);
    }
}

TEST_CASE("ATSC names end at the first zero character") {
    CHECK(utf16_text(ByteVector{0, 'W', 0, 'N', 0, 'B', 0, 'C', 0, 0, 0, 'x', 0, 0}) == "WNBC");
    CHECK(utf16_text({}).empty());
}

TEST_CASE("languages are three printable characters") {
    CHECK(language_text(ByteVector{'f', 'r', 'a'}) == "fra");
    CHECK(language_text(ByteVector{0, 0x1B, 'x', 'y'}) == "??x");
}

TEST_CASE("whatever comes in, valid UTF-8 without control codes comes out") {
    std::uint32_t state = 7;
    const auto random = [&] { return state = state * 1664525U + 1013904223U, static_cast<std::uint8_t>(state >> 24); };
    for (int round = 0; round < 60'000; ++round) {
        ByteVector bytes(random() % 40U);
        for (std::uint8_t& byte : bytes) byte = random();
        if (!bytes.empty()) bytes[0] = static_cast<std::uint8_t>(round % 0x24);
        if (bytes.size() > 2 && bytes[0] == 0x10) bytes[1] = 0, bytes[2] %= 17;
        const std::string text = dvb_text(bytes);
        CAPTURE(bytes);
        REQUIRE(is_utf8(text));
        REQUIRE(is_utf8(utf16_text(bytes)));
        for (const char character : text) REQUIRE((static_cast<unsigned char>(character) >= 0x20 || character == '\n'));
    }
}

}  // namespace
}  // namespace muxtap::psi
