#include "common/feed/high_water_mark.h"

#include <catch2/catch.hpp>

namespace muxtap::feed {
namespace {

constexpr std::uint64_t budget = std::uint64_t{64} << 20;
constexpr std::size_t full_batch = 263'200;

TEST_CASE("before any message the mark is that of full batches") {
    CHECK(HighWaterMark(budget).messages() == static_cast<int>(budget / full_batch));
}

TEST_CASE("messages of the expected size leave the mark as it is") {
    HighWaterMark mark(budget);
    for (int i = 0; i < 1000; ++i) CHECK_FALSE(mark.note(full_batch).has_value());
}

TEST_CASE("one larger message lowers the mark at once") {
    HighWaterMark mark(budget);
    const auto lowered = mark.note(full_batch * 4);
    REQUIRE(lowered.has_value());
    CHECK(*lowered == static_cast<int>(budget / (full_batch * 4)));
    CHECK(mark.messages() == *lowered);
}

TEST_CASE("small messages raise the mark step by step, never beyond the budget of their mean size") {
    constexpr std::size_t small = 1316;
    HighWaterMark mark(budget);
    int applied = mark.messages();
    int changes = 0;
    for (int i = 0; i < 5000; ++i) {
        if (const auto next = mark.note(small)) {
            CHECK(*next > applied);
            applied = *next;
            ++changes;
        }
    }
    CHECK(changes > 3);
    CHECK(changes < 60);
    CHECK(applied > static_cast<int>(budget / small * 3 / 4));
    CHECK(applied <= static_cast<int>(budget / small));
}

TEST_CASE("the mark stays between two and a hundred thousand messages") {
    CHECK(HighWaterMark(0).messages() == 2);
    CHECK(HighWaterMark(1).messages() == 2);
    HighWaterMark huge(std::uint64_t{1} << 50);
    CHECK(huge.messages() == 100'000);
    CHECK_FALSE(huge.note(1).has_value());
}

}  // namespace
}  // namespace muxtap::feed
