#include "client/frames/text/caption_presence.h"

#include <catch2/catch.hpp>

#include "tests/client/frames/text/found_texts.h"

using namespace muxtap;
using namespace std::chrono_literals;
using client::WorkerEvent;
using frames::CaptionPresence;
using test::at_ms;

TEST_CASE("captions that were seen are missed after the limit, from when they were seen last") {
    test::FoundTexts found;
    CaptionPresence presence(10s, "closed captions", false, ts::Pid{65}, found.handler());
    presence.passed(at_ms(0));
    presence.passed(at_ms(60'000));
    CHECK(found.findings().empty());  // never seen, not expected
    presence.seen(at_ms(61'000));
    presence.passed(at_ms(71'000));
    CHECK(found.findings().empty());
    presence.passed(at_ms(71'040));
    presence.passed(at_ms(90'000));
    REQUIRE(found.findings().size() == 1);
    const frames::Finding began = found.findings()[0];
    CHECK(began.kind == WorkerEvent::captions_missing_began);
    CHECK(began.time == at_ms(61'000));
    CHECK(began.pid == ts::Pid{65});
    CHECK_FALSE(began.duration);
    CHECK(began.text == "no closed captions for 10 s");

    presence.seen(at_ms(91'500));
    presence.passed(at_ms(92'000));
    REQUIRE(found.findings().size() == 2);
    const frames::Finding ended = found.findings()[1];
    CHECK(ended.kind == WorkerEvent::captions_missing_ended);
    CHECK(ended.time == at_ms(91'500));
    CHECK(ended.duration == 30'500ms);
    CHECK(ended.text == "closed captions again after 30.5 s");

    presence.passed(at_ms(102'000));
    CHECK(found.findings().size() == 3);
}

TEST_CASE("captions that are expected are missed from the first picture on") {
    test::FoundTexts found;
    CaptionPresence presence(1500ms, "teletext subtitles on page 888", true, std::nullopt, found.handler());
    presence.passed(at_ms(5000));
    presence.passed(at_ms(6500));
    CHECK(found.findings().empty());
    presence.passed(at_ms(6501));
    REQUIRE(found.findings().size() == 1);
    CHECK(found.findings()[0].time == at_ms(5000));
    CHECK(found.findings()[0].text == "no teletext subtitles on page 888 for 1.5 s");
}

TEST_CASE("captions that come again and again are never missed, not even where nothing else passes") {
    test::FoundTexts found;
    CaptionPresence presence(1s, "closed captions", true, std::nullopt, found.handler());
    for (int ms = 0; ms < 10'000; ms += 500) {
        presence.passed(at_ms(ms));
        presence.seen(at_ms(ms));
        presence.seen(at_ms(ms - 40));  // pictures are reordered
    }
    CHECK(found.findings().empty());
    presence.seen(at_ms(20'000));
    REQUIRE(found.findings().size() == 2);
    CHECK(found.findings()[1].duration == 10'500ms);
}

TEST_CASE("a limit of 0 tells nothing") {
    test::FoundTexts found;
    CaptionPresence presence(0s, "closed captions", true, std::nullopt, found.handler());
    presence.passed(at_ms(0));
    presence.passed(at_ms(1'000'000));
    presence.seen(at_ms(2'000'000));
    CHECK(found.findings().empty());
}
