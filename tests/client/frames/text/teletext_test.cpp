#include <catch2/catch.hpp>

#include "client/frames/text/teletext_decoder.h"
#include "tests/client/frames/text/found_texts.h"
#include "tests/client/frames/text/teletext_maker.h"

using namespace muxtap;
using test::at_ms;
using test::PageHeader;
using test::TeletextMaker;
using test::Told;

namespace {

class Rig {
public:
    explicit Rig(std::vector<frames::TeletextPage> pages = {}) : decoder_(0x42, std::move(pages), found_.handler()) {}

    bool at(std::int64_t ms, const TeletextMaker& packets) { return decoder_.add(packets.payload(), at_ms(ms)); }
    [[nodiscard]] frames::TeletextDecoder& decoder() noexcept { return decoder_; }
    [[nodiscard]] const test::FoundTexts& found() const noexcept { return found_; }
    [[nodiscard]] std::vector<Told> told() const { return found_.told(); }
    /// The text on the screen at the end.
    [[nodiscard]] std::string last_text() {
        decoder_.finish();
        return told().empty() ? "" : told().back().content;
    }

private:
    test::FoundTexts found_;
    frames::TeletextDecoder decoder_;
};

/// A page with one row, ended at once.
TeletextMaker page(const PageHeader& header, std::string_view text) {
    TeletextMaker maker;
    maker.header(header).row(header.page / 100, 20, text).no_page(header.page / 100);
    return maker;
}

/// What is told of `text` with a national option.
std::string in_language(const std::string& language, unsigned national_option, std::string_view text) {
    Rig rig({{888, language}});
    rig.at(0, page({.national_option = national_option}, text));
    return rig.last_text();
}

}  // namespace

TEST_CASE("a subtitle page is told when it is replaced or erased, from header to header") {
    Rig rig;
    TeletextMaker both;
    both.header({}).row(8, 20, "\x0D\x0B\x0B  FIRST LINE").row(8, 22, "\x03\x0B\x0BSECOND\x0A\x0A").no_page(8);
    CHECK(rig.at(1000, both));
    rig.at(3000, page({}, "OTHER"));
    CHECK(rig.told() == std::vector<Told>{{"888", "FIRST LINE\nSECOND", 1000, 2000}});
    TeletextMaker erased;
    erased.header({}).no_page(8);
    CHECK(rig.at(4500, erased));
    CHECK(rig.told() == std::vector<Told>{{"888", "FIRST LINE\nSECOND", 1000, 2000}, {"888", "OTHER", 3000, 1500}});
    rig.decoder().finish();
    CHECK(rig.told().size() == 2);

    const frames::Finding& finding = rig.found().findings()[0];
    CHECK(finding.kind == client::WorkerEvent::caption);
    CHECK(finding.time == at_ms(1000));
    CHECK(finding.pid == ts::Pid{0x42});
    CHECK(finding.text == "888: FIRST LINE / SECOND");
}

TEST_CASE("the time of a page is that of its header, however much later its rows and its end come") {
    Rig rig;
    rig.at(1000, TeletextMaker().header({}));
    rig.at(1040, TeletextMaker().row(8, 20, "LATE"));
    rig.at(4000, TeletextMaker().header({}));  // no other header between the two
    rig.at(4040, TeletextMaker().row(8, 20, "NEXT"));
    CHECK(rig.told().empty());
    rig.at(7000, TeletextMaker().header({}));
    CHECK(rig.told() == std::vector<Told>{{"888", "LATE", 1000, 3000}});
    rig.at(7040, TeletextMaker().no_page(8));
    CHECK(rig.told().back() == Told{"888", "NEXT", 4000, 3000});
}

TEST_CASE("a page that is sent again and again is one text") {
    Rig rig;
    for (int ms = 0; ms < 5000; ms += 1000) CHECK(rig.at(ms, page({.erase = ms % 2000 == 0}, "SAME")));
    rig.at(5000, TeletextMaker().header({}).no_page(8));
    CHECK(rig.told() == std::vector<Told>{{"888", "SAME", 0, 5000}});
}

TEST_CASE("rows of a page that is not erased stay") {
    Rig rig;
    rig.at(0, page({}, "UPPER"));
    rig.at(1000, TeletextMaker().header({.erase = false}).row(8, 22, "LOWER").no_page(8));
    rig.at(2000, page({}, "ALONE"));
    rig.decoder().finish();
    CHECK(rig.told() ==
          std::vector<Told>{{"888", "UPPER", 0, 1000}, {"888", "UPPER\nLOWER", 1000, 1000}, {"888", "ALONE", 2000, 0}});
}

TEST_CASE("without a list those pages are followed that are sent as subtitles") {
    Rig rig;
    CHECK_FALSE(rig.at(0, page({.page = 100, .subtitle = false}, "NEWS")));
    CHECK_FALSE(rig.at(0, page({.page = 101, .subtitle = false, .newsflash = true}, "FLASH")));
    CHECK(rig.at(0, page({.page = 150}, "SUBTITLE")));
    rig.decoder().finish();
    CHECK(rig.told() == std::vector<Told>{{"150", "SUBTITLE", 0, 0}});
}

TEST_CASE("with a list only its pages are followed, sent as subtitles or not, and have their language") {
    Rig rig({{777, "deu"}, {150, "fra"}});
    CHECK_FALSE(rig.at(0, page({.page = 888}, "ANOTHER")));
    CHECK(rig.at(0, page({.page = 777, .subtitle = false}, "EINS")));
    CHECK(rig.at(0, page({.page = 150}, "UN")));
    rig.decoder().finish();
    REQUIRE(rig.found().findings().size() == 2);
    CHECK(rig.found().findings()[0].content == "UN");
    CHECK(rig.found().findings()[0].language == "fra");
    CHECK(rig.found().findings()[1].language == "deu");
}

TEST_CASE("pages of all magazines may come mixed, and a header ends only the page of its magazine") {
    Rig rig;
    TeletextMaker mixed;
    for (unsigned magazine = 1; magazine <= 8; ++magazine) mixed.header({.page = magazine * 100 + 50});
    for (unsigned magazine = 1; magazine <= 8; ++magazine) {
        mixed.row(magazine, 10, "MAGAZINE " + std::to_string(magazine));
    }
    rig.at(0, mixed);
    rig.decoder().finish();
    const auto told = rig.told();
    REQUIRE(told.size() == 8);
    for (unsigned i = 0; i < 8; ++i) {
        CHECK(told[i] == Told{std::to_string(i + 1) + "50", "MAGAZINE " + std::to_string(i + 1), 0, 0});
    }
}

TEST_CASE("in serial mode any header ends a page") {
    Rig rig;
    const bool serial = GENERATE(true, false);
    rig.at(0, TeletextMaker().header({.serial = serial}).row(8, 20, "ONE").no_page(1, serial).row(8, 21, "STRAY"));
    CHECK(rig.last_text() == (serial ? "ONE" : "ONE\nSTRAY"));
}

TEST_CASE("two subtitle pages in one stream do not end each other") {
    Rig rig;
    rig.at(0, page({.page = 888}, "ENGLISH"));
    rig.at(500, page({.page = 889}, "DEUTSCH"));
    rig.at(2000, TeletextMaker().header({.page = 888}).no_page(8));
    rig.at(3000, TeletextMaker().header({.page = 889}).no_page(8));
    CHECK(rig.told() == std::vector<Told>{{"888", "ENGLISH", 0, 2000}, {"889", "DEUTSCH", 500, 2500}});
}

TEST_CASE("national characters are those of the header's option and the language's region") {
    CHECK(in_language("eng", 0, "#[\\]_{~") == "£←½→#¼÷");
    CHECK(in_language("deu", 1, "@[\\]{|}~") == "§ÄÖÜäöüß");
    CHECK(in_language("swe", 2, "[\\]{|}") == "ÄÖÅäöå");
    CHECK(in_language("fra", 4, "@[\\]{|}~") == "àëêùâôûç");
    CHECK(in_language("cze", 6, "@[\\]") == "čťžý");
    CHECK(in_language("pol", 0, "@[\\]{|}~") == "ąƵŚŁżśłź");
    CHECK(in_language("rus", 4, "PRIWET") == "ПРИВЕТ");
    CHECK(in_language("ell", 7, "ABC") == "ΑΒΓ");
}

TEST_CASE("a character set that the stream names goes before that of the language") {
    const unsigned packet = GENERATE(28U, 29U);
    Rig rig;
    TeletextMaker maker;
    if (packet == 29) maker.character_set(8, packet, 36);
    maker.header({.national_option = 4});
    if (packet == 28) maker.character_set(8, packet, 36);  // Cyrillic for Russian
    maker.row(8, 20, "PRIWET").no_page(8);
    rig.at(0, maker);
    rig.at(1000, page({.national_option = 4}, "PRIWET"));
    rig.decoder().finish();
    CHECK(rig.told().front().content == "ПРИВЕТ");
    CHECK(rig.told().back().content == (packet == 29 ? "ПРИВЕТ" : "PRIWET"));
}

TEST_CASE("characters of X/26 take the place of those in the row") {
    Rig rig;
    rig.at(0, TeletextMaker().header({}).enhance(8, 20, 1, 0x12, 'e').row(8, 20, "Cesar").no_page(8));
    CHECK(rig.last_text() == "César");
}

TEST_CASE("large characters count once, graphics and concealed text are blank") {
    Rig rig;
    TeletextMaker maker;
    maker.header({})
        .row(8, 10,
             "\x0D"
             "BIG")
        .row(8, 12, "\x0EW I D E")
        .row(8, 14, "\x11\x7F\x7F\x07TEXT");
    maker.row(8, 16, "SEEN\x18HIDDEN").row(8, 24, "FASTEXT").no_page(8);
    rig.at(0, maker);
    CHECK(rig.last_text() == "BIG\nWIDE\nTEXT\nSEEN");
}

TEST_CASE("a page that is not to be displayed ends a text") {
    Rig rig;
    rig.at(0, page({}, "SHOWN"));
    rig.at(1000, page({.inhibit_display = true}, "NOT SHOWN"));
    rig.decoder().finish();
    CHECK(rig.told() == std::vector<Told>{{"888", "SHOWN", 0, 1000}});
}

TEST_CASE("a bit that is wrong is put right in a header, and is a space in a row") {
    Rig rig;
    rig.at(0, TeletextMaker().header({}).flip(2, 0).flip(7, 5).row(8, 20, "A?C").flip(3, 0).no_page(8));
    rig.at(1000, TeletextMaker().header({.erase = false}).row(8, 20, "ABC").no_page(8));
    rig.at(2000, TeletextMaker().header({.erase = false}).row(8, 20, "A?C").flip(3, 0).no_page(8));
    rig.decoder().finish();
    CHECK(rig.told() == std::vector<Told>{{"888", "A C", 0, 1000}, {"888", "ABC", 1000, 1000}});
}

TEST_CASE("behind a header that cannot be read rows belong to no page") {
    Rig rig;
    rig.at(0, TeletextMaker().header({}).row(8, 20, "GOOD"));
    rig.at(1000, TeletextMaker().header({}).flip(2, 0).flip(2, 1).row(8, 21, "LOST").no_page(8));
    rig.at(2000, TeletextMaker().header({}).no_page(8));
    CHECK(rig.told() == std::vector<Told>{{"888", "GOOD", 0, 2000}});
}

TEST_CASE("pages with numbers that nobody can call are left alone") {
    Rig rig;
    CHECK_FALSE(rig.at(0, TeletextMaker().no_page(8).row(8, 20, "FILLING").no_page(8)));
    CHECK(rig.last_text().empty());
}

TEST_CASE("data units that are no teletext are skipped") {
    const auto [id, framing_code, taken] =
        GENERATE(std::tuple{0x03, 0xE4, true}, std::tuple{0x02, 0xE4, true}, std::tuple{0xC3, 0xE4, false},
                 std::tuple{0xFF, 0xE4, false}, std::tuple{0x03, 0x1B, false});
    Rig rig;
    TeletextMaker maker;
    maker.header({})
        .row(8, 20, "ROW")
        .last_unit(static_cast<std::uint8_t>(id), static_cast<std::uint8_t>(framing_code));
    rig.at(0, maker.row(8, 22, "OTHER").no_page(8));
    CHECK(rig.last_text() == (taken ? "ROW\nOTHER" : "OTHER"));
}

TEST_CASE("a payload that is cut at any byte gives what is whole of it") {
    TeletextMaker maker = page({}, "TEXT");
    const auto payload = maker.payload();
    for (std::size_t size = 0; size <= payload.size(); ++size) {
        Rig rig;
        const bool seen = rig.decoder().add(ByteView(payload).first(size), at_ms(0));
        CHECK(seen == (size >= 1 + 46));
        CHECK(rig.last_text() == (size >= 1 + 2 * 46 ? "TEXT" : ""));
    }
}

TEST_CASE("when data is missing, the page that is being sent is dropped and the one on the screen stays") {
    Rig rig;
    rig.at(0, page({}, "SHOWN"));
    rig.at(1000, TeletextMaker().header({}).row(8, 20, "HA"));
    rig.decoder().interrupt();
    SECTION("sent again") {
        rig.at(9000, TeletextMaker().row(8, 22, "LF").no_page(8));
        rig.at(9500, page({}, "SHOWN"));
        rig.at(10'000, page({}, "NEXT"));
        CHECK(rig.told() == std::vector<Told>{{"888", "SHOWN", 0, 10'000}});
    }
    SECTION("replaced: it was seen for certain until the gap") {
        rig.at(10'000, page({}, "NEXT"));
        CHECK(rig.told() == std::vector<Told>{{"888", "SHOWN", 0, 1000}});
    }
}
