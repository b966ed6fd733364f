#include "common/feed/feed_tracker.h"

#include <catch2/catch.hpp>
#include <limits>

namespace muxtap::feed {
namespace {

using Kind = FeedVerdict::Kind;

struct Batch {
    std::uint64_t epoch = 1;
    std::uint64_t seq = 0;
    std::uint64_t first_packet = 0;
    std::uint32_t packets = 10;
    std::uint64_t queue_dropped = 0;
    std::string_view stream = "news";
    std::string_view probe = "cap-a";
};

FeedVerdict batch(FeedTracker& tracker, const Batch& given) {
    proto::BatchHeader header{.probe = given.probe,
                              .stream = given.stream,
                              .epoch = given.epoch,
                              .seq = given.seq,
                              .first_packet = given.first_packet,
                              .packets = given.packets};
    header.totals.queue_dropped = given.queue_dropped;
    return tracker.on_batch(header);
}

FeedVerdict info(FeedTracker& tracker, std::uint64_t epoch, std::uint64_t next_seq, std::uint64_t packets = 0) {
    proto::InfoHeader header{.probe = "cap-a", .stream = "news", .epoch = epoch, .next_seq = next_seq};
    header.totals.packets = packets;
    return tracker.on_info(header);
}

}  // namespace

TEST_CASE("The first batch of a stream is first, whatever its number") {
    FeedTracker tracker;
    CHECK(batch(tracker, {.seq = 500, .first_packet = 5000}).kind == Kind::first);
    CHECK(batch(tracker, {.stream = "sport"}).kind == Kind::first);
    CHECK(batch(tracker, {.probe = "cap-b"}).kind == Kind::first);
}

TEST_CASE("Verdicts on a batch that comes after batch 4, packets 40 to 49, of epoch 7") {
    struct Row {
        const char* name;
        Batch given;
        Kind kind;
        std::uint64_t missing_batches;
        std::uint64_t missing_packets;
        std::uint64_t queue_dropped;
    };
    const auto row = GENERATE(values<Row>({
        {"the next one", {.epoch = 7, .seq = 5, .first_packet = 50}, Kind::in_order, 0, 0, 0},
        {"one is missing", {.epoch = 7, .seq = 6, .first_packet = 60}, Kind::gap, 1, 10, 0},
        {"three are missing", {.epoch = 7, .seq = 8, .first_packet = 77}, Kind::gap, 3, 27, 0},
        {"the probe's queue was full",
         {.epoch = 7, .seq = 5, .first_packet = 70, .queue_dropped = 20},
         Kind::in_order,
         0,
         0,
         20},
        {"both", {.epoch = 7, .seq = 6, .first_packet = 80, .queue_dropped = 20}, Kind::gap, 1, 10, 20},
        {"the same again", {.epoch = 7, .seq = 4, .first_packet = 40}, Kind::stale, 0, 0, 0},
        {"an earlier one", {.epoch = 7, .seq = 2, .first_packet = 20}, Kind::stale, 0, 0, 0},
        {"a new epoch", {.epoch = 8, .seq = 0, .first_packet = 0}, Kind::new_epoch, 0, 0, 0},
        {"a new epoch, joined late", {.epoch = 8, .seq = 9, .first_packet = 90}, Kind::new_epoch, 0, 0, 0},
        {"an earlier epoch", {.epoch = 6, .seq = 99, .first_packet = 990}, Kind::stale, 0, 0, 0},
        {"packet numbers that go back", {.epoch = 7, .seq = 5, .first_packet = 3}, Kind::in_order, 0, 0, 0},
    }));
    CAPTURE(row.name);
    FeedTracker tracker;
    (void)batch(tracker, {.epoch = 7, .seq = 4, .first_packet = 40});
    const FeedVerdict verdict = batch(tracker, row.given);
    CHECK(verdict.kind == row.kind);
    CHECK(verdict.missing_batches == row.missing_batches);
    CHECK(verdict.missing_packets == row.missing_packets);
    CHECK(verdict.queue_dropped == row.queue_dropped);
}

TEST_CASE("A counter that goes back is no loss") {
    FeedTracker tracker;
    (void)batch(tracker, {.queue_dropped = std::numeric_limits<std::uint64_t>::max()});
    const FeedVerdict verdict = batch(tracker, {.seq = 1, .first_packet = 10, .queue_dropped = 3});
    CHECK(verdict.kind == Kind::in_order);
    CHECK(verdict.queue_dropped == 0);
}

TEST_CASE("A status tells of batches lost before a pause once, the next batch of how many packets they had") {
    FeedTracker tracker;
    (void)batch(tracker, {});
    CHECK(info(tracker, 1, 1).kind == Kind::in_order);
    const FeedVerdict told = info(tracker, 1, 4);
    CHECK(told.kind == Kind::gap);
    CHECK(told.missing_batches == 3);
    CHECK(info(tracker, 1, 4).kind == Kind::in_order);
    const FeedVerdict after = batch(tracker, {.seq = 4, .first_packet = 40});
    CHECK(after.kind == Kind::gap);
    CHECK(after.missing_batches == 0);
    CHECK(after.missing_packets == 30);
    CHECK(batch(tracker, {.seq = 5, .first_packet = 50}).kind == Kind::in_order);
}

TEST_CASE("A status before the first batch and an older one say nothing") {
    FeedTracker tracker;
    CHECK(info(tracker, 1, 100).kind == Kind::in_order);
    CHECK(batch(tracker, {.seq = 100}).kind == Kind::first);
    CHECK(info(tracker, 1, 50).kind == Kind::in_order);
}

TEST_CASE("A restart is told by a status or a batch, whichever comes first, and only once") {
    FeedTracker tracker;
    (void)batch(tracker, {.epoch = 1, .seq = 9, .first_packet = 90});
    const FeedVerdict told = info(tracker, 2, 3, 1000);
    CHECK(told.kind == Kind::new_epoch);
    CHECK(told.missing_batches == 3);
    CHECK(info(tracker, 1, 10).kind == Kind::stale);
    // The status's packets include those of batches that are still to come: no loss follows from them.
    const FeedVerdict next = batch(tracker, {.epoch = 2, .seq = 3, .first_packet = 1400});
    CHECK(next.kind == Kind::in_order);
    CHECK(next.missing_packets == 0);
    CHECK(batch(tracker, {.epoch = 2, .seq = 4, .first_packet = 1410}).kind == Kind::in_order);
}

TEST_CASE("A forgotten stream begins anew, also with an earlier epoch") {
    FeedTracker tracker;
    (void)batch(tracker, {.epoch = 9});
    CHECK(batch(tracker, {.epoch = 3}).kind == Kind::stale);
    tracker.forget("cap-a", "news");
    tracker.forget("cap-a", "never seen");
    tracker.forget("nobody", "news");
    CHECK(batch(tracker, {.epoch = 3}).kind == Kind::first);
}

}  // namespace muxtap::feed
