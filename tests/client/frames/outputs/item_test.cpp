#include <catch2/catch.hpp>
#include <thread>

#include "tests/client/frames/outputs/sample_items.h"

using namespace muxtap;
using namespace muxtap::frames;

TEST_CASE("an item says what it is, whose it is and when it was") {
    struct Row {
        ItemPtr item;
        const char* schema;
        std::uint64_t seq;
        std::int64_t time;
    };
    const auto row = GENERATE(values<Row>({
        {frames::test::picture(), "muxtap.frame/1", 7, 1'763'600'102'345'678'901},
        {frames::test::access_unit(), "muxtap.access_unit/1", 9, 1'763'600'102'345'678'901},
        {frames::test::sound(), "muxtap.sound/1", 3, 1'763'600'102'345'678'901},
        {frames::test::event("black"), "muxtap.event/1", 5, 1'763'600'103'000'000'000},
    }));
    CHECK(std::string{row.item->schema()} == row.schema);
    CHECK(row.item->identity().seq == row.seq);
    CHECK(to_unix_ns(row.item->time()) == row.time);
    CHECK_THAT(row.item->json(), Catch::Contains(std::string{"\"record\":\""} + row.schema + "\""));
}

TEST_CASE("an item weighs at least what its bytes take") {
    const auto image = std::make_shared<const Image>(100'000);
    const std::size_t small = frames::test::picture()->weight();
    CHECK(frames::test::picture(1, image)->weight() >= small + 99'000);
    CHECK(small < 10'000);
    CHECK(frames::test::event(std::string(50'000, 'x'))->weight() >= 50'000);
    PictureItem without;
    without.record = frames::test::bare_frame();
    CHECK(Item(without).weight() > 0);
}

TEST_CASE("the JSON of an item is made once, whichever threads ask for it") {
    const ItemPtr item = frames::test::picture();
    std::vector<const std::string*> seen(4);
    std::vector<std::thread> threads;
    threads.reserve(seen.size());
    for (const std::string*& place : seen) threads.emplace_back([&place, &item] { place = &item->json(); });
    for (std::thread& thread : threads) thread.join();
    for (const std::string* const json : seen) CHECK(json == &item->json());
    CHECK(item->json() == to_json(item->picture()->record));
}
