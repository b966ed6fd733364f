#include "analyzer/es_audio/text_stream.h"

#include <catch2/catch.hpp>

#include "tests/analyzer/es_audio/samples.h"

namespace muxtap::es {
namespace {

using analyzer::Codec;

std::vector<std::uint8_t> teletext(std::initializer_list<unsigned> units) {
    std::vector<std::uint8_t> bytes = {0x10};
    for (const unsigned unit : units) {
        bytes.push_back(static_cast<std::uint8_t>(unit));
        bytes.push_back(0x2C);
        bytes.resize(bytes.size() + 0x2C);
    }
    return bytes;
}

TEST_CASE("text counts as content, stuffing and foreign data do not") {
    struct Row {
        const char* name;
        Codec codec;
        std::vector<std::uint8_t> bytes;
        analyzer::TextInfo expected;
    };
    const std::vector<Row> rows = {
        {"subtitle units", Codec::teletext, teletext({3, 3, 0xFF}), {1, 1, 0, 0, 2, 0}},
        {"teletext units", Codec::teletext, teletext({2, 3}), {1, 1, 0, 1, 1, 0}},
        {"stuffing alone", Codec::teletext, teletext({0xFF, 0xFF}), {1, 0, 0, 0, 0, 0}},
        {"VPS and WSS are no text", Codec::teletext, teletext({0xC3, 0xC4}), {1, 0, 0, 0, 0, 0}},
        {"another data_identifier", Codec::teletext, {0x20, 3, 0}, {1, 0, 1, 0, 0, 0}},
        {"empty", Codec::teletext, {}, {1, 0, 1, 0, 0, 0}},
        {"a page and its end",
         Codec::dvb_subtitle,
         test::from_hex("2000 0f1000010002aaaa 0f8000010000 ff"),
         {1, 1, 0, 0, 0, 2}},
        {"an end alone", Codec::dvb_subtitle, test::from_hex("2000 0f8000010000 ff"), {1, 0, 0, 0, 0, 1}},
        {"stuffing segment", Codec::dvb_subtitle, test::from_hex("2000 0fff00010001aa ff"), {1, 0, 0, 0, 0, 0}},
        {"no segments", Codec::dvb_subtitle, test::from_hex("2000 ff"), {1, 0, 0, 0, 0, 0}},
        {"another subtitle_stream_id", Codec::dvb_subtitle, test::from_hex("2001 0f10"), {1, 0, 1, 0, 0, 0}},
        {"another format", Codec::ttml, test::from_hex("2000"), {1, 0, 0, 0, 0, 0}},
    };
    for (const Row& row : rows) {
        INFO(row.name);
        TextStream stream(row.codec);
        stream.look(row.bytes);
        CHECK((stream.counters() == row.expected));
        for (std::size_t size = 0; size < row.bytes.size(); ++size) stream.look(ByteView(row.bytes).first(size));
    }
}

}  // namespace
}  // namespace muxtap::es
