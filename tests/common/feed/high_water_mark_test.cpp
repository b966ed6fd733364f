#include "common/feed/high_water_mark.h"

#include <catch2/catch.hpp>

namespace muxtap::feed {
namespace {

constexpr std::uint64_t budget = std::uint64_t{64} << 20;
constexpr std::size_t full_packets = 1400;

int mark_for(std::size_t packets) {
    return static_cast<int>(budget / (packets * ts::packet_size));
}

void note(HighWaterMark& mark, std::size_t packets, int times) {
    for (int i = 0; i < times; ++i) mark.note(packets);
}

TEST_CASE("before any message the mark is that of full batches") {
    const HighWaterMark mark(budget, full_packets);
    CHECK(mark.messages() == mark_for(full_packets));
    CHECK(mark.largest_packets() == full_packets);
}

TEST_CASE("many full batches leave the mark as it is") {
    HighWaterMark mark(budget, full_packets);
    note(mark, full_packets, 5000);
    CHECK_FALSE(mark.review(1));
    CHECK(mark.messages() == mark_for(full_packets));
}

TEST_CASE("few small batches leave the mark as it is: it stands for long enough") {
    HighWaterMark mark(budget, full_packets);
    note(mark, 21, 50);
    CHECK_FALSE(mark.review(1));
    CHECK(mark.messages() == mark_for(full_packets));
}

TEST_CASE("many small batches raise the mark as far as is needed, and batches stay small from then on") {
    struct Row {
        std::size_t packets;
        int times;
        std::size_t largest;
    };
    for (const Row row : {Row{350, 5000, 350}, Row{87, 5000, 87}, Row{21, 400, 350}, Row{21, 100'000, 21}}) {
        INFO(row.times << " batches of " << row.packets);
        HighWaterMark mark(budget, full_packets);
        note(mark, row.packets, row.times);
        CHECK(mark.review(1));
        CHECK(mark.largest_packets() == row.largest);
        CHECK(mark.messages() == mark_for(row.largest));
    }
}

TEST_CASE("some full batches among many small ones keep the mark down") {
    HighWaterMark mark(budget, full_packets);
    note(mark, 21, 8000);
    note(mark, full_packets, 1000);
    CHECK_FALSE(mark.review(1));
}

TEST_CASE("the mark never falls") {
    HighWaterMark mark(budget, full_packets);
    note(mark, 87, 5000);
    REQUIRE(mark.review(1));
    const int raised = mark.messages();
    note(mark, full_packets, 5000);
    CHECK_FALSE(mark.review(1));
    CHECK_FALSE(mark.review(1));
    CHECK(mark.messages() == raised);
}

TEST_CASE("the budget holds at every level") {
    for (const std::size_t packets : {std::size_t{1400}, std::size_t{350}, std::size_t{87}, std::size_t{21}}) {
        HighWaterMark mark(budget, full_packets);
        note(mark, packets, 1'000'000);
        (void)mark.review(1);
        CHECK(static_cast<std::uint64_t>(mark.messages()) * mark.largest_packets() * ts::packet_size <= budget);
    }
}

TEST_CASE("the mark stays between two and a hundred thousand messages") {
    CHECK(HighWaterMark(0, full_packets).messages() == 2);
    CHECK(HighWaterMark(1, full_packets).messages() == 2);
    CHECK(HighWaterMark(std::uint64_t{1} << 50, full_packets).messages() == 100'000);
}

}  // namespace
}  // namespace muxtap::feed
