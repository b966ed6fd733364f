#include <catch2/catch.hpp>

#include "tests/client/frames/text/caption_feeder.h"

using namespace muxtap;
using test::CaptionFeeder;
using test::Told;

namespace {

constexpr unsigned rcl = 0x20, bs = 0x21, der = 0x24, ru2 = 0x25, ru3 = 0x26, rdc = 0x29, tr = 0x2A, edm = 0x2C,
                   cr = 0x2D, enm = 0x2E, eoc = 0x2F;
constexpr unsigned row_14 = 0x40, row_15 = 0x60;  // behind 14

/// Loads and shows a pop-on caption at `show_ms`.
void pop_on(CaptionFeeder& feeder, const std::string& text, std::int64_t show_ms) {
    feeder.control(0x14, rcl);
    feeder.control(0x14, enm);
    feeder.control(0x14, row_15);
    feeder.text(text);
    feeder.wait_until(show_ms);
    feeder.control(0x14, eoc);
}

/// The code with wrong parity.
std::uint8_t flipped(unsigned code) {
    return test::with_parity(code) ^ 0x80U;
}

/// What comes of a pop-on caption with these pairs.
std::string popped(std::initializer_list<std::pair<unsigned, unsigned>> pairs) {
    CaptionFeeder feeder;
    feeder.control(0x14, rcl);
    feeder.control(0x14, row_15);
    for (const auto& [first, second] : pairs) feeder.pair(first, second);
    feeder.control(0x14, eoc);
    feeder.decoder().finish();
    return feeder.told().empty() ? "" : feeder.told().at(0).content;
}

}  // namespace

TEST_CASE("a pop-on caption is told with its lines when it is erased, from EOC to EDM") {
    CaptionFeeder feeder;
    feeder.control(0x14, rcl);
    feeder.control(0x14, enm);
    feeder.control(0x14, row_14);
    feeder.text("FIRST LINE");
    feeder.control(0x14, row_15);
    feeder.text(" SECOND");
    feeder.wait_until(2000);
    feeder.control(0x14, eoc);
    CHECK(feeder.told().empty());
    feeder.wait_until(5000);
    feeder.control(0x14, edm);
    CHECK(feeder.told() == std::vector<Told>{{"CC1", "FIRST LINE\nSECOND", 2000, 3000}});
    feeder.decoder().finish();
    CHECK(feeder.told().size() == 1);

    const frames::Finding& finding = feeder.found().findings().at(0);
    CHECK(finding.kind == client::WorkerEvent::caption);
    CHECK(finding.time == test::at_ms(2000));
    CHECK(finding.pid == CaptionFeeder::pid);
    CHECK(finding.text == "CC1: FIRST LINE / SECOND");
    CHECK(finding.language.empty());
}

TEST_CASE("a pop-on caption ends where the next one takes its place") {
    CaptionFeeder feeder;
    pop_on(feeder, "ONE", 1000);
    pop_on(feeder, "TWO", 3000);
    CHECK(feeder.told() == std::vector<Told>{{"CC1", "ONE", 1000, 2000}});
    feeder.wait_until(4000);
    feeder.pair(0, 0);
    feeder.decoder().finish();
    CHECK(feeder.told() == std::vector<Told>{{"CC1", "ONE", 1000, 2000}, {"CC1", "TWO", 3000, 1000}});
}

TEST_CASE("a caption that takes the place of the same text goes on") {
    CaptionFeeder feeder;
    pop_on(feeder, "SAME", 1000);
    pop_on(feeder, "SAME", 2000);
    feeder.wait_until(5000);
    feeder.control(0x14, edm);
    CHECK(feeder.told() == std::vector<Told>{{"CC1", "SAME", 1000, 4000}});
}

TEST_CASE("what is loaded but never shown is not told") {
    CaptionFeeder feeder;
    feeder.control(0x14, rcl);
    feeder.control(0x14, row_15);
    feeder.text("HIDDEN");
    feeder.control(0x14, enm);
    feeder.control(0x14, eoc);
    feeder.control(0x14, edm);
    feeder.decoder().finish();
    CHECK(feeder.told().empty());
}

TEST_CASE("of roll-up captions each line is told once, when it is complete") {
    CaptionFeeder feeder;
    const auto line = [&](const char* text, std::int64_t ms) {
        feeder.wait_until(ms);
        feeder.control(0x14, ru2);
        feeder.control(0x14, cr);
        feeder.control(0x14, 0x70);
        feeder.text(text);
    };
    line("LINE ONE", 1000);  // six control pairs before the text
    CHECK(feeder.told().empty());
    line("LINE TWO", 3000);  // the carriage return is the third pair
    CHECK(feeder.told() == std::vector<Told>{{"CC1", "LINE ONE", 1240, 1840}});
    line("LINE THREE", 5000);
    feeder.wait_until(7000);
    feeder.control(0x14, edm);
    CHECK(feeder.told() == std::vector<Told>{{"CC1", "LINE ONE", 1240, 1840},
                                             {"CC1", "LINE TWO", 3240, 1840},
                                             {"CC1", "LINE THREE", 5240, 1760}});
    feeder.decoder().finish();
    CHECK(feeder.told().size() == 3);
}

TEST_CASE("a line that is rolled up stays one when the base row moves and the depth changes") {
    CaptionFeeder feeder;
    feeder.control(0x14, ru2);
    feeder.control(0x14, cr);
    feeder.text("AB");
    feeder.control(0x14, ru3);
    feeder.control(0x11, 0x40);  // row 1: as far up as three rows can go
    feeder.control(0x17, 0x22);
    feeder.text("CD");
    feeder.control(0x14, cr);
    REQUIRE(feeder.told().size() == 1);
    CHECK(feeder.told()[0].content == "ABCD");
}

TEST_CASE("of paint-on captions each line is told once, when the next one begins or it is erased") {
    CaptionFeeder feeder;
    feeder.control(0x14, rdc);
    feeder.control(0x14, row_14);
    feeder.wait_until(1000);
    feeder.text("UPPER");
    feeder.wait_until(2000);
    feeder.control(0x14, row_15);
    feeder.text("LOWER");
    CHECK(feeder.told() == std::vector<Told>{{"CC1", "UPPER", 1000, 1000}});
    feeder.wait_until(4000);
    feeder.control(0x14, edm);
    CHECK(feeder.told() == std::vector<Told>{{"CC1", "UPPER", 1000, 1000}, {"CC1", "LOWER", 2080, 1920}});
}

TEST_CASE("a line painted beside a pop-on caption is a text of its own") {
    CaptionFeeder feeder;
    pop_on(feeder, "POPPED", 1000);
    feeder.control(0x14, rdc);
    feeder.control(0x11, 0x40);
    feeder.wait_until(2000);
    feeder.text("PAINTED");
    feeder.wait_until(3000);
    feeder.control(0x14, edm);
    CHECK(feeder.told() == std::vector<Told>{{"CC1", "PAINTED", 2000, 1000}, {"CC1", "POPPED", 1000, 2000}});
}

TEST_CASE("characters of all tables come out as Unicode") {
    CHECK(popped({{'*', '\\'}, {'^', '_'}, {'`', '{'}, {'|', '}'}, {'~', 0x7F}, {'\'', 'a'}}) == "áéíóúç÷Ññ█’a");
    CHECK(popped({{0x11, 0x30}, {0x11, 0x31}, {0x11, 0x37}, {0x11, 0x38}, {0x11, 0x39}, {0x11, 0x3F}}) == "®°♪à û");
    CHECK(popped({{'A', 'A'}, {0x12, 0x20}, {'O', 0}, {0x12, 0x3F}}) == "AÁ»");
    CHECK(popped({{'e', 0}, {0x13, 0x30}, {'s', 0}, {0x13, 0x34}, {'+', 0}, {0x13, 0x3F}}) == "Äß┘");
}

TEST_CASE("codes that move and erase do so") {
    CHECK(popped({{'A', 'B'}, {0x14, bs}, {'C', 0}}) == "AC");
    CHECK(popped({{'A', 0}, {0x17, 0x22}, {'B', 0}}) == "A  B");
    CHECK(popped({{'A', 0}, {0x11, 0x2E}, {'B', 0}}) == "A B");  // mid-row code: italics
    CHECK(popped({{'A', 'B'}, {'C', 'D'}, {0x14, 0x70}, {'x', 0}, {0x14, der}}) == "x");
    CHECK(popped({{0x14, 0x72}, {'A', 0}, {0x14, 0x70}, {'B', 0}}) == "B   A");  // indents
}

TEST_CASE("a row takes 32 characters, what is too much is written over the last") {
    CaptionFeeder feeder;
    pop_on(feeder, "0123456789012345678901234567890123X", 2000);
    feeder.decoder().finish();
    CHECK(feeder.told().at(0).content == "0123456789012345678901234567890X");
}

TEST_CASE("a control code counts once when it is sent twice, and twice when it is sent four times") {
    CHECK(popped({{'A', 'B'}, {'C', 'D'}, {0x14, bs}, {0x14, bs}}) == "ABC");
    CHECK(popped({{'A', 'B'}, {'C', 'D'}, {0x14, bs}, {0x14, bs}, {0x14, bs}, {0x14, bs}}) == "AB");
    CHECK(popped({{'A', 'B'}, {'C', 'D'}, {0x14, bs}, {0, 0}, {0x14, bs}}) == "AB");
    CHECK(popped({{'E', 0}, {0x12, 0x21}, {0x12, 0x21}}) == "É");
}

TEST_CASE("channels of both fields are told apart") {
    CaptionFeeder feeder;
    struct Case {
        const char* channel;
        unsigned first;
        unsigned field;
    };
    const Case cases[] = {{"CC1", 0x14, 1}, {"CC2", 0x1C, 1}, {"CC3", 0x15, 2}, {"CC4", 0x1D, 2}};
    for (const Case& item : cases) {
        feeder.control(item.first, rcl, item.field);
        feeder.control(item.first & ~1U, row_15, item.field);
        feeder.text(std::string("TEXT ") + item.channel, item.field);
    }
    for (const Case& item : cases) feeder.control(item.first, eoc, item.field);
    feeder.decoder().finish();
    const auto told = feeder.told();
    REQUIRE(told.size() == 4);
    for (std::size_t i = 0; i < 4; ++i) {
        CHECK(told[i].channel == cases[i].channel);
        CHECK(told[i].content == std::string("TEXT ") + cases[i].channel);
    }
}

TEST_CASE("text mode and extended data are no captions") {
    CaptionFeeder feeder;
    feeder.control(0x14, ru2);
    feeder.control(0x14, cr);
    feeder.text("CAPTION");
    feeder.control(0x14, tr);
    CHECK_FALSE(feeder.pair('T', 'X'));
    feeder.control(0x14, cr);
    CHECK(feeder.told().empty());  // a carriage return of the text
    feeder.control(0x14, ru2);
    CHECK(feeder.pair('!', 0));
    feeder.control(0x14, cr);
    REQUIRE(feeder.told().size() == 1);
    CHECK(feeder.told()[0].content == "CAPTION!");

    feeder.control(0x15, ru2, 2);
    feeder.text("FIELD TWO", 2);
    CHECK_FALSE(feeder.pair(0x01, 0x03, 2));
    CHECK_FALSE(feeder.pair('X', 'D', 2));
    CHECK_FALSE(feeder.pair(0x0F, 0x55, 2));
    feeder.control(0x15, ru2, 2);
    CHECK(feeder.pair('!', 0, 2));
    feeder.control(0x15, cr, 2);
    REQUIRE(feeder.told().size() == 2);
    CHECK(feeder.told()[1].content == "FIELD TWO!");
}

TEST_CASE("a character with wrong parity is a solid block, a control code with wrong parity is its repetition") {
    CaptionFeeder feeder;
    const auto damaged = [&](std::uint8_t first, std::uint8_t second) {
        return feeder.triplets({0xFC, first, second});
    };
    feeder.control(0x14, rcl);
    feeder.control(0x14, row_15);
    CHECK(damaged(flipped('A'), test::with_parity('B')));
    CHECK(damaged(test::with_parity('C'), flipped('D')));
    CHECK_FALSE(damaged(test::with_parity(0x14), flipped(bs)));
    CHECK_FALSE(damaged(flipped(0x14), test::with_parity(bs)));
    feeder.text("E");
    CHECK_FALSE(damaged(test::with_parity(0x14), flipped(eoc)));
    feeder.pair(0x14, eoc);
    feeder.control(0x14, edm);
    REQUIRE(feeder.told().size() == 1);
    CHECK(feeder.told()[0].content == "█BC█E");
}

TEST_CASE("pairs without cc_valid and null pairs are stuffing") {
    CaptionFeeder feeder;
    CHECK_FALSE(feeder.triplets({0xF8, test::with_parity('A'), test::with_parity('B')}));
    CHECK_FALSE(feeder.triplets({0xFC, 0x80, 0x80, 0xFD, 0x80, 0x80, 0xFA, 0, 0}));
    CHECK_FALSE(feeder.triplets({}));
    CHECK(feeder.triplets({0xFC, 0x80, 0x80, 0xFC, test::with_parity('A'), test::with_parity('B')}));
}

TEST_CASE("when data is missing, what was on the screen is told and what was begun is dropped") {
    CaptionFeeder feeder;
    pop_on(feeder, "SHOWN", 1000);
    feeder.control(0x14, rcl);
    feeder.control(0x14, enm);
    feeder.control(0x14, row_15);
    feeder.text("BEG");
    const std::int64_t last = feeder.now() - CaptionFeeder::picture_ms;
    feeder.wait_until(20000);
    feeder.decoder().interrupt();
    CHECK(feeder.told() == std::vector<Told>{{"CC1", "SHOWN", 1000, last - 1000}});
    feeder.control(0x14, rcl);  // some encoders send it again and again
    feeder.text("UN");
    feeder.control(0x14, eoc);
    feeder.control(0x14, edm);
    CHECK(feeder.told().size() == 1);
    pop_on(feeder, "WHOLE", 30000);
    feeder.decoder().finish();
    REQUIRE(feeder.told().size() == 2);
    CHECK(feeder.told()[1].content == "WHOLE");
}

TEST_CASE("of a roll-up line in which data is missing nothing is told, of the next one all") {
    CaptionFeeder feeder;
    feeder.control(0x14, ru2);
    feeder.control(0x14, cr);
    feeder.text("BEG");
    feeder.decoder().interrupt();
    feeder.text("UN");
    feeder.control(0x14, ru2);
    feeder.text("LINE");
    feeder.control(0x14, cr);
    CHECK(feeder.told().empty());
    feeder.text("NEXT");
    feeder.control(0x14, cr);
    REQUIRE(feeder.told().size() == 1);
    CHECK(feeder.told()[0].content == "NEXT");
}

TEST_CASE("characters before any mode are no text") {
    CaptionFeeder feeder;
    feeder.text("JOINED LATE");
    feeder.control(0x14, row_15);
    feeder.text("STILL");
    feeder.control(0x14, eoc);
    feeder.decoder().finish();
    CHECK(feeder.told().empty());
}
