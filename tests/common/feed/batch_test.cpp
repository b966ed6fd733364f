#include "common/feed/batch.h"

#include <catch2/catch.hpp>
#include <thread>
#include <vector>

#include "common/feed/batch_pool.h"

namespace muxtap::feed {
namespace {

constexpr std::size_t full_packets = 1400;
constexpr std::size_t full_bytes = full_packets * ts::packet_size;
constexpr std::size_t no_limit = std::size_t{1} << 40;

TEST_CASE("a batch comes in the smallest of four sizes that holds what is asked for") {
    struct Row {
        std::size_t asked;
        std::size_t capacity;
    };
    BatchPool pool(full_packets, no_limit);
    for (const auto& [asked, capacity] : std::vector<Row>{
             {1400, 1400}, {351, 1400}, {350, 350}, {88, 350}, {87, 87}, {22, 87}, {21, 21}, {1, 21}, {0, 21}}) {
        INFO(asked);
        const BatchPtr batch = pool.acquire(asked);
        REQUIRE(batch);
        CHECK(batch->capacity_bytes() == capacity * ts::packet_size);
        CHECK(batch->room().size() == capacity * ts::packet_size);
        CHECK(batch->packets() == 0);
    }
}

TEST_CASE("a pool of the smallest batches has one packet in every size") {
    BatchPool pool(1, no_limit);
    CHECK(pool.acquire(1)->capacity_bytes() == ts::packet_size);
}

TEST_CASE("committed packets move from the room to the payload") {
    BatchPool pool(full_packets, no_limit);
    const BatchPtr batch = pool.acquire(full_packets);
    const std::uint8_t* const memory = batch->room().data();
    batch->commit(7);
    CHECK(batch->packets() == 7);
    CHECK(batch->payload().data() == memory);
    CHECK(batch->payload().size() == 7 * ts::packet_size);
    CHECK(batch->room().data() == memory + 7 * ts::packet_size);
    CHECK(batch->room().size() == full_bytes - 7 * ts::packet_size);
    batch->commit(full_packets - 7);
    CHECK(batch->room().empty());
}

TEST_CASE("the batch given back last is handed out first, empty") {
    BatchPool pool(full_packets, no_limit);
    const std::uint8_t* memory = nullptr;
    {
        const BatchPtr other = pool.acquire(full_packets);
        const BatchPtr batch = pool.acquire(full_packets);
        memory = batch->room().data();
        batch->commit(3);
        batch->datagrams.push_back({3, 0});
        batch->stream = std::make_shared<StreamDescription>();
        // Destroyed first: `batch`, then `other`, which is on top now.
    }
    const BatchPtr top = pool.acquire(full_packets);
    const BatchPtr again = pool.acquire(full_packets);
    CHECK(again->room().data() == memory);
    CHECK(again->packets() == 0);
    CHECK(again->datagrams.empty());
    CHECK(again->stream == nullptr);
}

TEST_CASE("beyond its limit a pool hands out nothing until something comes back") {
    BatchPool pool(full_packets, 2 * full_bytes);
    BatchPtr first = pool.acquire(full_packets);
    const BatchPtr second = pool.acquire(full_packets);
    REQUIRE(first);
    REQUIRE(second);
    CHECK(pool.bytes_in_use() == 2 * full_bytes);
    CHECK_FALSE(pool.acquire(1));
    CHECK(pool.bytes_in_use() == 2 * full_bytes);
    first.reset();
    CHECK(pool.acquire(full_packets));

    pool.set_limit(full_bytes);
    CHECK_FALSE(pool.acquire(1));
    pool.set_limit(3 * full_bytes);
    CHECK(pool.acquire(1));
}

TEST_CASE("what a peak left behind goes back to the system but for 16 MiB") {
    constexpr std::size_t kept = std::size_t{16} << 20;
    BatchPool pool(full_packets, no_limit);
    {
        std::vector<BatchPtr> peak;
        for (std::size_t i = 0; i < 2 * kept / full_bytes; ++i) peak.push_back(pool.acquire(full_packets));
        CHECK(pool.bytes_in_use() == peak.size() * full_bytes);
        CHECK(pool.bytes_free() == 0);
    }
    CHECK(pool.bytes_in_use() == 0);
    CHECK(pool.bytes_free() <= kept);
    CHECK(pool.bytes_free() > kept - full_bytes);
}

TEST_CASE("a shared batch goes back when its last holder lets go") {
    BatchPool pool(full_packets, no_limit);
    {
        SharedBatch one(pool.acquire(full_packets));
        {
            const SharedBatch two = one;
            SharedBatch three = std::move(one);
            one = two;
            CHECK(&*two == &*three);
            void* const reference = std::move(three).to_c();
            const SharedBatch four = SharedBatch::from_c(reference);
            CHECK(&*four == &*two);
            CHECK(pool.bytes_in_use() == full_bytes);
        }
        CHECK(pool.bytes_in_use() == full_bytes);
    }
    CHECK(pool.bytes_in_use() == 0);
}

TEST_CASE("holders in several threads may let go at once") {
    BatchPool pool(full_packets, no_limit);
    constexpr int rounds = 2000;
    for (int i = 0; i < rounds; ++i) {
        SharedBatch shared(pool.acquire(1));
        const auto hold = [copy = shared]() mutable {
            const SharedBatch last = std::move(copy);
            REQUIRE(last->packets() == 0);
        };
        std::thread other(hold);
        { const SharedBatch mine = std::move(shared); }
        other.join();
    }
    CHECK(pool.bytes_in_use() == 0);
    CHECK(pool.bytes_free() <= 2 * full_bytes);
}

}  // namespace
}  // namespace muxtap::feed
