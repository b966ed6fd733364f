#include "analyzer/es/captions.h"

#include <catch2/catch.hpp>

#include "analyzer/es/user_data.h"
#include "tests/analyzer/es/access_units.h"

namespace muxtap::test {
namespace {

using analyzer::CaptionInfo;
using Numbers = std::vector<std::uint8_t>;

CaptionInfo captions_of(const std::vector<std::vector<CaptionTriple>>& pictures) {
    es::CaptionCollector collector;
    CaptionInfo info;
    for (const auto& triples : pictures) {
        collector.cc_data(cc_data(triples));
        collector.end_picture(info);
    }
    return info;
}

std::uint8_t with_parity(unsigned byte) {
    return static_cast<std::uint8_t>(byte | (__builtin_popcount(byte) % 2 == 0 ? 0x80U : 0U));
}
CaptionTriple pair_of(unsigned type, unsigned first, unsigned second) {
    return {true, type, with_parity(first), with_parity(second)};
}

struct Row {
    const char* name;
    std::vector<CaptionTriple> triples;
    bool cea608;
    Numbers channels;
    Numbers services;
};

TEST_CASE("channels and services are those that carry something") {
    const std::vector<Row> rows = {
        {"null pairs alone", {null_pair, {true, 1, 0x80, 0x80}}, false, {}, {}},
        {"not valid", {{false, 0, 0x94, 0x20}, {false, 3, 0x02, 0x21}}, false, {}, {}},
        {"wrong parity", {{true, 0, 0x14, 0x20}}, false, {}, {}},
        {"CC1", {cc1_loading}, true, {1}, {}},
        {"CC2", {pair_of(0, 0x1C, 0x25)}, true, {2}, {}},
        {"CC3", {pair_of(1, 0x15, 0x2C)}, true, {3}, {}},
        {"CC4 by a preamble", {pair_of(1, 0x1A, 0x70)}, true, {4}, {}},
        {"all four",
         {pair_of(1, 0x1D, 0x2F), pair_of(0, 0x14, 0x29), pair_of(0, 0x1C, 0x2E), pair_of(1, 0x15, 0x20)},
         true,
         {1, 2, 3, 4},
         {}},
        {"characters of no known channel", {pair_of(0, 'A', 'b')}, true, {}, {}},
        {"text mode is no caption",
         {pair_of(0, 0x14, 0x2B), pair_of(0, 'A', 'b'), pair_of(0, 0x14, 0x2D)},
         false,
         {},
         {}},
        {"captions after text", {pair_of(0, 0x14, 0x2A), pair_of(0, 0x14, 0x26)}, true, {1}, {}},
        {"extended data is no caption",
         {pair_of(1, 0x01, 0x05), pair_of(1, 'A', 'b'), pair_of(1, 0x0F, 0x11)},
         false,
         {},
         {}},
        {"captions behind extended data",
         {pair_of(1, 0x01, 0x05), pair_of(1, 0x15, 0x26), pair_of(1, 'A', 'b')},
         true,
         {3},
         {}},
        {"service 1", {{true, 3, 0x02, 0x22}, {true, 2, 'A', 'b'}}, false, {}, {1}},
        {"services 1 and 2", {{true, 3, 0x04, 0x21}, {true, 2, 'A', 0x42}, {true, 2, 'b', 'c'}}, false, {}, {1, 2}},
        {"service 63 in an extended header",
         {{true, 3, 0x03, 0xE2}, {true, 2, 0x3F, 'A'}, {true, 2, 'b', 0}},
         false,
         {},
         {63}},
        {"a null block", {{true, 3, 0x02, 0x00}, {true, 2, 0x22, 'b'}}, false, {}, {}},
        {"an empty block", {{true, 3, 0x01, 0x20}}, false, {}, {}},
        {"the middle of a packet", {{true, 2, 0x22, 0x22}}, false, {}, {}},
        {"behind the packet's size", {{true, 3, 0x01, 0x00}, {true, 2, 0x22, 0x22}}, false, {}, {}},
    };
    for (const Row& row : rows) {
        INFO(row.name);
        const CaptionInfo info = captions_of({row.triples});
        CHECK(info.cea608 == row.cea608);
        CHECK(info.cea608_channels == row.channels);
        CHECK(info.cea708 == !row.services.empty());
        CHECK(info.cea708_services == row.services);
        CHECK(info.pictures_with_captions == (row.cea608 || !row.services.empty() ? 1 : 0));
    }
}

TEST_CASE("pictures with captions are counted, each once") {
    const CaptionInfo info =
        captions_of({{cc1_loading, cc1_loading}, {null_pair}, {pair_of(0, 'A', 'b')}, {}, {pair_of(0, 0x14, 0x2F)}});
    CHECK(info.pictures_with_captions == 3);
    CHECK(info.cea608_channels == Numbers{1});
}

TEST_CASE("nothing is put together across pictures, which come in decoding order") {
    const CaptionInfo info = captions_of({{{true, 3, 0x04, 0x25}}, {{true, 2, 0x42, 'b'}}});
    CHECK(info.cea708_services == Numbers{1});
}

TEST_CASE("cc_data that is cut off or not to be processed is taken as far as it goes") {
    es::CaptionCollector collector;
    CaptionInfo info;
    Bytes data = cc_data({null_pair, cc1_loading});
    for (std::size_t size = 0; size < 8; ++size) collector.cc_data(ByteView(data).first(size));
    collector.end_picture(info);
    CHECK(info == CaptionInfo{});
    collector.cc_data(ByteView(data).first(8));
    collector.end_picture(info);
    CHECK(info.cea608_channels == Numbers{1});
    data[0] = static_cast<std::uint8_t>(data[0] & ~0x40U);
    collector.cc_data(data);
    collector.end_picture(info);
    CHECK(info.pictures_with_captions == 1);
}

TEST_CASE("a registered SEI message is read when it is the ATSC's") {
    struct Message {
        const char* name;
        Bytes payload;
        bool captions;
        std::optional<std::uint8_t> active_format;
    };
    const std::vector<Message> rows = {
        {"GA94", t35(ga94({cc1_loading})), true, {}},
        {"DTG1", t35(dtg1(10)), false, 10},
        {"DTG1 without format", t35(from_hex("44544731 01 fa")), false, {}},
        {"bar data", t35(from_hex("47413934 06 ffff")), false, {}},
        {"another country", joined({from_hex("b40031"), ga94({cc1_loading})}), false, {}},
        {"DirecTV", joined({from_hex("b5002f"), ga94({cc1_loading})}), false, {}},
        {"nothing", {}, false, {}},
        {"cut", t35(from_hex("474139")), false, {}},
    };
    for (const Message& row : rows) {
        INFO(row.name);
        es::PictureNotes notes;
        CaptionInfo info;
        es::read_itu_t_t35(row.payload, notes);
        notes.captions.end_picture(info);
        CHECK(info.cea608 == row.captions);
        CHECK(notes.facts.active_format == row.active_format);
    }
}

unsigned reversed(unsigned byte) {
    unsigned result = 0;
    for (unsigned bit = 0; bit < 8; ++bit) result |= (byte >> bit & 1U) << (7 - bit);
    return result;
}

TEST_CASE("MPEG-2 user data brings captions by ATSC and by SCTE 20") {
    BitWriter scte;
    scte.u(8, 3).u(7, 0x40).flag(true).u(5, 2);
    scte.u(2, 0).u(2, 1).u(5, 11).u(8, reversed(0x94)).u(8, reversed(0x20)).flag(true);
    scte.u(2, 0).u(2, 2).u(5, 11).u(8, reversed(with_parity(0x15))).u(8, reversed(with_parity(0x2C))).flag(true);
    es::PictureNotes notes;
    CaptionInfo info;
    es::read_mpeg2_user_data(scte.bytes(), notes);
    notes.captions.end_picture(info);
    CHECK(info.cea608_channels == Numbers{1, 3});
    for (std::size_t size = 0; size < scte.bytes().size(); ++size) {
        es::PictureNotes cut;
        es::read_mpeg2_user_data(ByteView(scte.bytes()).first(size), cut);
    }
    es::PictureNotes other;
    es::read_mpeg2_user_data(ga94({pair_of(0, 0x1C, 0x25)}), other);
    es::read_mpeg2_user_data(dtg1(8), other);
    CaptionInfo other_info;
    other.captions.end_picture(other_info);
    CHECK(other_info.cea608_channels == Numbers{2});
    CHECK(other.facts.active_format == 8);
}

}  // namespace
}  // namespace muxtap::test
