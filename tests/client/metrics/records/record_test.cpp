#include "client/metrics/records/record.h"

#include <catch2/catch.hpp>
#include <thread>
#include <vector>

#include "tests/client/metrics/records/sample_records.h"

using namespace muxtap;
using namespace muxtap::metrics;

TEST_CASE("a record of an interval is what its format says") {
    const Record metrics(test::full_record(), RecordFormat::muxtap);
    REQUIRE(metrics.interval() != nullptr);
    CHECK(metrics.event() == nullptr);
    CHECK(std::string(metrics.schema()) == "muxtap.metrics/1");
    CHECK(metrics.identity() == test::full_record().identity);
    CHECK(metrics.time() == test::full_record().time);
    CHECK(metrics.json() == to_json(test::full_record()));

    const Record flat(test::full_record(), RecordFormat::rsprobe);
    CHECK(std::string(flat.schema()) == "rsprobe");
    CHECK(flat.json() == to_rsprobe_json(test::full_record()));
}

TEST_CASE("an event is muxtap.event/1 in either format") {
    for (const RecordFormat format : {RecordFormat::muxtap, RecordFormat::rsprobe}) {
        const Record record(test::full_event_record(), format);
        REQUIRE(record.event() != nullptr);
        CHECK(record.interval() == nullptr);
        CHECK(std::string(record.schema()) == "muxtap.event/1");
        CHECK(record.identity() == test::full_event_record().identity);
        CHECK(record.time() == test::full_event_record().event.time);
        CHECK(record.json() == to_json(test::full_event_record()));
    }
}

TEST_CASE("the text of a record is made once, whoever asks first") {
    const Record record(test::full_record(), RecordFormat::muxtap);
    std::vector<const std::string*> texts(8);
    {
        std::vector<std::jthread> threads;
        for (const std::string*& text : texts) threads.emplace_back([&] { text = &record.json(); });
    }
    for (const std::string* text : texts) CHECK(text == texts[0]);
    CHECK(*texts[0] == to_json(test::full_record()));
}
