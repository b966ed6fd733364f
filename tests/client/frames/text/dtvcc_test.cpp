#include <catch2/catch.hpp>

#include "tests/client/frames/text/caption_feeder.h"

using namespace muxtap;
using test::CaptionFeeder;
using test::Told;

namespace {

using Codes = std::vector<std::uint8_t>;

constexpr std::uint8_t etx = 0x03, bs = 0x08, ff = 0x0C, cr = 0x0D, hcr = 0x0E, ext1 = 0x10, p16 = 0x18, cw0 = 0x80,
                       clw = 0x88, dsw = 0x89, hdw = 0x8A, tgw = 0x8B, dlw = 0x8C, dly = 0x8D, dlc = 0x8E, rst = 0x8F,
                       spl = 0x92, swa = 0x97;

/// DefineWindow: 32 columns, anchored with its upper left corner.
Codes define(unsigned window, bool visible, unsigned rows, unsigned anchor_row = 0) {
    return {static_cast<std::uint8_t>(0x98 + window),
            static_cast<std::uint8_t>(visible ? 0x20 : 0),
            static_cast<std::uint8_t>(anchor_row * 5),
            0,
            static_cast<std::uint8_t>(rows - 1),
            31,
            0x09};
}

Codes codes(std::string_view text) {
    return {text.begin(), text.end()};
}

Codes operator+(Codes one, const Codes& other) {
    one.insert(one.end(), other.begin(), other.end());
    return one;
}

/// What comes of a window that is shown with this in it.
std::string popped(const Codes& text) {
    CaptionFeeder feeder;
    feeder.service(1, define(0, false, 4));
    feeder.service(1, text);
    feeder.service(1, {dsw, 1});
    feeder.decoder().finish();
    return feeder.told().empty() ? "" : feeder.told().at(0).content;
}

}  // namespace

TEST_CASE("a window that is shown with its text is told when it is hidden, cleared, deleted or reset") {
    const Codes end = GENERATE(Codes{hdw, 1}, Codes{clw, 1}, Codes{dlw, 1}, Codes{tgw, 1}, Codes{rst});
    CaptionFeeder feeder;
    feeder.service(1, define(0, false, 2) + codes("FIRST") + Codes{cr} + codes("SECOND") + Codes{etx});
    feeder.wait_until(1000);
    feeder.service(1, {dsw, 1});
    feeder.wait_until(3000);
    feeder.service(1, codes("") + Codes{etx});
    CHECK(feeder.told().empty());
    feeder.wait_until(4000);
    feeder.service(1, end);
    CHECK(feeder.told() == std::vector<Told>{{"service 1", "FIRST\nSECOND", 1000, 3000}});
    feeder.decoder().finish();
    CHECK(feeder.told().size() == 1);
    CHECK(feeder.found().findings()[0].text == "service 1: FIRST / SECOND");
    CHECK(feeder.found().findings()[0].pid == CaptionFeeder::pid);
}

TEST_CASE("windows of a service are one text from top to bottom") {
    CaptionFeeder feeder;
    feeder.service(1, define(0, false, 1, 14) + codes("LOWER"));
    feeder.service(1, define(1, false, 1, 13) + codes("UPPER"));
    feeder.service(1, define(2, false, 1, 0) + codes("HIDDEN"));
    feeder.wait_until(1000);
    feeder.service(1, {dsw, 0x03});
    feeder.wait_until(2000);
    feeder.service(1, {hdw, 0x03, dsw, 0x04});
    feeder.wait_until(5000);
    feeder.service(1, {dlw, 0xFF});
    CHECK(feeder.told() ==
          std::vector<Told>{{"service 1", "UPPER\nLOWER", 1000, 1000}, {"service 1", "HIDDEN", 2000, 3000}});
}

TEST_CASE("of what is written into a visible window each line is told once, when it is complete") {
    CaptionFeeder feeder;
    const auto at = [&](std::int64_t ms, const Codes& text) {
        feeder.wait_until(ms);
        feeder.service(1, text);
    };
    at(0, define(0, true, 2, 13));
    at(1000, codes("ONE"));
    at(2000, Codes{cr} + codes("TWO"));
    CHECK(feeder.told() == std::vector<Told>{{"service 1", "ONE", 1000, 1000}});
    at(3000, Codes{cr} + codes("THR"));
    at(3500, codes("EE"));
    at(3600, define(0, true, 2, 13));  // sent again for those who join
    at(4000, {cr});
    at(5000, codes("FOUR"));
    at(6000, {dlw, 1});
    CHECK(feeder.told() == std::vector<Told>{{"service 1", "ONE", 1000, 1000},
                                             {"service 1", "TWO", 2000, 1000},
                                             {"service 1", "THREE", 3000, 1000},
                                             {"service 1", "FOUR", 5000, 1000}});
    feeder.decoder().finish();
    CHECK(feeder.told().size() == 4);
}

TEST_CASE("a line in a visible window is complete where the pen goes to another row") {
    CaptionFeeder feeder;
    feeder.service(1, define(0, true, 3) + codes("ONE") + Codes{spl, 2, 4} + codes("TWO"));
    CHECK(feeder.told() == std::vector<Told>{{"service 1", "ONE", 0, 0}});
    feeder.wait_until(2000);
    feeder.service(1, Codes{spl, 2, 0} + codes("X") + Codes{ff});
    CHECK(feeder.told().back() == Told{"service 1", "X   TWO", 0, 2000});
}

TEST_CASE("characters of all sets come out as Unicode") {
    CHECK(popped(codes("Az~") + Codes{0x7F, 0xE9, 0xDF}) == "Az~♪éß");
    CHECK(popped({ext1, 0x25, ext1, 0x2A, ext1, 0x31, ext1, 0x39, ext1, 0x76, ext1, 0x7F, ext1, 0xA0}) == "…Š‘™⅛┌㏄");
    CHECK(popped({ext1, 0x40, ext1, 0xA1}) == "__");
    CHECK(popped({p16, 0xAC, 0x00, p16, 0x20, 0xAC, p16, 0xD8, 0x00}) == "가€\uFFFD");
}

TEST_CASE("codes that say nothing about text are skipped with their parameters") {
    const Codes skipped = GENERATE(Codes{0x00}, Codes{0x11, 'x'}, Codes{0x19, 'x', 'x'}, Codes{0x90, 'x', 'x'},
                                   Codes{0x91, 'x', 'x', 'x'}, Codes{0x97, 'x', 'x', 'x', 'x'}, Codes{0x93},
                                   Codes{ext1, 0x07}, Codes{ext1, 0x08, 'x'}, Codes{ext1, 0x10, 'x', 'x'},
                                   Codes{ext1, 0x18, 'x', 'x', 'x'}, Codes{ext1, 0x80, 'x', 'x', 'x', 'x'},
                                   Codes{ext1, 0x88, 'x', 'x', 'x', 'x', 'x'}, Codes{ext1, 0x90, 0x02, 'x', 'x'});
    CHECK(popped(codes("A") + skipped + codes("B")) == "AB");
}

TEST_CASE("codes that move the pen and erase do so") {
    CHECK(popped(codes("ABC") + Codes{bs, 'X'}) == "ABX");
    CHECK(popped(codes("ABC") + Codes{hcr, 'X'}) == "X");
    CHECK(popped(codes("ABC") + Codes{cr, 'D', ff, 'X'}) == "X");
    CHECK(popped(codes("ABC") + Codes{spl, 2, 0, 'D', spl, 0, 1, 'X'}) == "AXC\nD");
    CHECK(popped(codes("A") + Codes{cr, 'B', cr, 'C', cr, 'D', cr, 'E'}) == "B\nC\nD\nE");
    CHECK(popped({bs, bs, 'A'}) == "A");
}

TEST_CASE("a row that is full goes on in the next where the window wraps words, and is written over where not") {
    const bool wraps = GENERATE(true, false);
    CaptionFeeder feeder;
    feeder.service(1, define(0, false, 4) + Codes{swa, 0, 0, static_cast<std::uint8_t>(wraps ? 0x40 : 0), 0});
    for (int i = 0; i < 2; ++i) feeder.service(1, Codes(25, 'a'));
    feeder.service(1, {'b', dsw, 1});
    feeder.decoder().finish();
    REQUIRE(feeder.told().size() == 1);
    const std::string as(60, 'a');
    CHECK(feeder.told()[0].content ==
          (wraps ? as.substr(0, 32) + "\n" + as.substr(0, 18) + "b" : as.substr(0, 41) + "b"));
}

TEST_CASE("the current window is that which was defined or chosen last") {
    CaptionFeeder feeder;
    feeder.service(1, define(0, false, 1, 0) + codes("A") + define(3, false, 1, 5) + codes("B") + Codes{cw0, 'C'});
    feeder.service(1, Codes{cw0 + 5, 'D', dsw, 0xFF});  // there is no window 5
    feeder.decoder().finish();
    REQUIRE(feeder.told().size() == 1);
    CHECK(feeder.told()[0].content == "ACD\nB");
}

TEST_CASE("a code that is cut by the end of a service block goes on in the next") {
    CaptionFeeder feeder;
    feeder.service(1, define(0, false, 1) + Codes{'A', spl});
    feeder.service(1, {0, 0, 'B', ext1});
    feeder.service(1, {0x39, dsw});
    feeder.service(1, {1});
    feeder.decoder().finish();
    REQUIRE(feeder.told().size() == 1);
    CHECK(feeder.told()[0].content == "B™");
}

TEST_CASE("services are told apart, extended ones too") {
    CaptionFeeder feeder;
    for (const unsigned number : {1U, 6U, 7U, 63U}) {
        feeder.service(number, define(0, false, 1) + codes("S" + std::to_string(number)) + Codes{dsw, 1});
    }
    feeder.decoder().finish();
    std::vector<std::string> told;
    for (const Told& text : feeder.told()) told.push_back(text.channel + "=" + text.content);
    CHECK(told == std::vector<std::string>{"service 1=S1", "service 6=S6", "service 7=S7", "service 63=S63"});
}

TEST_CASE("a delay holds a service up for its time, until it is cancelled, or until its buffer is full") {
    CaptionFeeder feeder;
    feeder.service(1, define(0, false, 1) + Codes{'A', dly, 20, dsw, 1});
    SECTION("for its time") {
        feeder.wait_until(1960);
        feeder.pair(0, 0);
        feeder.pair(0, 0);
        feeder.decoder().finish();
        REQUIRE(feeder.told().size() == 1);
        CHECK(feeder.told()[0] == Told{"service 1", "A", 2000, 0});
    }
    SECTION("until it is cancelled") {
        feeder.wait_until(1000);
        feeder.service(1, {dlc});
        feeder.decoder().finish();
        REQUIRE(feeder.told().size() == 1);
        CHECK(feeder.told()[0].begin_ms == 1000);
    }
    SECTION("until its buffer is full") {
        for (int i = 0; i < 5; ++i) feeder.service(1, Codes(25, etx));  // 127 bytes wait
        feeder.wait_until(1500);
        feeder.service(1, Codes(25, etx));
        feeder.decoder().finish();
        REQUIRE(feeder.told().size() == 1);
        CHECK(feeder.told()[0].begin_ms == 1500);
    }
    SECTION("not shown before") {
        feeder.wait_until(1000);
        feeder.pair(0, 0);
        feeder.decoder().finish();
        CHECK(feeder.told().empty());
    }
}

TEST_CASE("a packet goes on over pictures, and what is stuffed behind it does not belong to it") {
    CaptionFeeder feeder;
    const Codes block = define(0, false, 1) + Codes{'A', 'B', dsw, 1};  // 11 bytes
    REQUIRE(block.size() == 11);
    feeder.triplets({0xFF, 0x07, 0x2B, 0xFE, block[0], block[1], 0xFE, block[2], block[3]});
    feeder.triplets({0xFE, block[4], block[5], 0xFE, block[6], block[7], 0xFC, 0x80, 0x80});
    CHECK(feeder.triplets({0xFE, block[8], block[9], 0xFE, block[10], 0, 0xFE, 0x22, 'X'}));
    CHECK_FALSE(feeder.triplets({0xFA, 0, 0}));
    feeder.decoder().finish();
    REQUIRE(feeder.told().size() == 1);
    CHECK(feeder.told()[0] == Told{"service 1", "AB", 80, 40});
}

TEST_CASE("a packet that ends early counts as far as its service blocks are whole") {
    CaptionFeeder feeder;
    feeder.service(1, define(0, false, 1) + Codes{'A', 'B', dsw, 1});
    // Says 12 bytes and has 8: one whole block and one that is cut off.
    feeder.triplets({0xFF, 0x46, 0x21, 0xFE, 'C', 0x25, 0xFE, 'X', 'X', 0xFE, 'X', 'X', 0xFA, 0, 0});
    feeder.decoder().finish();
    CHECK(feeder.told().front().content == "AB");
    CHECK(feeder.told().back().content == "ABC");
}

TEST_CASE("a packet that is missing resets the services: what was shown is told, what was begun is dropped") {
    CaptionFeeder feeder;
    feeder.service(1, define(0, false, 1) + codes("SHOWN") + Codes{dsw, 1});
    feeder.service(1, define(1, true, 1, 3) + codes("BEG"));
    const bool by_gap = GENERATE(true, false);
    if (by_gap) {
        feeder.lose_packet();
    } else {
        feeder.decoder().interrupt();
    }
    feeder.wait_until(1000);
    feeder.service(1, codes("UN") + Codes{dsw, 0xFF});
    CHECK(feeder.told() == std::vector<Told>{{"service 1", "SHOWN", 0, 40}});
    feeder.service(1, define(0, false, 1) + codes("NEXT") + Codes{dsw, 1});
    feeder.decoder().finish();
    REQUIRE(feeder.told().size() == 2);
    CHECK(feeder.told()[1].content == "NEXT");
}
